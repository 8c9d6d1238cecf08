import { lstatSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { lookInterval } from '../../job/pace';

/** Milliseconds after which a measurement lets other work of this process run. */
const TURN_MS = 8;

const LARGE_OBJECT = /^blob_\d+\./;

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

/** What earlier looks have seen of the files of large objects. */
class SeenObjects {
  private readonly sizes = new Map<string, number>();
  private readonly whole = new Set<string>();

  /** pg_dump writes one after the other: a file that has not grown since the last look is whole. */
  sizeOf(where: string, name: string): number {
    const before = this.sizes.get(name);
    if (before !== undefined && this.whole.has(name)) return before;
    const size = sizeOf(where, name);
    if (size === before && size > 0) this.whole.add(name);
    this.sizes.set(name, size);
    return size;
  }
}

async function look(where: string, seen = new SeenObjects()): Promise<Output> {
  const found = await lstat(where).catch(() => null);
  const output: Output = { bytes: 0, largeObjects: 0 };
  if (!found?.isDirectory()) return { ...output, bytes: found?.size ?? 0 };
  let since = performance.now();
  for (const name of await readdir(where).catch(() => [])) {
    // Asking the thread pool for each of thousands would take ten times as long.
    if (LARGE_OBJECT.test(name)) {
      output.largeObjects++;
      output.bytes += seen.sizeOf(where, name);
    } else output.bytes += sizeOf(where, name);
    if (performance.now() - since < TURN_MS) continue;
    await nextTurn();
    since = performance.now();
  }
  return output;
}

function sizeOf(where: string, name: string): number {
  try {
    return lstatSync(path.join(where, name), { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
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
  const seen = new SeenObjects();
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
