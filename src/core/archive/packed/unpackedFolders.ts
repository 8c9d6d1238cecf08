import { readdir } from 'node:fs/promises';

/** How the names of the folders for unpacked dumps begin. */
export const UNPACKED_FOLDER = 'pgbackup-unpacked-';

/** Are there such folders, of which some may be left of a process that was killed? Never rejects. */
export async function hasUnpackedDumps(tempDir: string): Promise<boolean> {
  const names = await readdir(tempDir).catch(() => []);
  return names.some((name) => name.startsWith(UNPACKED_FOLDER));
}
