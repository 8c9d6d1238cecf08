import * as l10n from '@vscode/l10n';
import type { VerifyProblem } from '../../model/backups';
import { readingText } from './readingText';

/** What is wrong with a backup, in a few words. */
export function problemText({ kind, object, detail }: VerifyProblem): string {
  const name = object ?? readingText(detail);
  switch (kind) {
    case 'missing':
      return l10n.t('Missing: {0}', name);
    case 'truncated':
      return l10n.t('Ends early: {0}', name);
    case 'damaged':
      return l10n.t('Cannot be read: {0}', placeText(object, detail));
    case 'noEnd':
      return l10n.t('Without its end: {0}', name);
    case 'badRow':
      return l10n.t('With rows that COPY does not take: {0} ({1})', name, detail);
    case 'sizeChanged':
      return l10n.t('Another size: {0} ({1} bytes)', name, detail);
    case 'checksumMismatch':
      return l10n.t('Other contents: {0}', name);
    case 'extraFile':
      return l10n.t('Not in the manifest: {0}', name);
    case 'toolFailed':
      return l10n.t('The tool failed: {0}', detail);
    case 'toolStalled':
      return l10n.t('The tool made no progress: {0}', name);
    case 'toolReadLess':
      return l10n.t('The tool read less than there is: {0} bytes', detail);
    case 'restoreError':
      return object === null ? detail : `${object}: ${detail}`;
    case 'rowsDiffer':
      return l10n.t('Other rows: {0} ({1})', name, detail);
    case 'tableMissing':
      return l10n.t('Not there after the restore: {0}', name);
    case 'rowsUncounted':
      return l10n.t('Rows that could not be counted: {0}', name);
  }
}

function placeText(object: string | null, detail: string): string {
  const place = readingText(detail);
  if (object === null) return place;
  return detail === '' ? object : `${object}: ${place}`;
}
