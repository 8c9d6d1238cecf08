import * as l10n from '@vscode/l10n';
import type { JobEstimate } from '../model/estimates/estimate';
import { formatBytes } from './formatBytes';
import { formatRemaining } from './formatDuration';

/** What a job is expected to take, and what that rests on, before it runs. */
export function expectedText({ bytes, milliseconds, basis }: JobEstimate): string {
  const time = formatRemaining(milliseconds);
  if (bytes === null) return expectedTimeText(time, basis);
  const words = [formatBytes(bytes), time] as const;
  switch (basis) {
    case 'sameBackup':
      return l10n.t('Expected: about {0} in about {1}, by the last such backups.', ...words);
    case 'connection':
      return l10n.t(
        'Expected: roughly {0} in {1}, by the sizes of the data and the last runs on this server.',
        ...words,
      );
    case 'tables':
      return l10n.t(
        'Expected: very roughly {0} in {1}, by the sizes of the data alone: nothing has run on this server yet.',
        ...words,
      );
  }
}

/** The same of a restore. */
function expectedTimeText(time: string, basis: JobEstimate['basis']): string {
  switch (basis) {
    case 'sameBackup':
      return l10n.t('Expected: about {0}, by the last such restores.', time);
    case 'connection':
      return l10n.t(
        'Expected: roughly {0}, by what is in the file and the last restores on this server.',
        time,
      );
    case 'tables':
      return l10n.t(
        'Expected: very roughly {0}, by what is in the file alone: nothing was restored on this server yet.',
        time,
      );
  }
}

/** The same of a job that has ended, beside what it took. */
export function wasExpectedText({ bytes, milliseconds }: JobEstimate): string {
  const time = formatRemaining(milliseconds);
  if (bytes === null) return l10n.t('Expected were {0}.', time);
  return l10n.t('Expected were {0} in {1}.', formatBytes(bytes), time);
}
