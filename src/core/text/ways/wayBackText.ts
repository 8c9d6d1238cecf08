import * as l10n from '@vscode/l10n';
import type { BackupJob } from '../../model/job';
import type { WayBack } from './waysBack';

/** What the button says. */
export function wayBackLabel(
  way: WayBack,
  { swap, failedEntries = [] }: Pick<BackupJob, 'swap' | 'failedEntries'>,
): string {
  switch (way) {
    case 'swapIn':
      return l10n.t('Swap In…');
    case 'swapBack':
      return l10n.t('Swap Back…');
    case 'dropCopy':
      return swap?.state === 'swapped' ? l10n.t('Drop Old Copy…') : l10n.t('Drop Restored Copy…');
    case 'restoreSafetyBackup':
      return l10n.t('Restore Safety Backup…');
    case 'salvage':
      return l10n.t('Restore What Is Whole…');
    case 'restoreRest':
      return failedEntries.length === 1
        ? l10n.t('Restore What Failed (1 entry)…')
        : l10n.t('Restore What Failed ({0} entries)…', failedEntries.length.toLocaleString());
  }
}

/** Shown when the rest of a restore was requested and nothing is left of it. */
export function nothingLeftText(): string {
  return l10n.t('Nothing is left to restore: what failed is there by now.');
}
