import { rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError, messageOf } from '../../errors';
import { readBeginning } from '../../files/regularFile';
import { writeAtomically } from '../../files/writeAtomically';
import { manifestOf, type Manifest } from './manifest';

/** Name of the temporary file. Clean-up recognises it as such, and the run it belongs to. */
function partialOf(manifest: string, runId: string): string {
  return path.join(path.dirname(manifest), `.manifest.pgbackup-${runId}.partial`);
}

/** Removes the temporary manifest of a job that was killed while it wrote. Never rejects. */
export async function removeUnfinishedManifest(backupPath: string, runId: string): Promise<void> {
  const partial = partialOf(await manifestOf(backupPath), runId);
  await rm(partial, { force: true }).catch(() => undefined);
}

/**
 * Writes a manifest beside its backup atomically: readers see the old one or the new one. An existing
 * file is replaced only if it looks like a manifest. `runId`: of the job that writes.
 * @throws AppError `manifestNotWritten`
 */
export async function writeManifest(
  backupPath: string,
  content: Manifest,
  runId: string,
): Promise<void> {
  const target = await manifestOf(backupPath);
  const partial = partialOf(target, runId);
  try {
    if (!(await isReplaceable(target))) throw new Error('something else has this name');
    const how = { partial, mode: 0o644, sync: true };
    await writeAtomically(target, `${JSON.stringify(content, null, 1)}\n`, how);
  } catch (error) {
    throw new AppError(
      'manifestNotWritten',
      { path: target, text: messageOf(error) },
      { cause: error },
    );
  }
}

/** Removes the manifest of a backup that no longer exists; a file that is not a manifest stays. */
export async function removeManifest(backupPath: string): Promise<void> {
  const file = await manifestOf(backupPath);
  if (await isReplaceable(file)) await rm(file, { force: true });
}

/** True for a manifest, and where there is no file. */
async function isReplaceable(file: string): Promise<boolean> {
  try {
    return await looksLikeManifest(file);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/**
 * Is this file a manifest, complete or not, rather than a user's own file or directory of that name?
 * false where it cannot be read.
 *
 * @param file the manifest's own path
 */
export async function isManifest(file: string): Promise<boolean> {
  return looksLikeManifest(file).catch(() => false);
}

/**
 * True for an empty file, and for one that begins as `writeManifest` writes it.
 * @throws system errors
 */
async function looksLikeManifest(file: string): Promise<boolean> {
  const beginning = await readBeginning(file, 200);
  return beginning.length === 0 || beginning.toString('latin1').includes('"manifestVersion"');
}
