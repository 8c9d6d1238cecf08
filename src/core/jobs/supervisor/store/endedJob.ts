import type { AppError } from '../../../errors';
import { toJobFailure } from '../../job/jobFailure';
import type { JobFolder, StoredJob } from './jobFolder';

/** How a job ends that nobody has begun to carry out. */
export interface EarlyEnd {
  status: 'failed' | 'cancelled';
  failure?: AppError | null;
}

/**
 * Writes the end of a job that nobody has begun to carry out, and returns the record. A disk that is
 * full keeps it from being written: then only this process knows.
 */
export function endUnstarted(
  folder: JobFolder,
  stored: StoredJob,
  { status, failure = null }: EarlyEnd,
): StoredJob {
  const now = new Date().toISOString();
  const times = { startTime: now, endTime: now };
  const ended: StoredJob = {
    ...stored,
    beat: stored.beat + 1,
    job: { ...stored.job, ...times, status, failure: failure && toJobFailure(failure) },
  };
  try {
    folder.write(ended, true);
  } catch {
    // See above.
  }
  return ended;
}
