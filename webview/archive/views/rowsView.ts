import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { shownName, shownText } from '../../../src/core/text/shownText';
import type { RowsPreview } from '../../../src/protocol/archiveApi';
import { formatNumber } from '../../shared/format';
import { progressRing } from '../../shared/ui/progressRing';
import type { ArchiveView } from '../state/archiveView';
import { banner } from './headView';

/** Tables with more columns are read elsewhere. */
const MAX_COLUMNS = 100;

/** The first rows of a table, once they were asked for. */
export function rowsView({ state: { rows } }: ArchiveView): TemplateResult | typeof nothing {
  if (rows === null) return nothing;
  if (rows.state === 'loading') {
    return html`<div class="contents-empty">${progressRing()} ${l10n.t('Reading rows…')}</div>`;
  }
  if (rows.state === 'failed') return banner('error', rows.message);
  return grid(rows.value);
}

function grid(preview: RowsPreview): TemplateResult {
  const { rows } = preview;
  const columns = preview.columns.slice(0, MAX_COLUMNS);
  const notes = [
    countText(preview),
    preview.cut ? l10n.t('Long values are cut.') : '',
    preview.columns.length > MAX_COLUMNS
      ? l10n.t('{0} of {1} columns.', MAX_COLUMNS, preview.columns.length)
      : '',
  ];
  return html`<section>
    <h3>${l10n.t('Rows')}</h3>
    <div class="rows" tabindex="0" role="region" aria-label=${l10n.t('Rows')}>
      <table>
        <thead>
          <tr>
            ${columns.map((name) => html`<th scope="col">${shownName(name)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${columns.map((_, index) => cell(row[index] ?? null))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="dim">${notes.filter((note) => note !== '').join(' ')}</p>
  </section>`;
}

function countText({ rows, more }: RowsPreview): string {
  const count = formatNumber(rows.length);
  if (more)
    return rows.length === 1 ? l10n.t('The first row.') : l10n.t('The first {0} rows.', count);
  if (rows.length === 0) return l10n.t('There are no rows in it.');
  return rows.length === 1 ? l10n.t('The only row.') : l10n.t('All {0} rows.', count);
}

function cell(value: string | null): TemplateResult {
  if (value === null) return html`<td class="null">NULL</td>`;
  const text = shownText(value);
  return html`<td title=${text}>${text}</td>`;
}
