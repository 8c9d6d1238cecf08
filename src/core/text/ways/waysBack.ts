import { SWAP_ACTIONS, type SwapAction } from '../../model/ways/databaseSwap';
import { isFinished, type BackupJob } from '../../model/job';

/** What a job that has ended offers about what was there before. */
export type WayBack = SwapAction | 'restoreSafetyBackup' | 'restoreRest' | 'salvage';

/** All of them; each is a command of the view of jobs. */
export const WAYS_BACK: readonly WayBack[] = [
  'swapIn',
  'swapBack',
  'dropCopy',
  'restoreSafetyBackup',
  'restoreRest',
  'salvage',
];

/** What can be done about what a job has left; the best first. */
export function waysBack(
  job: Pick<
    BackupJob,
    'status' | 'swap' | 'safetyBackup' | 'failedEntries' | 'targetState' | 'failure' | 'options'
  >,
): WayBack[] {
  const { status, swap, safetyBackup } = job;
  if (!isFinished(status)) return [];
  return [
    ...(damagedArchive(job) ? (['salvage'] as const) : []),
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

/** Did pg_restore fail at a damaged archive of which nobody has tried yet to restore what is whole? */
function damagedArchive({ failure, options }: Pick<BackupJob, 'failure' | 'options'>): boolean {
  if (failure?.code !== 'toolFailed' || !('salvage' in options) || options.salvage) return false;
  return failure.details['tool'] === 'pg_restore' && failure.details['cause'] === 'archiveDamaged';
}
