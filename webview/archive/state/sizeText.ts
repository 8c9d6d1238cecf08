import * as l10n from '@vscode/l10n';
import { formatBytes } from '../../../src/core/text/formatBytes';
import type { ArchivePhase } from '../../../src/protocol/archiveApi';
import { formatNumber } from '../../shared/format';
import { NO_DATA, UNKNOWN_SIZE } from '../entries/entryStore';

/** Bytes as in `EntryStore`; '' for what has no data. `cut`: not all of it is there. */
export function sizeText(size: number, cut = false): string {
  if (size === NO_DATA) return '';
  if (cut) return size <= 0 ? l10n.t('missing') : l10n.t('{0}, cut', formatBytes(size));
  return size === UNKNOWN_SIZE ? l10n.t('unknown') : formatBytes(size);
}

/** Why no sizes are shown while none is known. `cut`, `unknown`: numbers of entries. */
export function withoutSizes(
  phase: ArchivePhase,
  { cut, unknown }: { cut: number; unknown: number },
): string {
  if (phase === 'failed') return l10n.t('The sizes could not be found.');
  if (phase !== 'ready') return l10n.t('Finding the sizes…');
  if (cut > 0) return l10n.t('All of its data are missing: the file is truncated.');
  return unknown > 0
    ? l10n.t('The dump does not record how large its data are.')
    : l10n.t('There are no rows in it.');
}

/** `cut`: entries whose data are missing or cut. */
export function totalText(bytes: number, cut: number): string {
  const size = formatBytes(bytes);
  if (cut === 0) return l10n.t('{0} of data in total, as they are stored.', size);
  return cut === 1
    ? l10n.t(
        '{0} of data are there, as they are stored. Those of one entry are missing or truncated.',
        size,
      )
    : l10n.t(
        '{0} of data are there, as they are stored. Those of {1} entries are missing or truncated.',
        size,
        formatNumber(cut),
      );
}
