/** What is worth a piece of work of its own in a restore, and what the others are together. */
import type { WorkKind } from '../estimate/workUnit';
import { STATEMENT_SECONDS } from './restoreCosts';
import type { RestoreEntryCost, RestoreOutline } from './restoreOutline';

/** Seconds; what takes less is not worth a piece of its own. */
const MIN_SECONDS = 0.006;
/** … nor is it beside the pieces of an earlier run, which it was not among. */
const MIN_NEW_SECONDS = 0.1;

/** Creating something and giving it to its owner; opening, writing and closing a large object. */
const STATEMENT_TRIPS = 2;
const OBJECT_TRIPS = 3;

/** What is too small for pieces of their own, together. */
export interface SmallWork {
  stage: number;
  rows: boolean;
  seconds: number;
  trips: number;
  carried: number;
}

/**
 * Is an entry a piece of work of its own? With an earlier run the same ones are, or what is remembered
 * of the others together would stand for more or fewer of them.
 */
export function isOwnPiece(
  { key, seconds }: RestoreEntryCost,
  remembered: ReadonlySet<string> | undefined,
): boolean {
  if (remembered === undefined) return seconds >= MIN_SECONDS;
  return remembered.has(key) || seconds >= MIN_NEW_SECONDS;
}

/** Bytes that go over the connection while an entry is restored. */
export function carriedOf({ kind, textBytes, size }: RestoreEntryCost): number {
  return kind === 'data' ? textBytes : kind === 'largeObjects' ? size : 0;
}

/** How often pg_restore waits for an answer while it restores an entry. */
export function tripsOf({ kind, objects }: RestoreEntryCost): number {
  if (kind === 'largeObjects') return objects * OBJECT_TRIPS;
  return Math.max(objects, STATEMENT_TRIPS);
}

/** Does an entry of this kind stand for stored bytes? */
export function isOfData(kind: WorkKind): boolean {
  return kind === 'data' || kind === 'largeObjects';
}

/** Rows of small tables take another time than small indexes do. */
export function smallKey(stage: number, rows: boolean): string {
  return rows ? `small rows ${stage}` : `small ${stage}`;
}

/** What is too small for a piece of its own is one piece together, its rows apart from the others. */
export function smallWork(
  { entries, statements }: RestoreOutline,
  own: ReadonlySet<RestoreEntryCost>,
): Map<string, SmallWork> {
  const together = new Map<string, SmallWork>();
  const add = (rows: boolean, some: Omit<SmallWork, 'rows'>): void => {
    const key = smallKey(some.stage, rows);
    const sum = together.get(key) ?? { ...some, rows, seconds: 0, trips: 0, carried: 0 };
    sum.seconds += some.seconds;
    sum.trips += some.trips;
    sum.carried += some.carried;
    together.set(key, sum);
  };
  statements.forEach((count, stage) => {
    const trips = count * STATEMENT_TRIPS;
    add(false, { stage, seconds: count * STATEMENT_SECONDS, trips, carried: 0 });
  });
  for (const entry of entries) {
    if (own.has(entry)) continue;
    const { stage, kind, seconds } = entry;
    add(kind === 'data', { stage, seconds, trips: tripsOf(entry), carried: carriedOf(entry) });
  }
  return together;
}
