/** Sides of a comparison that run in turns, and what their runs took. */
import { setTimeout as delay } from 'node:timers/promises';
import { median } from './measure';
import { processorSeconds } from './processorTime';

/** What one run took. */
export interface Taken {
  readonly wallSeconds: number;
  /** Of all processes that took part; NaN where the system does not tell. */
  readonly processorSeconds: number;
}

export interface Turns<S extends string> {
  /** The sides, in the order of the first round: each other round goes the other way (A B B A). */
  readonly sides: Readonly<Record<S, () => unknown>>;
  readonly rounds: number;
  /** Makes each side begin at the same place; not measured. */
  readonly prepare?: (side: S) => Promise<void>;
  /** Waits until what a run has left to do is done; its processor time counts, its wall does not. */
  readonly settle?: () => Promise<void>;
  /** Processor seconds of processes that nobody waits for, since it was last asked. */
  readonly orphans?: () => number;
  /** The process whose processor time counts, with all that descend from it; default: this one. */
  readonly root?: number;
}

/**
 * Runs the sides in turns, one round first to warm the caches. Returns what they took, by round:
 * those with the same index ran one after the other.
 */
export async function inTurns<S extends string>(turns: Turns<S>): Promise<Record<S, Taken[]>> {
  const { sides, rounds, root = process.pid } = turns;
  const usedSeconds = (): number => processorSeconds([root]);
  const names = Object.keys(sides) as S[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as Taken[]]));
  for (let round = -1; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      await turns.prepare?.(name);
      turns.orphans?.();
      const before = usedSeconds();
      const started = performance.now();
      await sides[name]();
      const wallSeconds = (performance.now() - started) / 1000;
      await turns.settle?.();
      const orphans = turns.orphans?.() ?? 0;
      const used = usedSeconds() - before + orphans;
      if (round >= 0) taken[name]?.push({ wallSeconds, processorSeconds: used });
    }
  }
  return taken as Record<S, Taken[]>;
}

/** This process with all that it has started, such as a server. */
const ownSeconds = (): number => processorSeconds([process.pid]);

/** Looking takes processor time itself, in seconds. */
const LOOK_SECONDS = 0.03;

/** Looks so many times at most: a server may find something to do for itself. */
const MOST_LOOKS = 25;

/** Waits until this process and its descendants have as good as nothing to do for 200 ms. */
export async function untilIdle(): Promise<void> {
  let before = ownSeconds();
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    await delay(200);
    const now = ownSeconds();
    if (!(now - before > LOOK_SECONDS)) return;
    before = now;
  }
}

/** The middle of some values, and how far they spread: half of them lie between the quartiles. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.ceil(sorted.length / 2);
  return {
    median: median(sorted),
    lower: median(sorted.slice(0, half)),
    upper: median(sorted.slice(-half)),
  };
}

/** Ratios or differences of runs that ran one after the other. */
export function pairwise(
  ours: readonly Taken[],
  theirs: readonly Taken[],
  of: keyof Taken,
  how: (ours: number, theirs: number) => number,
): Spread {
  return spreadOf(ours.map((each, i) => how(each[of], theirs[i]?.[of] ?? NaN)));
}

export const ratio = (ours: number, theirs: number): number => ours / theirs;
export const difference = (ours: number, theirs: number): number => ours - theirs;
