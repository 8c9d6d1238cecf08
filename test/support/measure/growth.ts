/** How a step grows with the size of what it works on: time, memory, and how long it holds a thread. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BUDGETS } from '../../bench/budgets';
import { longestTurn } from './host/heldTurns';
import { exactly, figure, shown, type Figure } from './figures';
import { printRow } from './measure';
import { processorSeconds } from './processorTime';
import { spreadOf, type Spread } from './turns';

/** Whom a step keeps waiting while it runs. */
export type Thread =
  /** The extension host: all of VS Code's extensions wait. */
  | 'host'
  /** A page of the extension. */
  | 'page'
  /** The process of a job: nobody waits. */
  | 'job';

export interface Step<T> {
  readonly name: string;
  /** Tables, entries, megabytes or files. */
  readonly size: number;
  readonly in: Thread;
  readonly action: () => T | Promise<T>;
  /** Does a server work for it? Then its processor time, and that of the tools, counts as well. */
  readonly byServer?: boolean;
  /** What every run has at most, in seconds; without it the growth alone is judged. */
  readonly limit?: 'preflightMany' | undefined;
}

interface Point {
  readonly size: number;
  readonly seconds: Spread;
}

/** What takes less cannot be told from noise: its growth is only shown. */
const LEAST_SECONDS = 0.1;
/** Runs that are measured, fewer where they take long. */
const RUNS = { most: 9, least: 3, seconds: 4 } as const;
/** Milliseconds between two looks at the memory. */
const LOOK_MS = 20;

setFlagsFromString('--expose_gc');
const gc = runInNewContext('gc') as () => void;

/** What is measured, by step; every size of a step comes after the smaller ones. */
export class Growth {
  private readonly points = new Map<string, Point>();
  readonly figures: Figure[] = [];

  static printHead(): void {
    printRow('step', 'size', 'time', 'held', 'kept', 'at most', 'exponent');
  }

  /**
   * Measures one step and returns what its first run made, by which its memory is measured. What it
   * takes is processor time, which a busy machine changes little.
   */
  async step<T>(step: Step<T>): Promise<T> {
    const { result, kept, most } = await memoryOf(step.action);
    const seconds: number[] = [];
    const held: number[] = [];
    const until = performance.now() + RUNS.seconds * 1000;
    while (
      seconds.length < RUNS.least ||
      (seconds.length < RUNS.most && performance.now() < until)
    ) {
      gc();
      const run = await timed(step);
      seconds.push(run.seconds);
      held.push(run.held);
    }
    this.note(step, { seconds: spreadOf(seconds), held: spreadOf(held), kept, most });
    return result;
  }

  private note(
    { name, size, in: thread, limit }: Step<unknown>,
    measured: { seconds: Spread; held: Spread; kept: number; most: number },
  ): void {
    const { seconds, held, kept, most } = measured;
    const before = this.points.get(name);
    this.points.set(name, { size, seconds });
    const long = seconds.median > LEAST_SECONDS;
    const growth = before === undefined ? null : exponent(before, { size, seconds });
    const count = size.toLocaleString('en');
    const heldFigure =
      thread === 'host' ? figure('hostHeld', held) : shown(BUDGETS.hostHeld.name, 'ms', held);
    const grown =
      growth === null
        ? []
        : [long ? figure('growth', growth) : shown(BUDGETS.growth.name, 'ratio', growth)];
    const limits = limit === undefined ? [] : [figure(limit, seconds)];
    const more = [
      { ...heldFigure, name: `  the ${thread} is held at a time` },
      shown('  memory kept', 'MB', exactly(kept)),
      shown('  memory at most', 'MB', exactly(most)),
      ...grown.map((each) => ({ ...each, name: `  ${BUDGETS.growth.name}` })),
      ...limits.map((each) => ({ ...each, name: `  ${each.name}` })),
    ];
    this.figures.push(shown(`${name}, ${count}`, 's', seconds), ...more);
    printRow(
      name,
      count,
      `${(1000 * seconds.median).toFixed(0)} ms`,
      `${held.median.toFixed(0)} ms`,
      `${kept.toFixed(1)} MB`,
      `${most.toFixed(1)} MB`,
      growth === null ? '' : growth.median.toFixed(2),
      ...more.filter((each) => !each.kept).map((each) => `MISSED:${each.name}`),
    );
  }
}

/** 1 = linear, 2 = quadratic. It spreads as far as the times of both sizes let it. */
function exponent(before: Point, now: Point): Spread {
  const by = Math.log(now.size / before.size);
  const of = (one: number, other: number): number => Math.log(one / other) / by;
  return {
    median: of(now.seconds.median, before.seconds.median),
    lower: of(now.seconds.lower, before.seconds.upper),
    upper: of(now.seconds.upper, before.seconds.lower),
  };
}

/** Megabytes: what the result keeps, and what there was at most while it was made. */
async function memoryOf<T>(
  action: () => T | Promise<T>,
): Promise<{ result: T; kept: number; most: number }> {
  const used = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / 1e6;
  };
  gc();
  const before = used();
  let most = before;
  const look = (): void => void (most = Math.max(most, used()));
  const timer = setInterval(look, LOOK_MS);
  const result = await action();
  clearInterval(timer);
  look();
  gc();
  return { result, kept: used() - before, most: most - before };
}

/** Seconds of one run, and the longest time in milliseconds for which nothing else had a turn. */
async function timed({
  action,
  byServer = false,
}: Step<unknown>): Promise<{ seconds: number; held: number }> {
  const seconds = (): number => processorSeconds([process.pid]);
  const ofServer = byServer ? seconds() : 0;
  const before = process.cpuUsage();
  const held = await longestTurn(action);
  const { user, system } = process.cpuUsage(before);
  return { seconds: byServer ? seconds() - ofServer : (user + system) / 1e6, held };
}
