import type { WorkUnit } from './workUnit';

/** How many of the longest pieces are laid out one by one; the others fill the gaps. */
const LAID_OUT = 300;

/**
 * Seconds until `workers` have done everything, each taking the longest piece that may begin
 * whenever it is free. That is how pg_dump and pg_restore hand out work too, by the size of tables.
 *
 * @param running what those at work still need
 * @param waiting what nobody has begun
 * @param ends seconds that running pieces still need, for those that wait for them
 */
export function makespan(
  workers: number,
  running: readonly number[],
  waiting: readonly { unit: WorkUnit; seconds: number }[],
  ends: ReadonlyMap<WorkUnit, number>,
): number {
  const total = sum(running) + waiting.reduce((all, { seconds }) => all + seconds, 0);
  // More pieces may be running than there are workers, when an end was not reported.
  const hands = Math.max(1, workers);
  if (hands === 1 || total === 0) return total;

  const sorted = [...waiting].sort((a, b) => b.seconds - a.seconds);
  const laidOut = sorted.slice(0, LAID_OUT);
  const doneAt = new Map(ends);
  const waitingUnits = new Set(laidOut.map(({ unit }) => unit));
  const free = [...running].sort((a, b) => b - a).slice(0, hands);
  while (free.length < hands) free.push(0);

  const left = [...laidOut];
  while (left.length > 0) {
    const worker = indexOfLeast(free);
    const now = free[worker] ?? 0;
    let earliest = Infinity;
    const next = left.findIndex(({ unit }) => {
      const { after } = unit.plan;
      if (!after || after.done) return true;
      const at = doneAt.get(after);
      // It waits for something small or unknown: assume a short time.
      if (at === undefined) return !waitingUnits.has(after);
      earliest = Math.min(earliest, at);
      return at <= now;
    });
    const item = left[next];
    if (!item) {
      // This worker sleeps until something that others wait for is done.
      if (earliest === Infinity) return total;
      free[worker] = earliest;
      continue;
    }
    left.splice(next, 1);
    const end = now + item.seconds;
    doneAt.set(item.unit, end);
    free[worker] = end;
  }
  return Math.max(...free, total / hands);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function indexOfLeast(values: readonly number[]): number {
  let best = 0;
  values.forEach((value, index) => {
    if (value < (values[best] ?? 0)) best = index;
  });
  return best;
}
