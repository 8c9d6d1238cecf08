import type { Turns } from '../../turns';

/** Sorts ids in ascending order, fast enough for 200,000 ids. */
export function ascending(ids: Iterable<number>): number[] {
  return Array.from(Int32Array.from(ids).sort());
}

/** Ids of which there could be so many times as many are not dense. */
const DENSE = 16;

/**
 * Sorts ids in ascending order, in turns: where they are dense, as indexes are, and each is there once,
 * they need not be compared.
 *
 * @throws AppError `cancelled`
 */
export async function ascendingInTurns(
  ids: readonly number[] | ReadonlySet<number>,
  turns: Turns,
): Promise<number[]> {
  let count = 0;
  let last = -1;
  for (const id of ids) {
    if (turns.shouldYield) await turns.yield();
    if (id < 0 || (id | 0) !== id) return ascending(ids);
    if (id > last) last = id;
    count++;
  }
  if (last > DENSE * count) return ascending(ids);
  const there = new Uint8Array(last + 1);
  for (const id of ids) {
    if (turns.shouldYield) await turns.yield();
    if (there[id] === 1) return ascending(ids);
    there[id] = 1;
  }
  const sorted: number[] = [];
  for (let id = 0; id <= last; id++) {
    if (turns.shouldYield) await turns.yield();
    if (there[id] === 1) sorted.push(id);
  }
  return sorted;
}
