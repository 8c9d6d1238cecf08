import type { WayBack } from '../../core/text/ways/waysBack';

/** The command that takes each way back. */
export const WAY_COMMANDS: Readonly<Record<WayBack, string>> = {
  swapIn: 'pgBackup.swapIn',
  swapBack: 'pgBackup.swapBack',
  dropCopy: 'pgBackup.dropOldCopy',
  restoreSafetyBackup: 'pgBackup.restoreSafetyBackup',
  restoreRest: 'pgBackup.restoreRest',
  salvage: 'pgBackup.salvage',
};
