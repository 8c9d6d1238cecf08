import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../errors';
import { isInUse } from '../../../files/replaceFile';
import { JobFolder } from './jobFolder';
import type { StoredJob } from './storedJob';

interface System {
  /** Renames a folder. */
  move: (from: string, to: string) => void;
  platform: NodeJS.Platform;
}

/**
 * Creates a job's folder in one step, with the record in it. On Windows it is made in two where another
 * program, mostly an antivirus, holds the new record: a folder cannot be renamed then.
 *
 * @throws AppError `jobIdTaken`; system errors
 */
export function makeJobFolder(
  storeDir: string,
  folder: JobFolder,
  stored: StoredJob,
  { move, platform }: System = { move: renameSync, platform: process.platform },
): void {
  const draft = path.join(storeDir, `new-${randomBytes(8).toString('hex')}`);
  try {
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    new JobFolder(draft).write(stored);
    // Fails where the folder exists, because that is not empty.
    move(draft, folder.dir);
  } catch (error) {
    removeNow(draft);
    if (existsSync(folder.status)) throw new AppError('jobIdTaken', { id: stored.job.id });
    if (!isInUse(error, platform)) throw error;
    makeInPlace(folder, stored);
  }
}

function makeInPlace(folder: JobFolder, stored: StoredJob): void {
  mkdirSync(folder.dir, { mode: 0o700 });
  try {
    folder.write(stored);
  } catch (error) {
    removeNow(folder.dir);
    throw error;
  }
}

/** What cannot be removed now stays: nobody reads a folder of that name. */
function removeNow(dir: string): void {
  try {
    rmSync(dir, { recursive: true, force: true });
  } catch {
    // Nothing depends on it.
  }
}
