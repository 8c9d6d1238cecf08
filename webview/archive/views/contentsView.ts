import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import '../../shared/elements/pgTree';
import { shownName } from '../../../src/core/text/shownText';
import { formatNumber } from '../../shared/format';
import type { TreeRow } from '../../shared/tree/rows';
import type { TreeRowView } from '../../shared/tree/rowView';
import { progressRing } from '../../shared/ui/progressRing';
import { textField } from '../../shared/ui/textField';
import type { ArchiveView } from '../state/archiveView';
import type { PageState, ViewMode } from '../state/pageState';
import { changesView } from './changesView';
import '../elements/entryList';
import type { EntryListRow } from '../elements/entryList';
import { sizeText } from '../state/sizeText';
import { typeIcon, typePlural, typeSingular } from '../../../src/core/model/entryTypes';

/** With more matches than this, groups stay closed: their counts say where to look. */
const OPEN_MATCHES = 5000;

/** Search, and below it the entries as a tree, as a list, or what differs from another dump. */
export function contentsView(view: ArchiveView): TemplateResult {
  const { state } = view;
  const modes: [ViewMode, string][] = [
    ['tree', l10n.t('Tree')],
    ['list', l10n.t('List')],
  ];
  if (state.comparison !== null || state.comparing) modes.push(['compare', l10n.t('Differences')]);
  return html`<section class="contents" aria-label=${l10n.t('Contents')}>
    <div class="contents-tools">
      ${textField({
        id: 'search',
        label: l10n.t('Search entries'),
        placeholder: l10n.t('Search by name, schema or type'),
        icon: 'search',
        value: state.query,
        onInput: (query) => view.setQuery(query),
        onKeydown: (event) => {
          if (event.key === 'Escape') view.setQuery('');
          else if (event.key === 'ArrowDown') {
            event.preventDefault();
            document.querySelector<HTMLElement>('.tree, .list')?.focus();
          }
        },
      })}
      <span class="switcher" role="group" aria-label=${l10n.t('Shown as')}>
        ${modes.map(
          ([mode, label]) =>
            html`<button
              type="button"
              class="switch"
              aria-pressed=${state.mode === mode}
              @click=${() => view.setMode(mode)}
            >
              ${label}
            </button>`,
        )}
      </span>
    </div>
    ${state.mode === 'compare' ? changesView(view) : entries(view)}
  </section>`;
}

function entries(view: ArchiveView): TemplateResult {
  const { state } = view;
  const { store, query } = state;
  const nothingFound = query !== '' && state.found?.ids.length === 0 && !state.searching;
  if (store.count === 0 || nothingFound) {
    const { phase } = state.archive;
    const reading = phase === 'opening' || phase === 'reading' || !state.complete;
    if (store.count === 0 && phase === 'failed') return html`<div class="contents-empty"></div>`;
    return html`<div class="contents-empty">
      ${store.count === 0 && reading ? progressRing() : nothing}
      ${
        nothingFound
          ? l10n.t('No name matches “{0}”.', query)
          : reading
            ? l10n.t('Reading the contents…')
            : l10n.t('There is nothing in it.')
      }
    </div>`;
  }
  return html`${state.mode === 'list' ? list(view) : tree(view)}
    <div class="contents-foot dim" role="status">${countText(state)}</div>`;
}

function countText({ found, query, store, complete, searching }: PageState): string {
  if (searching) return l10n.t('Searching…');
  if (query !== '' && found !== null) {
    return l10n.t('{0} of {1} entries', formatNumber(found.ids.length), formatNumber(store.count));
  }
  if (!complete) return l10n.t('{0} entries so far', formatNumber(store.count));
  return store.count === 1 ? l10n.t('1 entry') : l10n.t('{0} entries', formatNumber(store.count));
}

let last: { key: readonly unknown[]; rows: TreeRow[] } | undefined;

/** Made again only when something of it has changed. */
function treeRowsOf(state: PageState): TreeRow[] {
  const { tree: model, found, query, expanded } = state;
  const search = query === '' ? null : found;
  const key = [model, search, expanded];
  if (last?.key.every((value, index) => value === key[index]) === true) return last.rows;
  const shown = search && model.withAncestors(search.fits, search.ids);
  const opens = search !== null && search.ids.length <= OPEN_MATCHES;
  const isOpen = (id: string): boolean => {
    if (!opens) return expanded.has(id);
    // While searching, groups are open unless they were closed (`-id`).
    if (expanded.has(`-${id}`)) return false;
    const node = model.find(id);
    if (node === null || 'group' in node) return true;
    return shown?.[node.entry] === 2 || expanded.has(id);
  };
  const rows = model.rows(isOpen, shown);
  last = { key, rows };
  return rows;
}

function tree(view: ArchiveView): TemplateResult {
  const { state } = view;
  return html`<pg-tree
    id="entries"
    class="contents-main"
    .label=${l10n.t('Entries')}
    .rows=${treeRowsOf(state)}
    .view=${(id: string) => rowView(state, id)}
    .onCheck=${(id: string) => view.selecting.toggleNode(id)}
    .onExpand=${(id: string, expanded: boolean) => view.expand(id, expanded)}
    .onSelect=${(id: string) => {
      const node = state.tree.find(id);
      if (node !== null && 'entry' in node) view.select(node.entry);
    }}
  ></pg-tree>`;
}

function rowView(state: PageState, id: string): TreeRowView {
  const { store, selection, tree: model } = state;
  const node = model.find(id);
  if (node === null) return { label: '' };
  if ('entry' in node) {
    const { entry } = node;
    const desc = store.desc(entry);
    const isPart = store.parent(entry) >= 0;
    return {
      label: shownName(isPart ? partName(state, entry) : store.tag(entry)),
      icon: typeIcon(desc),
      check: selection.stateOf(store, entry),
      selected: state.selected === entry,
      cells: [sizeText(store.total(entry), store.holdsCut(entry))],
      ...(isPart ? { description: typeSingular(desc) } : {}),
    };
  }
  const { group } = node;
  return {
    label: groupLabel(group.kind, group.name),
    icon: groupIcon(group.kind, group.name),
    check: selection.stateOfGroup(model, group),
    description: formatNumber(group.count),
    cells: [sizeText(group.size)],
  };
}

/** `orders orders_pkey` is `orders_pkey` below `orders`; `TABLE orders` says nothing there. */
function partName({ store }: PageState, entry: number): string {
  const tag = store.tag(entry);
  const above = store.tag(store.parent(entry));
  if (tag.startsWith(`${above} `)) return tag.slice(above.length + 1);
  const column = `COLUMN ${above}.`;
  if (tag.startsWith(column)) return tag.slice(column.length);
  return tag.endsWith(` ${above}`) ? above : tag;
}

function groupLabel(kind: 'database' | 'schema' | 'type', name: string | null): string {
  if (kind === 'type') return typePlural(name ?? '');
  if (name !== null) return shownName(name);
  return kind === 'database' ? l10n.t('The whole server') : l10n.t('In no schema');
}

function groupIcon(kind: 'database' | 'schema' | 'type', name: string | null): string {
  if (kind === 'type') return typeIcon(name ?? '');
  return kind === 'database' || name === null ? 'database' : 'symbol-namespace';
}

function list(view: ArchiveView): TemplateResult {
  const { state } = view;
  const { store, selection } = state;
  return html`<pg-entry-list
    class="contents-main"
    .label=${l10n.t('Entries')}
    .ids=${state.sorted}
    .sorting=${state.sorting}
    .view=${(id: number): EntryListRow => ({
      icon: typeIcon(store.desc(id)),
      checked: selection.has(id),
      selected: state.selected === id,
      cells: {
        name: shownName(store.tag(id)),
        type: typeSingular(store.desc(id)),
        schema: shownName(store.schema(id) ?? ''),
        owner: shownName(store.owner(id)),
        size: sizeText(store.sizes[id] ?? -2, store.isCut(id)),
      },
    })}
    .onSort=${view.sortBy.bind(view)}
    .onSelect=${(id: number) => view.select(id)}
    .onCheck=${(id: number) => view.selecting.toggleEntry(id)}
  ></pg-entry-list>`;
}
