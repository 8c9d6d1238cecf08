import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { shownName } from '../../../src/core/text/shownText';
import { formatNumber } from '../../shared/format';
import { linkButton } from '../../shared/ui/link';
import { sizeText, totalText, withoutSizes } from '../state/sizeText';
import type { ArchiveView } from '../state/archiveView';
import type { PageState } from '../state/pageState';
import type { EntryStore } from '../entries/entryStore';
import { typeIcon, typeOrder, typePlural } from '../../../src/core/model/entryTypes';

/** This many of the largest tables. */
const LARGEST = 15;

/** Overview of the dump, while no entry is selected. */
export function overviewView(view: ArchiveView): TemplateResult {
  const { state } = view;
  // For a file that could not be opened, the banner above says everything.
  if (state.archive.phase === 'failed' && state.archive.header === null) return html``;
  return html`<div class="overview">
    ${bytesView(view)} ${typesView(state)} ${statementsView(state)}
  </div>`;
}

function bytesView(view: ArchiveView): TemplateResult {
  const { state } = view;
  const { largest, total, unknown } = sizesOf(state.store);
  const top = largest[0]?.size ?? 0;
  return html`<section class="bytes" aria-labelledby="bytes-title">
    <h2 id="bytes-title">${l10n.t('Where the bytes are')}</h2>
    ${
      largest.length === 0
        ? html`<p class="dim">
            ${withoutSizes(state.archive.phase, { cut: state.store.cutCount, unknown })}
          </p>`
        : html`<ol class="bars">
            ${largest.map(
              ({ id, size }) =>
                html`<li>
                  ${linkButton({
                    label: shownName(state.store.fullName(id)),
                    onClick: () => view.reveal(ownerOf(state.store, id)),
                  })}
                  <span class="bar-size tabular">${sizeText(size, state.store.isCut(id))}</span>
                  <span class="bar-share dim tabular">${percent(size / total)}</span>
                  <span class="bar" aria-hidden="true"
                    ><span class="bar-fill" .style=${`width: ${(100 * size) / top}%`}></span
                  ></span>
                </li>`,
            )}
          </ol>`
    }
    ${
      largest.length > 0
        ? html`<p class="dim">
            ${totalText(total, state.store.cutCount)}
            ${unknown > 0 ? unknownText(unknown) : nothing}
          </p>`
        : nothing
    }
  </section>`;
}

function unknownText(entries: number): string {
  return entries === 1
    ? l10n.t('The size of one entry is unknown.')
    : l10n.t('The sizes of {0} entries are unknown.', formatNumber(entries));
}

interface Sizes {
  largest: { id: number; size: number }[];
  total: number;
  unknown: number;
}

let last: { of: readonly number[]; count: number; sizes: Sizes } | undefined;

function sizesOf(store: EntryStore): Sizes {
  // Entries are added to the list of sizes; what was measured is a list of its own.
  if (last?.of === store.sizes && last.count === store.count) return last.sizes;
  const known: { id: number; size: number }[] = [];
  let total = 0;
  let unknown = 0;
  store.sizes.forEach((size, id) => {
    if (size === -1) unknown++;
    if (size <= 0) return;
    total += size;
    known.push({ id, size });
  });
  known.sort((a, b) => b.size - a.size);
  const sizes = { largest: known.slice(0, LARGEST), total, unknown };
  last = { of: store.sizes, count: store.count, sizes };
  return sizes;
}

/** For rows, their table, which has the definition as well. */
function ownerOf(store: EntryStore, id: number): number {
  const parent = store.parent(id);
  return store.desc(id) === 'TABLE DATA' && parent >= 0 ? parent : id;
}

function percent(share: number): string {
  if (share < 0.01) return `<${(0.01).toLocaleString(undefined, { style: 'percent' })}`;
  return share.toLocaleString(undefined, { style: 'percent', maximumFractionDigits: 0 });
}

function typesView({ store }: PageState): TemplateResult | typeof nothing {
  if (store.count === 0) return nothing;
  const types = store.typeCounts().sort((a, b) => typeOrder(a.desc) - typeOrder(b.desc));
  return html`<section aria-labelledby="types-title">
    <h2 id="types-title">${l10n.t('What is in it')}</h2>
    <ul class="type-counts">
      ${types.map(
        ({ desc, count }) =>
          html`<li>
            <span class="codicon codicon-${typeIcon(desc)}" aria-hidden="true"></span>
            <span>${typePlural(desc)}</span><strong class="tabular">${formatNumber(count)}</strong>
          </li>`,
      )}
    </ul>
  </section>`;
}

function statementsView({ archive }: PageState): TemplateResult | typeof nothing {
  const { statements } = archive;
  // In dumps of pg_dump the entries show this.
  if (statements.length === 0 || archive.header?.byPgDump === true) return nothing;
  return html`<section aria-labelledby="statements-title">
    <h2 id="statements-title">${l10n.t('Statements')}</h2>
    <ul class="type-counts">
      ${statements.map(
        ({ kind, count }) =>
          html`<li>
            <code>${kind}</code><strong class="tabular">${formatNumber(count)}</strong>
          </li>`,
      )}
    </ul>
  </section>`;
}
