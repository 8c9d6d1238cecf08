import * as l10n from '@vscode/l10n';
import type { JobEstimate } from '../model/estimates/estimate';
import { formatBytes } from './formatBytes';
import { formatRemaining } from './formatDuration';

/** What a backup is expected to take, and what that rests on, before it runs. */
export function expectedText({ bytes, milliseconds, basis }: JobEstimate): string {
  const words = [formatBytes(bytes), formatRemaining(milliseconds)] as const;
  switch (basis) {
    case 'sameBackup':
      return l10n.t('Expected: about {0} in about {1}, by the last such backups.', ...words);
    case 'connection':
      return l10n.t(
        'Expected: roughly {0} in {1}, by the sizes of the tables and the last runs on this server.',
        ...words,
      );
    case 'tables':
      return l10n.t(
        'Expected: very roughly {0} in {1}, by the sizes of the tables alone: nothing has run on this server yet.',
        ...words,
      );
  }
}

/** The same of a backup that has ended, beside what it took. */
export function wasExpectedText({ bytes, milliseconds }: JobEstimate): string {
  return l10n.t('Expected were {0} in {1}.', formatBytes(bytes), formatRemaining(milliseconds));
}
