import { rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError, messageOf } from '../../errors';
import { openRegular } from '../../files/regularFile';
import { writeAtomically } from '../../files/writeAtomically';
import { manifestOf, type Manifest } from './manifest';

/** The name of a leftover, should writing never end: it is recognised as one, and of which job it is. */
function partialOf(manifest: string, runId: string): string {
  return path.join(path.dirname(manifest), `.manifest.pgbackup-${runId}.partial`);
}

/** Removes what a job that was killed while it wrote the manifest of this backup left. Never rejects. */
export async function removeUnfinishedManifest(backupPath: string, runId: string): Promise<void> {
  const partial = partialOf(await manifestOf(backupPath), runId);
  await rm(partial, { force: true }).catch(() => undefined);
}

/**
 * Writes a manifest beside its backup in one step: whoever reads it sees the old or the new one.
 * What stands there is replaced only if it looks like a manifest. `runId`: of the job that writes it.
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

/** Removes the manifest of a backup that no longer exists; another file stays. */
export async function removeManifest(backupPath: string): Promise<void> {
  const file = await manifestOf(backupPath);
  if (await isReplaceable(file)) await rm(file, { force: true });
}

/** Nothing there, or a manifest. */
async function isReplaceable(file: string): Promise<boolean> {
  try {
    return await looksLikeManifest(file);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/**
 * Is this file a manifest, whole or not, and not somebody else's file (or directory) of such a name?
 * false where it cannot be read.
 *
 * @param file the manifest's own path
 */
export async function isManifest(file: string): Promise<boolean> {
  return looksLikeManifest(file).catch(() => false);
}

/**
 * An empty file, or one that begins as `writeManifest` begins.
 * @throws system errors
 */
async function looksLikeManifest(file: string): Promise<boolean> {
  const handle = await openRegular(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(200), 0, 200, 0);
    return bytesRead === 0 || buffer.toString('latin1', 0, bytesRead).includes('"manifestVersion"');
  } finally {
    await handle.close();
  }
}
