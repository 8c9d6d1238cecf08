import { renameSync, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Windows' error codes for renaming or removing a file that a program has open. */
const IN_USE: ReadonlySet<string> = new Set(['EBUSY', 'EPERM', 'EACCES']);

/** Milliseconds between two attempts; an antivirus holds a new file for about a second. */
const PAUSES = [20, 50, 100, 200, 400, 800, 1600, 1600, 1600] as const;

/** Does this error of the system mean that another program may have the file open? */
export function isInUse(error: unknown, platform: NodeJS.Platform = process.platform): boolean {
  return platform === 'win32' && IN_USE.has((error as NodeJS.ErrnoException).code ?? '');
}

/**
 * Tries an action on a file again, for about 6 seconds, while Windows says that another program has
 * it open. Other systems rename and remove open files: there the first error is thrown.
 *
 * @throws what the last attempt threw
 */
export async function whenReleased<T>(
  action: () => Promise<T>,
  platform: NodeJS.Platform = process.platform,
  pauses: readonly number[] = PAUSES,
): Promise<T> {
  for (const pause of pauses) {
    try {
      return await action();
    } catch (error) {
      if (!isInUse(error, platform)) throw error;
      await delay(pause);
    }
  }
  return action();
}

/**
 * Renames a file, over one that is there, as soon as no other program holds either of them.
 *
 * @throws system errors
 */
export function replaceFile(from: string, to: string): Promise<void> {
  return whenReleased(() => rename(from, to));
}

/**
 * Replaces a file synchronously. A file that is open and cannot be replaced can mostly be renamed;
 * its readers go on with the old content. `aside`: the name that it gets until it is removed;
 * nobody else may use it.
 *
 * @throws system errors; the file is there under its name then
 */
export function replaceFileSync(
  from: string,
  to: string,
  aside: string,
  move: (from: string, to: string) => void = renameSync,
): void {
  try {
    move(from, to);
    return;
  } catch (error) {
    if (!IN_USE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  rmSync(aside, { recursive: true, force: true });
  move(to, aside);
  try {
    move(from, to);
  } catch (error) {
    move(aside, to);
    throw error;
  }
  try {
    rmSync(aside, { force: true });
  } catch {
    // Removed with the folder, or before the next replacement.
  }
}
