import type { AppError } from '../../../errors';
import { toJobFailure } from '../../job/jobFailure';
import type { JobFolder, StoredJob } from './jobFolder';

/** End of a job that was never started. */
export interface EarlyEnd {
  status: 'failed' | 'cancelled';
  failure?: AppError | null;
}

/**
 * Writes the end of a job that was never started, and returns the record. On a full disk the end is
 * not written: only this process knows of it. That one was cancelled need not outlive a power cut, after
 * which it is told as lost: hundreds are cancelled at once, and to wait for the disk takes ten times as
 * long as to write.
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
    folder.write(ended, status !== 'cancelled');
  } catch {
    // The disk is full.
  }
  return ended;
}
