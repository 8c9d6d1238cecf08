import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Ending of a file that is being written, behind its name and a random part. */
export const UNFINISHED_ENDING = '.part';
/** An unfinished file that nobody has touched for so long belongs to a process that is gone. */
const UNFINISHED_MS = 3_600_000;

/** Which files a folder may hold. */
export interface FolderBounds {
  /** Ending of the files that are counted and removed. */
  ending: string;
  /** Files are removed once there are this many; */
  most: number;
  /** this many of the newest stay. */
  kept: number;
}

/**
 * Removes the oldest files of a folder when there are too many, and what processes that were killed
 * while they wrote have left there. Other files stay.
 *
 * @throws system errors
 */
export async function keepNewest(dir: string, { ending, most, kept }: FolderBounds): Promise<void> {
  const names = await readdir(dir);
  for (const { file, at } of await agesOf(dir, names, UNFINISHED_ENDING)) {
    if (Date.now() - at > UNFINISHED_MS) await rm(file, { force: true });
  }
  if (names.filter((name) => name.endsWith(ending)).length <= most) return;
  const files = await agesOf(dir, names, ending);
  files.sort((a, b) => b.at - a.at);
  for (const { file } of files.slice(kept)) await rm(file, { force: true });
}

async function agesOf(
  dir: string,
  names: readonly string[],
  ending: string,
): Promise<{ file: string; at: number }[]> {
  const ages: { file: string; at: number }[] = [];
  for (const name of names.filter((each) => each.endsWith(ending))) {
    const file = path.join(dir, name);
    const at = (await stat(file).catch(() => null))?.mtimeMs;
    if (at !== undefined) ages.push({ file, at });
  }
  return ages;
}
