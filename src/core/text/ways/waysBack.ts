import { SWAP_ACTIONS, type SwapAction } from '../../model/ways/databaseSwap';
import { isFinished, type BackupJob } from '../../model/job';

/** What a job that has ended offers about what was there before. */
export type WayBack = SwapAction | 'restoreSafetyBackup';

/** All of them; each is a command of the view of jobs. */
export const WAYS_BACK: readonly WayBack[] = [
  'swapIn',
  'swapBack',
  'dropCopy',
  'restoreSafetyBackup',
];

/** What can be done about what a job has left; the best first. */
export function waysBack({
  status,
  swap,
  safetyBackup,
}: Pick<BackupJob, 'status' | 'swap' | 'safetyBackup'>): WayBack[] {
  if (!isFinished(status)) return [];
  return [
    ...(swap === undefined ? [] : SWAP_ACTIONS[swap.state]),
    ...(safetyBackup?.whole === true ? (['restoreSafetyBackup'] as const) : []),
  ];
}
