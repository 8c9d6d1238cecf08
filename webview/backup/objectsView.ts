import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { fieldsAt } from '../../src/core/forms/fields/fieldValues';
import { backupFields } from '../../src/core/model/backupFields';
import { formatBytes } from '../../src/core/text/formatBytes';
import {
  changeRows,
  changeSelection,
  changeMode,
  toggleNode,
} from '../../src/core/forms/selection/editSelection';
import type { ObjectSelection } from '../../src/core/forms/selection/objectSelection';
import type { SelectionMode } from '../../src/core/forms/selection/selection';
import {
  holdsData,
  rowsStateOf,
  type SelectionNode,
  type SelectionTree,
  stateOf,
} from '../../src/core/forms/selection/selectionTree';
import '../shared/elements/pgTree';
import { formatBrief, formatNumber } from '../shared/format';
import { kindIcon, kindText } from '../shared/names';
import { noObjects, objectsFilter, objectsFoot } from '../shared/tree/objectsFrame';
import { shownRows, type ShownRows } from '../shared/tree/rows';
import type { TreeRowView } from '../shared/tree/rowView';
import { button } from '../shared/ui/button';
import { fieldNotes, notesFor } from '../shared/ui/field';
import { progressRing } from '../shared/ui/progressRing';
import { radioGroup, type RadioOption } from '../shared/ui/radioGroup';
import type { BackupView } from './backupView';

/** The objects to dump, checked in a tree of the live database. */
export function objectsView(view: BackupView): TemplateResult {
  const { state, evaluation, objects: selected } = view;
  const { objects } = state;
  const fields = fieldsAt(backupFields, 'objects').filter(([, field]) => field.label === 'Objects');
  const notes = fields.map(([name]) => ({ name, notes: notesFor(name, evaluation) }));
  return html`<div class="field" role="group" aria-label=${l10n.t('Objects')} data-field="tables">
    <div class="group-label">${l10n.t('Objects')}</div>
    ${
      objects && selected
        ? html`${modes(view, selected)} ${tree(view, objects.tree, selected)}`
        : placeholder(view)
    }
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
function modes(view: BackupView, objects: ObjectSelection): TemplateResult {
  const words: RadioOption<SelectionMode>[] = [
    { value: 'everything', label: l10n.t('Everything') },
    { value: 'only', label: l10n.t('Only checked objects') },
    { value: 'except', label: l10n.t('Everything except unchecked objects') },
  ];
  return radioGroup({
    id: 'objects-mode',
    label: l10n.t('Which objects'),
    value: view.state.selection.mode,
    options: words,
    layout: 'row',
    disabled: objects.index.catalog.relations.length === 0,
    onChange: (mode) => view.select(changeMode(objects, mode, view.state.selectionBefore)),
  });
}

/** Rows depend on three things that most changes leave alone; the page keeps the last. */
export function objectRows(
  { schemas: roots }: SelectionTree,
  filter: string,
  expanded: ReadonlySet<string>,
): ShownRows {
  const children = (node: SelectionNode): readonly SelectionNode[] => node.children;
  const hasChildren = (node: SelectionNode): boolean =>
    node.type === 'schema' ? node.hasChildren : node.children.length > 0;
  const shape = { roots, id: ({ id }: SelectionNode) => id, children, hasChildren };
  return shownRows(shape, nodeText, filter, expanded);
}

function nodeText(node: SelectionNode): string {
  return node.type === 'schema' ? node.schema : `${node.ref.schema}.${node.ref.name}`;
}

function tree(view: BackupView, nodes: SelectionTree, objects: ObjectSelection): TemplateResult {
  const { rows, found } = view.objectRows;
  return html`${tools(view, nodes, objects)}
  ${
    rows.length === 0
      ? noObjects(view.state.filter, l10n.t('The database has no schemas.'))
      : html`<pg-tree
          id="tables"
          .label=${l10n.t('Objects to back up')}
          .describedBy=${'objects-hint'}
          .rows=${rows}
          .view=${(id: string) => rowView(view, objects, nodes.node(id))}
          .onCheck=${(id: string) => {
            const node = nodes.node(id);
            if (node) view.select(toggleNode(objects, node));
          }}
          .onSwitch=${(id: string) => {
            const node = nodes.node(id);
            if (node && hasData(node)) switchRows(view, objects, node);
          }}
          .onExpand=${(id: string, expanded: boolean) => view.expand(id, expanded)}
        ></pg-tree>`
  }
  ${objectsFoot(
    l10n.t('Space checks a row. Shift+Space leaves out a table’s rows and keeps its definition.'),
    found,
  )}`;
}

/** The filter, and the buttons that check what it finds. */
function tools(view: BackupView, tree: SelectionTree, objects: ObjectSelection): TemplateResult {
  const { filter, selection } = view.state;
  const { found } = view.objectRows;
  const check = (checked: boolean): void => {
    // Only rows whose own text matches the filter.
    const nodes = found && found.hits.flatMap((id) => tree.node(id) ?? []);
    view.select(changeSelection(objects, nodes, checked));
  };
  return html`<div class="objects-tools">
    ${objectsFilter(filter, (next) => view.setView({ filter: next }))}
    ${
      selection.mode === 'everything'
        ? ''
        : html`${button({
            label: found ? l10n.t('Check Found') : l10n.t('Check All'),
            onClick: () => check(true),
          })}
          ${button({
            label: found ? l10n.t('Uncheck Found') : l10n.t('Uncheck All'),
            onClick: () => check(false),
          })}`
    }
  </div>`;
}

/** Includes or excludes the rows of a node's tables. */
function switchRows(view: BackupView, objects: ObjectSelection, node: SelectionNode): void {
  const included = rowsStateOf(objects, node) !== 'checked';
  const { excludeTableData } = view.state.options;
  view.change({ excludeTableData: changeRows(excludeTableData, objects.index, node, included) });
}

function hasData(node: SelectionNode): boolean {
  return node.type === 'schema'
    ? node.relations > 0
    : holdsData(node.kind) && node.kind !== 'sequence';
}

function rowView(
  view: BackupView,
  objects: ObjectSelection,
  node: SelectionNode | undefined,
): TreeRowView {
  if (!node) return { label: '' };
  const { options } = view.state;
  const check = stateOf(objects, node);
  const data = rowsStateOf(objects, node);
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
      label: data === 'checked' ? l10n.t('Leave its rows out') : l10n.t('Include its rows again'),
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
