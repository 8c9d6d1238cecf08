import * as l10n from '@vscode/l10n';
import { formatBytes } from '../../../src/core/text/formatBytes';
import { NO_DATA, UNKNOWN_SIZE } from '../entries/entryStore';

/** Bytes as in `EntryStore`; '' for what has no data. */
export function sizeText(size: number): string {
  if (size === NO_DATA) return '';
  return size === UNKNOWN_SIZE ? l10n.t('unknown') : formatBytes(size);
}
