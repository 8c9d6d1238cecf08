import * as l10n from '@vscode/l10n';
import type { Verdict } from '../../model/findings/findings';
import { rowsText } from '../rowsText';

/** The one sentence beside the button. */
export function verdictText(verdict: Verdict): string {
  const { worst, target, adds, fills, keeps, partial } = verdict;
  if (worst === 'stops') {
    return partial
      ? l10n.t('This restore will not go through as it is; what it has done by then stays.')
      : l10n.t('This restore will not go through as it is.');
  }
  if (target === 'unknown') return l10n.t('Nobody knows what is in the target.');
  const lost = lostSentences(verdict);
  if (lost.length > 0) {
    if (keeps === 'safetyBackup') lost.push(l10n.t('The safety backup keeps them.'));
    return lost.join(' ');
  }
  if (worst === 'loses') {
    return l10n.t('Adds rows to {0} tables that are not empty.', fills.toLocaleString());
  }
  if (keeps === 'oldDatabase') {
    return l10n.t(
      'The database gets a new one in its place and is kept under another name; nothing is lost.',
    );
  }
  const added = adds === 1 ? l10n.t('1 table') : l10n.t('{0} tables', adds.toLocaleString());
  if (fills > 0 && adds === 0) {
    return fills === 1
      ? l10n.t('Loads rows into 1 table; nothing is lost.')
      : l10n.t('Loads rows into {0} tables; nothing is lost.', fills.toLocaleString());
  }
  switch (target) {
    case 'new':
      return l10n.t('Adds {0} to a new database; nothing is lost.', added);
    case 'empty':
      return l10n.t('Adds {0} to an empty database; nothing is lost.', added);
    case 'full':
      return l10n.t('Adds {0} to what is there; nothing is lost.', added);
  }
}

/** Tables that are dropped, and large objects that get other contents. */
function lostSentences({
  drops,
  dropsRows,
  replaces,
  replacesRows,
  exactRows = false,
  largeObjects,
}: Verdict): string[] {
  const sentences: string[] = [];
  const dropped = rowsText(dropsRows, exactRows);
  if (drops === 1) sentences.push(l10n.t('Drops 1 table with {0}.', dropped));
  else if (drops > 1) {
    sentences.push(l10n.t('Drops {0} tables with {1}.', drops.toLocaleString(), dropped));
  }
  if (replaces > 0) {
    const rows = rowsText(replacesRows, exactRows);
    sentences.push(
      replaces === 1
        ? l10n.t('Replaces {0} of 1 table.', rows)
        : l10n.t('Replaces {0} of {1} tables.', rows, replaces.toLocaleString()),
    );
  }
  if (largeObjects === null) return sentences;
  const { count, upTo } = largeObjects;
  if (upTo) sentences.push(l10n.t('May replace {0} large objects.', count.toLocaleString()));
  else if (count === 1) sentences.push(l10n.t('Replaces 1 large object.'));
  else sentences.push(l10n.t('Replaces {0} large objects.', count.toLocaleString()));
  return sentences;
}
