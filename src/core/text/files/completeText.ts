import * as l10n from '@vscode/l10n';
import type { BackupInfo } from '../../model/archive';

/** Text about whether a backup is whole, as far as it was read; '' where unknown. */
export function completeText({
  complete,
  format,
}: Pick<BackupInfo, 'complete' | 'format'>): string {
  if (complete === null) {
    return format === 'plain' ? '' : l10n.t('not checked: verify it to read all of it');
  }
  return complete ? l10n.t('yes') : l10n.t('no: something is missing');
}
