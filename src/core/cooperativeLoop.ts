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
  const list = [...ids];
  return sifted(list) ?? Array.from(Int32Array.from(list).sort());
}

/** Ids that are so many times as many as are given are not dense. */
const DENSE = 16;

/**
 * Ids in ascending order without comparing them, which takes ten times as long: where they are dense,
 * as indexes are, and each is there once. null = they are not.
 */
function sifted(ids: readonly number[]): number[] | null {
  let last = 0;
  for (const id of ids) {
    if (id < 0 || (id | 0) !== id) return null;
    if (id > last) last = id;
  }
  if (last > DENSE * ids.length) return null;
  const there = new Uint8Array(last + 1);
  for (const id of ids) {
    if (there[id] === 1) return null;
    there[id] = 1;
  }
  const sorted: number[] = [];
  for (let id = 0; id <= last; id++) if (there[id] === 1) sorted.push(id);
  return sorted;
}
