import type { Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { statAll } from '../../archive/bytes/statAll';
import { isMemberName } from '../../archive/file/memberNames';
import type { ManifestFile } from '../manifest/manifest';
import { hashFiles } from './hashFiles';

/** A file as it was at one moment: whoever writes into it changes one of these. */
interface Seen {
  readonly size: number;
  readonly stamp: string;
}

/**
 * Hashes members of a directory that is written and being put on the disk, which takes pg_dump longer
 * than the hash where there are thousands. Returns what tells those that are still as they were
 * hashed. Never rejects: what is missing is hashed later.
 *
 * @param choose which of them, by name and bytes
 */
export async function hashResting(
  directory: string,
  choose: (name: string, bytes: number) => boolean,
  signal: AbortSignal,
): Promise<() => Promise<Map<string, Omit<ManifestFile, 'name'>>>> {
  try {
    const names = (await readdir(directory)).filter(isMemberName);
    const before = await look(directory, names, signal);
    const sizes = new Map(
      [...before]
        .filter(([name, { size }]) => choose(name, size))
        .map(([n, { size }]) => [n, size]),
    );
    const files = { sizes, modifiedMs: 0, directory: true };
    const hashed = await hashFiles(directory, files, { signal });
    return async () => {
      const now = await look(directory, [...sizes.keys()], signal);
      const same = hashed.filter(({ name, sizeBytes }) => {
        const seen = before.get(name);
        return seen?.size === sizeBytes && seen.stamp === now.get(name)?.stamp;
      });
      return new Map(same.map(({ name, ...hash }) => [name, hash]));
    };
  } catch {
    return async () => new Map();
  }
}

/** The regular files among these. */
async function look(
  directory: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  const note = (name: string, stats: Stats | undefined): void => {
    if (stats?.isFile() !== true) return;
    const { dev, ino, size, mtimeMs, ctimeMs } = stats;
    seen.set(name, { size, stamp: [dev, ino, size, mtimeMs, ctimeMs].join(' ') });
  };
  await statAll(directory, names, note, { signal, lenient: true });
  return seen;
}
