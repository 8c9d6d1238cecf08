/** What benches share: medians, and rows that are printed as soon as they are known. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

export async function seconds(action: () => unknown): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** Prints one row of the table as soon as it is known, because the whole takes minutes. */
export function printRow(name: string, ...cells: string[]): void {
  console.log([name.padEnd(34), ...cells.map((cell) => cell.padStart(12))].join(''));
}

/**
 * Runs two sides in turns, one round first to warm the caches, and returns the medians: of each
 * side's seconds, and of the ratio of pairs that ran one after the other (the machine may be busier
 * at one time than at another).
 */
export async function compare(
  rounds: number,
  ours: () => Promise<unknown>,
  theirs: () => unknown,
  /** Makes both begin at the same place; not measured. */
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<{ ours: number; theirs: number; ratio: number }> {
  const times: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? (['theirs', 'ours'] as const) : (['ours', 'theirs'] as const);
    for (const side of order) {
      await prepare();
      const took = await seconds(side === 'ours' ? ours : theirs);
      if (round >= 0) times[side].push(took);
    }
  }
  return {
    ours: median(times.ours),
    theirs: median(times.theirs),
    ratio: median(times.ours.map((took, i) => took / (times.theirs[i] ?? NaN))),
  };
}

/** Bytes of a file, or of all files in a directory. */
export function bytesOf(target: string): number {
  const stats = statSync(target);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(target).reduce((sum, name) => sum + bytesOf(path.join(target, name)), 0);
}
