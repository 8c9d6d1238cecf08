import type { Stats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isWithin } from '../../files/samePath';
import { throwIfCancelled } from '../../abort';
import { statAll } from '../bytes/statAll';

/**
 * Tells `visit` the facts of those of these files that a directory archive has, as {@link memberFile}
 * finds them; links come last.
 *
 * @returns are there links among them?
 * @throws AppError `cancelled`; system errors
 */
export async function visitMembers(
  directory: string,
  names: readonly string[],
  visit: (name: string, stats: Stats) => void,
  signal?: AbortSignal,
): Promise<boolean> {
  const links: string[] = [];
  const note = (name: string, stats: Stats | undefined): void => {
    if (stats?.isFile() === true) visit(name, stats);
    else if (stats?.isSymbolicLink() === true) links.push(name);
  };
  await statAll(directory, names, note, { signal });
  if (links.length === 0) return false;
  const root = await realpath(directory);
  for (const name of links) {
    throwIfCancelled(signal);
    const stats = await memberFile(root, join(directory, name));
    if (stats !== null) visit(name, stats);
  }
  return true;
}

/**
 * Facts of a regular file of an archive, or of the one that a link of that name leads to. null for
 * other kinds of files, for links that lead nowhere or round in circles, and for those that lead out of
 * the archive's directory: the archive must not choose other files of the user to be read.
 *
 * @param root the archive's directory, without links
 */
export async function memberFile(root: string, file: string): Promise<Stats | null> {
  try {
    const stats = await lstat(file);
    if (!stats.isSymbolicLink()) return stats.isFile() ? stats : null;
    const target = await realpath(file);
    if (!isWithin(target, root)) return null;
    const linked = await stat(target);
    return linked.isFile() ? linked : null;
  } catch {
    // What is gone, or cannot be looked at, is missing.
    return null;
  }
}
