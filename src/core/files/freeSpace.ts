import { statfs } from 'node:fs/promises';
import path from 'node:path';

/** Bytes that are free in a folder; null = there is none, or nobody can tell. */
export async function freeBytesAt(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/**
 * Bytes that are free for a file that is still to be written, whose folders may be made with it; null =
 * nobody can tell.
 */
export async function freeBytesFor(file: string): Promise<number | null> {
  if (!path.isAbsolute(file)) return null;
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const free = await freeBytesAt(folder);
    if (free !== null || folder === path.dirname(folder)) return free;
  }
}
