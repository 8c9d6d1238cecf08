import { SWAP_ACTIONS, type SwapAction } from '../../model/ways/databaseSwap';
import { isFinished, type BackupJob } from '../../model/job';

/** What a job that has ended offers about what was there before. */
export type WayBack = SwapAction | 'restoreSafetyBackup' | 'restoreRest';

/** All of them; each is a command of the view of jobs. */
export const WAYS_BACK: readonly WayBack[] = [
  'swapIn',
  'swapBack',
  'dropCopy',
  'restoreSafetyBackup',
  'restoreRest',
];

/** What can be done about what a job has left; the best first. */
export function waysBack(
  job: Pick<BackupJob, 'status' | 'swap' | 'safetyBackup' | 'failedEntries' | 'targetState'>,
): WayBack[] {
  const { status, swap, safetyBackup } = job;
  if (!isFinished(status)) return [];
  return [
    ...(leftARest(job) ? (['restoreRest'] as const) : []),
    ...(swap === undefined ? [] : SWAP_ACTIONS[swap.state]),
    ...(safetyBackup?.whole === true ? (['restoreSafetyBackup'] as const) : []),
  ];
}

/** Is a part of the archive restored, and are the entries of the rest known? */
function leftARest({
  status,
  targetState,
  failedEntries = [],
}: Pick<BackupJob, 'status' | 'failedEntries' | 'targetState'>): boolean {
  if (failedEntries.length === 0) return false;
  return status === 'completedWithErrors' || (status === 'failed' && targetState === 'partial');
}
