import { lstatSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { throwIfCancelled } from '../../abort';
import { CooperativeLoop } from '../../cooperativeLoop';

/** Milliseconds: a file system that takes longer to answer a direct question is slow. */
const QUICK_MS = 1;
/** Questions that are under way at once to a slow file system. */
const AT_ONCE = 64;
/**
 * Milliseconds that an answer by the thread pool may take, and each further one of the same moment:
 * other work of this process, which goes on in slices, delays them as well.
 */
const QUICK_ANSWER_MS = 12;
const QUICK_EACH_MS = 0.25;
const MAX_SLOW_DEVICES = 16;

/** Device numbers of slow file systems, as `stat` tells them. */
const slowDevices = new Set<number>();

export interface StatAllOptions {
  signal?: AbortSignal | undefined;
  /** Counts a file that the system tells nothing of as one that is not there. */
  lenient?: boolean;
}

/**
 * Tells `visit` the facts of many files of a folder, of links themselves; undefined = it is not
 * there. To hand each question to the thread pool takes five times as long as a disk takes to answer
 * it (measured), so files are asked for directly where answers come quickly. A direct question to a
 * network that hangs would stop this process: each slice begins with a question to the pool, and goes
 * on directly only if that was answered quickly, until one answer is slow.
 *
 * @throws AppError `cancelled`; system errors unless `lenient`
 */
export async function statAll(
  folder: string,
  names: readonly string[],
  visit: (name: string, stats: Stats | undefined) => void,
  { signal, lenient = false }: StatAllOptions = {},
): Promise<void> {
  let device: number | undefined;
  for (let next = 0; next < names.length;) {
    throwIfCancelled(signal);
    const isSlow = device !== undefined && slowDevices.has(device);
    const some = names.slice(next, next + (isSlow ? AT_ONCE : 1));
    const asked = performance.now();
    const found = await Promise.all(some.map((name) => statOf(path.join(folder, name), lenient)));
    const isQuick = performance.now() - asked < QUICK_ANSWER_MS + some.length * QUICK_EACH_MS;
    for (const [i, name] of some.entries()) visit(name, found[i]);
    next += some.length;
    const isKnown = device !== undefined;
    device ??= found.find((stats) => stats !== undefined)?.dev;
    if (device === undefined) continue;
    // One quick answer is not enough for a device that is known as slow.
    if (!isKnown && isQuick && slowDevices.has(device)) continue;
    noteDevice(device, isQuick);
    if (!isQuick) continue;
    const slice = new CooperativeLoop(signal);
    for (; next < names.length && !slowDevices.has(device); next++) {
      if (slice.shouldYield) break;
      const since = performance.now();
      const stats = statNow(path.join(folder, names[next]!), lenient);
      if (performance.now() - since > QUICK_MS) noteDevice(device, false);
      visit(names[next]!, stats);
    }
    if (slice.shouldYield) await slice.yield();
  }
}

function noteDevice(device: number, isQuick: boolean): void {
  slowDevices.delete(device);
  if (isQuick) return;
  slowDevices.add(device);
  const [oldest] = slowDevices;
  if (slowDevices.size > MAX_SLOW_DEVICES && oldest !== undefined) slowDevices.delete(oldest);
}

function statNow(file: string, lenient: boolean): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (lenient) return undefined;
    throw error;
  }
}

async function statOf(file: string, lenient: boolean): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (lenient || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
