import type { BackupJob } from '../../../model/job';

/** A job that nobody has begun to carry out. */
export function newJob(
  id: string,
  type: BackupJob['type'],
  options: BackupJob['options'],
): BackupJob {
  return {
    id,
    type,
    status: 'pending',
    options: structuredClone(options),
    startTime: null,
    endTime: null,
    output: [],
    errors: [],
    progress: null,
    exitCode: null,
    command: [],
    outputPath: null,
    sizeBytes: null,
    targetState: null,
    failure: null,
  };
}
