import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { EntryDetails } from '../../../src/protocol/archiveApi';
import { shownName, shownText } from '../../../src/core/text/shownText';
import { formatNumber } from '../../shared/format';
import { button, iconButton } from '../../shared/ui/button';
import { linkButton } from '../../shared/ui/link';
import { progressRing } from '../../shared/ui/progressRing';
import type { ArchiveView } from '../state/archiveView';
import { UNKNOWN_SIZE } from '../entries/entryStore';
import { banner } from './headView';
import { sizeText } from '../state/sizeText';
import { rowsView } from './rowsView';
import { sqlTokens } from '../entries/sqlTokens';
import { typeIcon, typeSingular } from '../../../src/core/model/entryTypes';

/** Lists are folded above this many. */
const FEW = 12;

/** One entry: what it is, its SQL, its rows, and what it hangs together with. */
export function detailsView(view: ArchiveView, id: number): TemplateResult {
  const { store, details } = view.state;
  return html`<div class="details">
    <div class="details-head">
      <span class="codicon codicon-${typeIcon(store.desc(id))}" aria-hidden="true"></span>
      <h2 title=${shownName(store.fullName(id))}>${shownName(store.fullName(id))}</h2>
      <span class="dim nowrap">${typeSingular(store.desc(id))}</span>
      <span class="gap"></span>
      ${iconButton({ label: l10n.t('Close'), icon: 'close', onClick: () => view.select(null) })}
    </div>
    ${
      details === null || details.state === 'loading'
        ? html`<div class="contents-empty">${progressRing()}</div>`
        : details.state === 'failed'
          ? banner('error', details.message)
          : body(view, id, details.value)
    }
  </div>`;
}

function body(view: ArchiveView, id: number, details: EntryDetails): TemplateResult {
  const { store } = view.state;
  const { entry, dataId } = details;
  const facts: [string, string][] = [
    [l10n.t('Owner'), shownName(entry.owner)],
    [l10n.t('Data'), dataText(view, details)],
    [l10n.t('Tablespace'), shownName(entry.tablespace ?? '')],
    [l10n.t('Number'), entry.dumpId === null ? '' : String(entry.dumpId)],
    [l10n.t('Comment'), shownText(details.comment)],
  ];
  return html`<dl class="head-facts">
      ${facts
        .filter(([, value]) => value !== '')
        .map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd class="pre-line">${value}</dd>
            </div>`,
        )}
    </dl>
    <div class="actions">
      ${button({ label: l10n.t('Open SQL'), icon: 'file-code', onClick: () => view.openDdl([id]) })}
      ${
        dataId === null
          ? nothing
          : html`${button({
              label: l10n.t('Preview Rows'),
              icon: 'table',
              onClick: () => view.previewRows(),
            })}
            ${button({
              label: l10n.t('Export as CSV…'),
              icon: 'desktop-download',
              onClick: () => view.exportRows(dataId),
            })}`
      }
      ${button({ label: l10n.t('Copy Name'), icon: 'copy', onClick: () => view.copyNames([id]) })}
    </div>
    ${rowsView(view)} ${sqlView(l10n.t('SQL'), details.ddl)}
    ${details.ddlCut ? html`<p class="dim">${l10n.t('Truncated here: “Open SQL” shows all of it.')}</p>` : nothing}
    ${details.privileges === '' ? nothing : sqlView(l10n.t('Privileges'), details.privileges)}
    ${related(view, l10n.t('Belongs to'), store.parent(id) < 0 ? [] : [store.parent(id)])}
    ${related(view, l10n.t('Parts'), store.children(id))}
    ${related(view, l10n.t('Depends on'), details.dependencies)}
    ${related(view, l10n.t('Used by'), details.dependents, details.dependentCount)}
    ${
      view.state.archive.header?.format === 'plain'
        ? html`<p class="dim">
            ${l10n.t('A script does not record dependencies: these are derived from the names in it.')}
          </p>`
        : nothing
    }`;
}

/** Sizes may have come after the details. */
function dataText({ state }: ArchiveView, { dataId, dataBytes }: EntryDetails): string {
  if (dataId === null) return '';
  const bytes = dataBytes ?? state.store.sizes[dataId] ?? UNKNOWN_SIZE;
  const { phase } = state.archive;
  if (state.store.isCut(dataId) || bytes >= 0) return sizeText(bytes, state.store.isCut(dataId));
  const over = phase === 'ready' || phase === 'failed';
  return over ? l10n.t('size not known') : l10n.t('Finding the sizes…');
}

/** Coloured by kinds of words; the text itself is text content only. */
function sqlView(title: string, sql: string): TemplateResult {
  return html`<section class="sql-block">
    <h3>${title}</h3>
    ${
      sql === ''
        ? html`<p class="dim">${l10n.t('It has no statement of its own.')}</p>`
        : html`<pre class="sql" tabindex="0" role="region" aria-label=${title}><code>${sqlTokens(
            shownText(sql),
          ).map(({ kind, text }) =>
            kind === 'plain' ? text : html`<span class="sql-${kind}">${text}</span>`,
          )}</code></pre>`
    }
  </section>`;
}

function related(
  view: ArchiveView,
  title: string,
  ids: readonly number[],
  count = ids.length,
): TemplateResult | typeof nothing {
  if (ids.length === 0) return nothing;
  const { store } = view.state;
  const items = ids.map(
    (id) =>
      html`<li>
        <span class="codicon codicon-${typeIcon(store.desc(id))}" aria-hidden="true"></span>
        ${linkButton({ label: shownName(store.fullName(id)), onClick: () => view.reveal(id) })}
        <span class="dim nowrap">${typeSingular(store.desc(id))}</span>
      </li>`,
  );
  const more = count - ids.length;
  const list = html`<ul class="related">
    ${items}
    ${more > 0 ? html`<li class="dim">${l10n.t('and {0} more', formatNumber(more))}</li>` : nothing}
  </ul>`;
  if (count <= FEW)
    return html`<section>
      <h3>${title}</h3>
      ${list}
    </section>`;
  return html`<details>
    <summary><h3>${title} (${formatNumber(count)})</h3></summary>
    ${list}
  </details>`;
}
