import * as l10n from '@vscode/l10n';
import type { Finding } from '../model/findings/findings';
import { shownName } from './shownText';

/** `about 1,200 rows`, `exactly 1,204 rows`. */
export function rowsText(rows: number, exact: boolean): string {
  const figure = rows.toLocaleString();
  if (!exact) return l10n.t('about {0} rows', figure);
  return rows === 1 ? l10n.t('exactly 1 row') : l10n.t('exactly {0} rows', figure);
}

/** One object of a finding, with the rows that are at stake in it. */
export function objectText({ objects, rows }: Finding, index: number): string {
  const name = shownName(objects[index] ?? '');
  const there = rows?.[index];
  if (there === undefined) return name;
  const text = there.rows === null ? l10n.t('rows not counted') : rowsText(there.rows, there.exact);
  return `${name}: ${text}`;
}
