import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { RestoreOptions } from '../../src/core/model/options';
import '../shared/elements/pgTree';
import { formatNumber } from '../shared/format';
import { filterTree, type TreeRow, treeRows, type TreeShape } from '../shared/tree/rows';
import type { TreeRowView } from '../shared/tree/rowView';
import type { Info } from '../shared/types';
import { button } from '../shared/ui/button';
import { fieldNotes, mergedNotes, notesFor } from '../shared/ui/field';
import { labelledRadios } from '../shared/ui/fields';
import { textField } from '../shared/ui/textField';
import {
  contentsTicks,
  type ContentsNode,
  contentsTree,
  stateOfNode,
  toggleNode,
} from './contentsTree';
import type { RestoreView } from './restoreView';

/** Definitions, rows, or both. */
export function contentView(view: RestoreView): TemplateResult {
  const { options } = view.state;
  const schemaOnly = notesFor('schemaOnly', view.evaluation);
  const dataOnly = notesFor('dataOnly', view.evaluation);
  const value = options.schemaOnly ? 'schema' : options.dataOnly ? 'data' : 'both';
  return labelledRadios({
    name: 'content',
    label: l10n.t('Content'),
    value,
    options: [
      { value: 'both', label: l10n.t('Schema and data') },
      { value: 'schema', label: l10n.t('Schema only') },
      { value: 'data', label: l10n.t('Data only') },
    ],
    layout: 'row',
    notes: mergedNotes(schemaOnly, dataOnly),
    onChange: (content) =>
      view.change({ schemaOnly: content === 'schema', dataOnly: content === 'data' }),
  });
}

/** Schemas and tables of the archive, to restore some of them. */
export function objectsView(view: RestoreView): TemplateResult | typeof nothing {
  const { input, options } = view.state;
  const schemas = notesFor('schemas', view.evaluation);
  const tables = notesFor('tables', view.evaluation);
  const notes = mergedNotes(mergedNotes(schemas, tables), notesFor('dumpIds', view.evaluation));
  const { info } = input;
  return html`<div
    class="field ${notes.disabled ? 'field-disabled' : ''}"
    role="group"
    aria-label=${l10n.t('Objects')}
    data-field="tables"
  >
    <div class="objects-head">
      <div class="group-label">${l10n.t('Objects')}</div>
      ${
        info && !notes.disabled ? html`<span class="dim">${selectionText(options)}</span>` : nothing
      }
    </div>
    ${
      notes.disabled
        ? nothing
        : options.dumpIds
          ? chosenEntries(view, options.dumpIds.length)
          : info
            ? tree(view, info)
            : html`<div class="objects-empty">
                ${l10n.t('Schemas and tables of the file appear here.')}
              </div>`
    }
    ${fieldNotes('tables', notes)}
  </div>`;
}

function selectionText({ schemas, tables, dumpIds }: RestoreOptions): string {
  if (dumpIds) return l10n.t('Only the entries chosen in the archive');
  if (schemas || tables) return l10n.t('Only what is ticked');
  return l10n.t('Nothing ticked: everything in the file');
}

/** Entries chosen elsewhere are finer than schemas and tables, so they cannot be shown in the tree. */
function chosenEntries(view: RestoreView, count: number): TemplateResult {
  return html`<div class="banner">
    <span class="codicon codicon-list-selection" aria-hidden="true"></span>
    <div class="banner-body">
      <div class="banner-message">
        ${
          count === 1
            ? l10n.t('1 entry was chosen in the archive.')
            : l10n.t('{0} entries were chosen in the archive.', formatNumber(count))
        }
      </div>
      <div class="actions">
        ${button({
          label: l10n.t('Choose Schemas and Tables Instead'),
          onClick: () => view.change({ dumpIds: null }),
        })}
      </div>
    </div>
  </div>`;
}

const shapes = new WeakMap<Info['contents'], TreeShape<ContentsNode>>();

function shapeOf(contents: Info['contents']): TreeShape<ContentsNode> {
  let shape = shapes.get(contents);
  if (!shape) {
    shape = {
      roots: contentsTree(contents).schemas,
      id: (node) => node.id,
      children: (node) => node.children,
    };
    shapes.set(contents, shape);
  }
  return shape;
}

let latest:
  | {
      contents: Info['contents'];
      filter: string;
      expanded: ReadonlySet<string>;
      rows: TreeRow[];
      matches: number | null;
    }
  | undefined;

function rowsOf(contents: Info['contents'], filter: string, expanded: ReadonlySet<string>) {
  if (latest?.contents !== contents || latest.filter !== filter || latest.expanded !== expanded) {
    const shape = shapeOf(contents);
    const text = (node: ContentsNode): string =>
      node.table ? `${node.schema}.${node.table.name}` : node.schema;
    const found = filterTree(shape, text, filter);
    const rows = treeRows(shape, (id) => expanded.has(id), found);
    latest = { contents, filter, expanded, rows, matches: found ? found.matches : null };
  }
  return latest;
}

function tree(view: RestoreView, info: Info): TemplateResult {
  const { state } = view;
  const contents = contentsTree(info.contents);
  const { rows, matches } = rowsOf(info.contents, state.filter, state.expanded);
  const ticks = contentsTicks(state.options);
  const nothingTicked = !state.options.schemas && !state.options.tables;
  return html`<div class="objects-tools">
      ${textField({
        id: 'objects-filter',
        label: l10n.t('Filter objects'),
        placeholder: l10n.t('Filter by name'),
        icon: 'filter',
        value: state.filter,
        onInput: (filter) => view.setView({ filter }),
      })}
      ${button({
        label: l10n.t('Untick All'),
        disabled: nothingTicked,
        onClick: () => view.change({ schemas: null, tables: null }),
      })}
    </div>
    ${
      rows.length === 0
        ? html`<div class="objects-empty">
            ${
              state.filter === ''
                ? l10n.t('No schemas or tables are in the file.')
                : l10n.t('Nothing is named like “{0}”.', state.filter)
            }
          </div>`
        : html`<pg-tree
            id="tables"
            .label=${l10n.t('Objects to restore')}
            .describedBy=${'objects-hint'}
            .rows=${rows}
            .view=${(id: string) => rowView(contents.byId.get(id), ticks)}
            .onCheck=${(id: string) => {
              const node = contents.byId.get(id);
              if (!node) return;
              const checked = stateOfNode(ticks, node) !== 'checked';
              view.change(toggleNode(state.options, contents, node, checked));
            }}
            .onExpand=${(id: string, expanded: boolean) => view.expand(id, expanded)}
          ></pg-tree>`
    }
    <div class="objects-foot">
      <span class="field-description" id="objects-hint"
        >${l10n.t('A table brings its indexes, constraints, sequences and triggers along.')}</span
      >
      <span class="dim" role="status"
        >${matches === null ? '' : l10n.t('{0} found', formatNumber(matches))}</span
      >
    </div>`;
}

function rowView(
  node: ContentsNode | undefined,
  ticks: ReturnType<typeof contentsTicks>,
): TreeRowView {
  if (!node) return { label: '' };
  const check = stateOfNode(ticks, node);
  if (node.table) return { label: node.table.name, check, icon: 'table' };
  const count = node.children.length;
  const description = count === 1 ? l10n.t('1 table') : l10n.t('{0} tables', formatNumber(count));
  return { label: node.schema, check, icon: 'symbol-namespace', description };
}
