import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { detectFile } from '../file/detectFile';

/** Maximum number of tar files in a folder that are opened. */
const MAX_LOOKS = 20;

/**
 * The archive that the restore.sql of a tar archive belongs to: the folder that the archive was
 * unpacked into, or a tar file in that folder or beside it. null = not found. Never throws.
 */
export async function archiveBeside(script: string): Promise<string | null> {
  const folder = path.dirname(script);
  if (await isArchive(folder)) return folder;
  for (const place of [folder, path.dirname(folder)]) {
    const names = await readdir(place).catch((): string[] => []);
    const tars = names.filter((name) => /\.(tar|backup|dump)$/i.test(name)).sort();
    for (const name of tars.slice(0, MAX_LOOKS)) {
      const file = path.join(place, name);
      if (await isArchive(file)) return file;
    }
  }
  return null;
}

function isArchive(at: string): Promise<boolean> {
  return detectFile(at).then(
    (kind) => kind.kind === 'archive' && kind.format !== 'custom',
    () => false,
  );
}
