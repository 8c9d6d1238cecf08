/** The seed of this run: `SEED` repeats an earlier one. Printed, so that a failure can be repeated. */
export function seedOfRun(): number {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  console.log(`    SEED=${seed}`);
  return seed;
}

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
