import { lstatSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { throwIfCancelled } from './abort';
import { CooperativeLoop } from './cooperativeLoop';

/** Milliseconds: a file system that takes longer to answer is slow. */
const QUICK_MS = 1;
/** So many slow answers make sure that it was not merely a busy machine. */
const SLOW_ANSWERS = 3;
/** Questions that are under way at once to a slow file system. */
const AT_ONCE = 64;

/**
 * Tells `visit` the facts of many files of a folder, of links themselves; undefined = it is not
 * there. To hand each question to the thread pool takes five times as long as a disk takes to answer
 * it (measured), so they are asked directly, in slices, for as long as the answers come quickly.
 *
 * @throws AppError `cancelled`; system errors
 */
export async function statAll(
  folder: string,
  names: readonly string[],
  visit: (name: string, stats: Stats | undefined) => void,
  signal?: AbortSignal,
): Promise<void> {
  throwIfCancelled(signal);
  const loop = new CooperativeLoop(signal);
  let slow = 0;
  let next = 0;
  for (; next < names.length && slow < SLOW_ANSWERS; next++) {
    if (loop.shouldYield) await loop.yield();
    const name = names[next]!;
    const asked = performance.now();
    visit(name, lstatSync(path.join(folder, name), { throwIfNoEntry: false }));
    if (performance.now() - asked > QUICK_MS) slow++;
  }
  for (; next < names.length; next += AT_ONCE) {
    if (loop.shouldYield) await loop.yield();
    const some = names.slice(next, next + AT_ONCE);
    const found = await Promise.all(some.map((name) => statOf(path.join(folder, name))));
    for (const [i, name] of some.entries()) visit(name, found[i]);
  }
}

async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
