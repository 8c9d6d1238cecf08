import type { BackupJob } from '../../../model/job';

/** A new job that is waiting. */
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
