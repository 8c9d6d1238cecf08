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
