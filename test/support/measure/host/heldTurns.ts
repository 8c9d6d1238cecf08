/** For how long something gives nothing else in its process a turn. */
import { closeSync, openSync, readSync } from 'node:fs';

/** Milliseconds, each since some time of its own. */
export interface Moment {
  readonly wall: number;
  /** What all threads of the process have had of the processor. */
  readonly worked: number;
  /** While its main thread could have run, and other processes had the processor. */
  readonly waited: number;
}

/**
 * How long the main thread was held from one moment to the next, in milliseconds. What others on the
 * machine take from it does not count: neither while it waits for the processor itself, nor while it
 * waits for a thread of its own that does (the collector of memory has some).
 */
export function heldBetween(last: Moment, now: Moment): number {
  const had = now.wall - last.wall - (now.waited - last.waited);
  return Math.max(0, Math.min(had, now.worked - last.worked));
}

/** The longest turn of a main thread while the action runs, in milliseconds. */
export async function longestTurn(action: () => unknown): Promise<number> {
  const clock = new MomentClock();
  let longest = 0;
  let last = clock.now();
  const note = (): void => {
    const now = clock.now();
    longest = Math.max(longest, heldBetween(last, now));
    last = now;
  };
  const timer = setInterval(note, 1);
  try {
    last = clock.now();
    await action();
    note();
  } finally {
    clearInterval(timer);
    clock.close();
  }
  return longest;
}

/** Nanoseconds for which the main thread ran and waited, and how often it ran. Linux only. */
const STATISTICS = '/proc/self/schedstat';

class MomentClock {
  private readonly file = process.platform === 'linux' ? openSync(STATISTICS, 'r') : null;
  private readonly text = Buffer.alloc(128);

  now(): Moment {
    const { user, system } = process.cpuUsage();
    return { wall: performance.now(), worked: (user + system) / 1000, waited: this.waited() };
  }

  close(): void {
    if (this.file !== null) closeSync(this.file);
  }

  private waited(): number {
    if (this.file === null) return 0;
    const length = readSync(this.file, this.text, 0, this.text.length, 0);
    return Number(this.text.toString('latin1', 0, length).split(' ')[1]) / 1e6;
  }
}
