import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { statAll } from '../../../archive/bytes/statAll';
import { lookInterval } from '../../job/pace';
import { isLargeObject, SeenSizes } from './seenSizes';

/** Size of an output so far. */
interface Output {
  bytes: number;
  /** Directory archives only: each large object has a file. */
  largeObjects: number;
}

/**
 * Bytes of a file, or of the files in a directory (archives have no deeper ones); 0 when there is
 * nothing (yet). What vanishes meanwhile does not count.
 */
export async function outputSize(where: string): Promise<number> {
  return (await look(where)).bytes;
}

async function look(where: string, seen = new SeenSizes()): Promise<Output> {
  const found = await lstat(where).catch(() => null);
  if (!found?.isDirectory()) return { bytes: found?.size ?? 0, largeObjects: 0 };
  const names = await readdir(where).catch(() => []);
  const note = (name: string, stats: Stats | undefined): void => seen.note(name, stats?.size ?? 0);
  await statAll(where, seen.due(names), note, { lenient: true });
  return { bytes: seen.sum(names), largeObjects: names.filter(isLargeObject).length };
}

/**
 * Measures `where` about once a second until stopped; pauses grow with what a measurement costs,
 * so that a directory of 20,000 files is not read all the time. Returns what stops it.
 */
export function pollOutputSize(
  where: string,
  report: (bytes: number, largeObjects: number) => void,
): () => void {
  let timer: NodeJS.Timeout;
  const since = performance.now();
  let stopped = false;
  const seen = new SeenSizes();
  const measure = async (): Promise<void> => {
    const started = performance.now();
    const { bytes, largeObjects } = await look(where, seen);
    if (stopped) return;
    report(bytes, largeObjects);
    const now = performance.now();
    wait(Math.max(lookInterval(now - since), 20 * (now - started)));
  };
  const wait = (ms: number): void => {
    timer = setTimeout(() => void measure(), ms);
  };
  wait(300);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
