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

/** Why no sizes are shown, while none of an entry is known. `cut`, `unknown`: entries. */
export function withoutSizes(
  phase: ArchivePhase,
  { cut, unknown }: { cut: number; unknown: number },
): string {
  if (phase === 'failed') return l10n.t('The sizes could not be found.');
  if (phase !== 'ready') return l10n.t('Finding the sizes…');
  if (cut > 0) return l10n.t('None of its data are there: the file is cut.');
  return unknown > 0
    ? l10n.t('The dump does not tell how large its data are.')
    : l10n.t('There are no rows in it.');
}

/** `cut`: entries whose data are missing or cut. */
export function totalText(bytes: number, cut: number): string {
  const size = formatBytes(bytes);
  if (cut === 0) return l10n.t('{0} of data in all, as they are stored.', size);
  return cut === 1
    ? l10n.t(
        '{0} of data are there, as they are stored. Of one entry they are missing or cut.',
        size,
      )
    : l10n.t(
        '{0} of data are there, as they are stored. Of {1} entries they are missing or cut.',
        size,
        formatNumber(cut),
      );
}
