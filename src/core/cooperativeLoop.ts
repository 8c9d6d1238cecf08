import { throwIfCancelled } from './abort';
import type { Turns } from './turns';

/** The event loop is held for at most this many milliseconds. */
const SLICE_MS = 12;

/** Loops that wait for their next slice, first come first served. */
const waiting: (() => void)[] = [];

/** One loop runs per turn of the event loop, so that many loops hold it no longer than one does. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(release);
  });
}

function release(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(release);
}

/** Lets long loops give the event loop a turn: `if (loop.shouldYield) await loop.yield();` */
export class CooperativeLoop implements Turns {
  private since = performance.now();
  private left = 0;

  /** `every`: number of steps between two checks of the clock. */
  constructor(
    readonly signal?: AbortSignal,
    private readonly every = 1,
  ) {
    this.left = every;
  }

  get shouldYield(): boolean {
    if (--this.left > 0) return false;
    this.left = this.every;
    return performance.now() - this.since > SLICE_MS;
  }

  /**
   * Between two pieces of work that are long themselves: looks at the clock now.
   * @throws AppError `cancelled` once the signal is aborted
   */
  async pause(): Promise<void> {
    this.left = 0;
    if (this.shouldYield) await this.yield();
    else throwIfCancelled(this.signal);
  }

  /** @throws AppError `cancelled` once the signal is aborted */
  async yield(): Promise<void> {
    throwIfCancelled(this.signal);
    await nextTurn();
    throwIfCancelled(this.signal);
    this.since = performance.now();
  }
}

/** Entries between two looks at the clock. */
const STEPS = 64;

/** The turns of work that goes through all entries of an archive, or all records of an answer. */
export function entryLoop(signal?: AbortSignal): CooperativeLoop {
  return new CooperativeLoop(signal, STEPS);
}

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
