/** Environment that makes a run long: how many times more it does than a short one. */
export const soakTimesVariable = 'PGBR_SOAK_TIMES';

const times = Number(process.env[soakTimesVariable] ?? 1);

/**
 * What a soak test does. Beside the unit tests it does a little, the same in each run; `npm run soak`
 * does much more, with a seed of its own.
 */
export const soak = {
  isLong: times > 1,
  /** `SEED` repeats an earlier run. Tests have it in their titles. */
  seed: Number(process.env['SEED'] ?? 20_261_122),
  /** Number of rounds, from that of a short run. */
  rounds: (short: number): number => Math.ceil(short * times),
} as const;
