import { rm } from 'node:fs/promises';
import { GzipAhead } from '../../archive/join/gzipAhead';
import {
  joinDirectory,
  type JoinedArchive,
  type JoinOptions,
} from '../../archive/join/joinDirectory';
import { AppError, outputNotWritable } from '../../errors';
import { membersPath } from '../../model/options';
import type { JobRun } from '../job/jobContext';
import type { OutputTarget } from './outputTarget';

export { GzipAhead };

/**
 * Joins the directory that pg_dump has written beside the partial file into that file, and removes
 * the directory.
 *
 * @throws AppError `archiveDamaged`, `inputMissing`, `inputUnreadable`, `outputNotWritable`,
 *   `cancelled`
 */
export async function joinMembers(
  { record, signal }: JobRun,
  target: OutputTarget,
  { ahead, sync, onWritten }: { ahead: GzipAhead | null } & Pick<JoinOptions, 'sync' | 'onWritten'>,
): Promise<JoinedArchive> {
  record.progress.setPhase('joining');
  const directory = membersPath(target.partialPath);
  try {
    await ahead?.end();
    const joined = await joinDirectory(directory, target.partialPath, {
      signal,
      sync,
      onWritten,
      ahead,
      removeMembers: true,
      onProgress: (written) => {
        record.progress.setBytes(written);
        record.touch();
      },
    });
    await rm(directory, { recursive: true, force: true });
    return joined;
  } catch (error) {
    if (AppError.is(error)) throw error;
    throw outputNotWritable(target.finalPath, error);
  }
}
