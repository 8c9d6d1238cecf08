/**
 * What a job has come to, in the order in which a backup comes to it. Kept in the timeline of the
 * job's process (`performance.getEntriesByType('mark')`), where a bench reads how long each step took.
 */
export const JOB_STEPS = [
  'codeRuns',
  'startReceived',
  'loaded',
  'jobTaken',
  'jobRecorded',
  'turnCame',
  'outputReserved',
  'connected',
  'toolStarts',
  'toolEnded',
  'monitorEnded',
  'outputChecked',
  'outputNamed',
  'manifestWritten',
  'cleanedUp',
  'endRecorded',
] as const;

export type JobStep = (typeof JOB_STEPS)[number];

/** Notes that the job has come this far. Takes microseconds. */
export function markStep(step: JobStep): void {
  performance.mark(step);
}
