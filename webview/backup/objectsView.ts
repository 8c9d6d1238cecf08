import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/core/text/formatBytes';
import {
  dataStateOf,
  holdsData,
  selectionTree,
  type SelectionNode,
  toggleData,
} from '../../src/core/forms/selection/selectionTree';
import '../shared/elements/pgTree';
import { formatBrief, formatNumber } from '../shared/format';
import { kindIcon, kindText } from '../shared/names';
import {
  filterTree,
  type TreeFilter,
  treeRows,
  type TreeRow,
  type TreeShape,
} from '../shared/tree/rows';
import type { TreeRowView } from '../shared/tree/rowView';
import type { Catalog } from '../shared/types';
import { button } from '../shared/ui/button';
import { fieldNotes, notesFor } from '../shared/ui/field';
import { progressRing } from '../shared/ui/progressRing';
import { radioGroup, type RadioOption } from '../shared/ui/radioGroup';
import { textField } from '../shared/ui/textField';
import type { BackupView } from './backupView';
import {
  objectsMode,
  type ObjectsMode,
  type ModeChange,
  startMode,
  tickOf,
  tickRows,
  toggleRow,
} from './objectModes';

/** What is dumped, ticked in a tree of the live database. */
export function objectsView(view: BackupView): TemplateResult {
  const { state, evaluation } = view;
  const catalog = state.connection?.catalog ?? null;
  const notes = [
    ...(['schemas', 'tables', 'excludeSchemas', 'excludeTables', 'excludeTableData'] as const).map(
      (name) => ({
        name,
        notes: notesFor(name, evaluation),
      }),
    ),
  ];
  return html`<div class="field" role="group" aria-label=${l10n.t('Objects')} data-field="tables">
    <div class="group-label">${l10n.t('Objects')}</div>
    ${catalog ? html`${modes(view, catalog)} ${tree(view, catalog)}` : placeholder(view)}
    ${notes.map(({ name, notes: each }) => fieldNotes(name, each))}
  </div>`;
}

function placeholder({ state }: BackupView): TemplateResult {
  if (state.loading) {
    return html`<div class="objects-empty">
      ${progressRing()}
      <span>${l10n.t('Reading the objects of the database…')}</span>
    </div>`;
  }
  const text =
    state.options.connectionId === ''
      ? l10n.t('Choose a connection to see its schemas and tables.')
      : l10n.t('Schemas and tables appear here once the server answers.');
  return html`<div class="objects-empty">${text}</div>`;
}

/** The three ways of selecting, in words. */
function modes(view: BackupView, catalog: Catalog): TemplateResult {
  const { options, objectsMode: asked } = view.state;
  const words: RadioOption<ObjectsMode>[] = [
    { value: 'everything', label: l10n.t('Everything') },
    { value: 'only', label: l10n.t('Only what is ticked') },
    { value: 'except', label: l10n.t('Everything except what is not ticked') },
  ];
  return radioGroup({
    id: 'objects-mode',
    label: l10n.t('Which objects'),
    value: objectsMode(options, catalog, asked),
    options: words,
    layout: 'row',
    disabled: catalog.relations.length === 0,
    onChange: (mode) => {
      view.setView({ objectsMode: mode });
      view.setOptions(startMode(mode, options, catalog));
    },
  });
}

const shapes = new WeakMap<Catalog, TreeShape<SelectionNode>>();

function shapeOf(catalog: Catalog): TreeShape<SelectionNode> {
  let shape = shapes.get(catalog);
  if (!shape) {
    shape = {
      roots: selectionTree(catalog).schemas,
      id: (node) => node.id,
      children: (node) => node.children,
    };
    shapes.set(catalog, shape);
  }
  return shape;
}

interface Rows {
  catalog: Catalog;
  filter: string;
  expanded: ReadonlySet<string>;
  rows: TreeRow[];
  /** null = no filter is on. */
  found: TreeFilter | null;
}

let latest: Rows | undefined;

/** Rows depend on three things that most changes leave alone. */
function rowsOf(catalog: Catalog, filter: string, expanded: ReadonlySet<string>): Rows {
  if (latest?.catalog === catalog && latest.filter === filter && latest.expanded === expanded) {
    return latest;
  }
  const shape = shapeOf(catalog);
  const found = filterTree(shape, nodeText, filter);
  const rows = treeRows(shape, (id) => expanded.has(id), found);
  latest = { catalog, filter, expanded, rows, found };
  return latest;
}

/** What a filter shows for its own sake. */
function hitsOf(found: TreeFilter, catalog: Catalog): SelectionNode[] {
  const { byId } = selectionTree(catalog);
  return found.hits.flatMap((id) => byId.get(id) ?? []);
}

function nodeText(node: SelectionNode): string {
  return node.type === 'schema' ? node.schema : `${node.ref.schema}.${node.ref.name}`;
}

function tree(view: BackupView, catalog: Catalog): TemplateResult {
  const { state } = view;
  const { byId } = selectionTree(catalog);
  const { rows, found } = rowsOf(catalog, state.filter, state.expanded);
  const change = (next: typeof state.options): void => view.setOptions(next);
  const mode = objectsMode(state.options, catalog, state.objectsMode);
  const ticked = (next: ModeChange): void => {
    view.setView({ objectsMode: next.mode });
    change(next.options);
  };
  const tick = (checked: boolean): void => {
    const nodes = found ? hitsOf(found, catalog) : null;
    ticked(tickRows(mode, state.options, catalog, nodes, checked));
  };
  return html`<div class="objects-tools">
      ${textField({
        id: 'objects-filter',
        label: l10n.t('Filter objects'),
        placeholder: l10n.t('Filter by name'),
        icon: 'filter',
        value: state.filter,
        onInput: (filter) => view.setView({ filter }),
      })}
      ${
        mode === 'everything'
          ? ''
          : html`${button({
              label: found ? l10n.t('Tick Found') : l10n.t('Tick All'),
              onClick: () => tick(true),
            })}
            ${button({
              label: found ? l10n.t('Untick Found') : l10n.t('Untick All'),
              onClick: () => tick(false),
            })}`
      }
    </div>
    ${
      rows.length === 0
        ? html`<div class="objects-empty">
            ${
              state.filter === ''
                ? l10n.t('The database has no schemas.')
                : l10n.t('Nothing is named like “{0}”.', state.filter)
            }
          </div>`
        : html`<pg-tree
            id="tables"
            .label=${l10n.t('Objects to back up')}
            .describedBy=${'objects-hint'}
            .rows=${rows}
            .view=${(id: string) => rowView(view, catalog, byId.get(id), mode)}
            .onCheck=${(id: string) => {
              const node = byId.get(id);
              if (!node) return;
              ticked(toggleRow(mode, state.options, catalog, node));
            }}
            .onSwitch=${(id: string) => {
              const node = byId.get(id);
              if (!node || !hasData(node)) return;
              const included = dataStateOf(state.options, catalog, node) !== 'checked';
              change(toggleData(state.options, catalog, node, included));
            }}
            .onExpand=${(id: string, expanded: boolean) => view.expand(id, expanded)}
          ></pg-tree>`
    }
    <div class="objects-foot">
      <span class="field-description" id="objects-hint"
        >${l10n.t('Space ticks a row. Shift+Space leaves a table’s rows out and keeps its definition.')}</span
      >
      <span class="dim" role="status"
        >${found ? l10n.t('{0} found', formatNumber(found.matches)) : ''}</span
      >
    </div>`;
}

function hasData(node: SelectionNode): boolean {
  return node.type === 'schema'
    ? node.relations > 0
    : holdsData(node.kind) && node.kind !== 'sequence';
}

function rowView(
  view: BackupView,
  catalog: Catalog,
  node: SelectionNode | undefined,
  mode: ObjectsMode,
): TreeRowView {
  if (!node) return { label: '' };
  const { options } = view.state;
  const check = tickOf(mode, options, catalog, node);
  const data = dataStateOf(options, catalog, node);
  const row: TreeRowView = { label: labelOf(node), check, icon: iconOf(node) };
  const description: string[] = [];
  if (node.type === 'schema') {
    description.push(
      node.relations === 1
        ? l10n.t('1 object')
        : l10n.t('{0} objects', formatNumber(node.relations)),
    );
  } else if (node.kind !== 'table') description.push(kindText(node.kind));
  if (data !== 'checked' && options.includeData) {
    description.push(data === 'mixed' ? l10n.t('some rows left out') : l10n.t('rows left out'));
  }
  if (hasData(node) && options.includeData) {
    row.switch = {
      icon: data === 'checked' ? 'database' : 'circle-slash',
      pressed: data !== 'checked',
      label: data === 'checked' ? l10n.t('Leave its rows out') : l10n.t('Take its rows in again'),
    };
  }
  const rows =
    node.type === 'schema' || node.rows === null || node.kind === 'sequence' || node.kind === 'view'
      ? ''
      : node.rows === 1
        ? l10n.t('1 row')
        : l10n.t('{0} rows', formatBrief(node.rows));
  row.description = description.join(', ');
  row.cells = [rows, node.bytes > 0 ? formatBytes(node.bytes) : ''];
  return row;
}

function labelOf(node: SelectionNode): string {
  return node.type === 'schema' ? node.schema : node.ref.name;
}

function iconOf(node: SelectionNode): string {
  return node.type === 'schema' ? 'symbol-namespace' : kindIcon(node.kind);
}
