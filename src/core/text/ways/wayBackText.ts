import * as l10n from '@vscode/l10n';
import type { BackupJob } from '../../model/job';
import type { WayBack } from './waysBack';

/** What the button says. */
export function wayBackLabel(way: WayBack, { swap }: Pick<BackupJob, 'swap'>): string {
  switch (way) {
    case 'swapIn':
      return l10n.t('Swap In…');
    case 'swapBack':
      return l10n.t('Swap Back…');
    case 'dropCopy':
      return swap?.state === 'swapped' ? l10n.t('Drop Old Copy…') : l10n.t('Drop Restored Copy…');
    case 'restoreSafetyBackup':
      return l10n.t('Restore Safety Backup…');
  }
}
