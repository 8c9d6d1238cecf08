import type { PastRun } from '../../model/estimates/estimate';

/** Runs that tell, the newest ones. */
const COUNTED_RUNS = 3;
/** Bytes. What fewer rows took says nothing of a link. */
const LEAST_ROWS = 8e6;
/** A run that took so many times as long as planned has waited for something else than its tool. */
const WAITED = 3;

/**
 * Bytes of rows that the last backups on a connection read in a second, where they waited for the link;
 * null = they did not, or none tells.
 *
 * @param runs on this connection, the newest last
 */
export function linkRate(runs: readonly PastRun[]): number | null {
  const telling = runs.filter(({ readBytes = 0 }) => readBytes >= LEAST_ROWS).slice(-COUNTED_RUNS);
  const rates = telling
    .filter(({ real, sampled, planned }) => real.seconds > WAITED * (sampled ?? planned).seconds)
    .map(({ readBytes = 0, real }) => readBytes / real.seconds)
    .sort((a, b) => a - b);
  return rates.length * 2 > telling.length ? (rates[Math.floor(rates.length / 2)] ?? null) : null;
}
