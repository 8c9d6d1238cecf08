import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { RestoreOptions, TableRef } from '../../src/core/model/options';
import '../shared/elements/pgTree';
import { formatNumber } from '../shared/format';
import { noObjects, objectsFilter, objectsFoot } from '../shared/tree/objectsFrame';
import { shownRows, type ShownRows } from '../shared/tree/rows';
import type { TreeRowView } from '../shared/tree/rowView';
import type { Info } from '../shared/types';
import { button } from '../shared/ui/button';
import { fieldNotes, mergedNotes, notesFor } from '../shared/ui/field';
import { labelledRadios } from '../shared/ui/fields';
import {
  type ChosenContents,
  chosenContents,
  type ContentsNode,
  type ContentsTree,
  stateOfContents,
  toggleContents,
} from '../../src/core/forms/selection/contentsTree';
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
  if (schemas || tables) return l10n.t('Only checked objects');
  return l10n.t('Nothing checked: everything in the file');
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

/** Rows depend on three things that most changes leave alone; the page keeps the last. */
export function contentsRows(
  { schemas: roots }: ContentsTree,
  filter: string,
  expanded: ReadonlySet<string>,
): ShownRows {
  const children = (node: ContentsNode): readonly ContentsNode[] => node.children;
  const text = ({ schema, table }: ContentsNode): string =>
    table ? `${schema}.${table.name}` : schema;
  return shownRows({ roots, id: ({ id }) => id, children }, text, filter, expanded);
}

function tree(view: RestoreView, info: Info): TemplateResult {
  const { state } = view;
  const contents = view.contentsOf(info);
  const { rows, found } = view.rowsOf(contents);
  const chosen = chosenContents(state.options);
  const without = rowsSwitches(view, info);
  const nothingTicked = !state.options.schemas && !state.options.tables;
  return html`<div class="objects-tools">
      ${objectsFilter(state.filter, (filter) => view.setView({ filter }))}
      ${button({
        label: l10n.t('Uncheck All'),
        disabled: nothingTicked,
        onClick: () => view.change({ schemas: null, tables: null }),
      })}
    </div>
    ${
      rows.length === 0
        ? noObjects(state.filter, l10n.t('No schemas or tables are in the file.'))
        : html`<pg-tree
            id="tables"
            .label=${l10n.t('Objects to restore')}
            .describedBy=${'objects-hint'}
            .rows=${rows}
            .view=${(id: string) => rowView(contents.byId.get(id), chosen, without)}
            .onCheck=${(id: string) => {
              const node = contents.byId.get(id);
              if (!node) return;
              const checked = stateOfContents(chosen, node) !== 'checked';
              view.change(toggleContents(state.options, contents, node, checked));
            }}
            .onSwitch=${(id: string) => {
              const table = contents.byId.get(id)?.table;
              if (table && without) view.change({ withoutRowsOf: switched(without, table) });
            }}
            .onExpand=${(id: string, expanded: boolean) => view.expand(id, expanded)}
          ></pg-tree>`
    }
    ${objectsFoot(
      [
        l10n.t('A table brings its indexes, constraints, sequences and triggers along.'),
        ...(without
          ? [l10n.t('Shift+Space leaves out a table’s rows and keeps its definition.')]
          : []),
      ].join(' '),
      found,
    )}`;
}

/** The tables that are restored without rows; null = this is no choice here. */
function rowsSwitches({ state, evaluation }: RestoreView, info: Info): readonly TableRef[] | null {
  const { options } = state;
  const barred = notesFor('withoutRowsOf', evaluation).disabled;
  if (info.format !== 'plain' || options.schemaOnly || barred) return null;
  return options.withoutRowsOf ?? [];
}

function isSame(a: TableRef, b: TableRef): boolean {
  return a.schema === b.schema && a.name === b.name;
}

function switched(without: readonly TableRef[], { schema, name }: TableRef): TableRef[] | null {
  const others = without.filter((table) => !isSame(table, { schema, name }));
  const next = others.length < without.length ? others : [...without, { schema, name }];
  return next.length === 0 ? null : next;
}

function rowView(
  node: ContentsNode | undefined,
  chosen: ChosenContents,
  without: readonly TableRef[] | null,
): TreeRowView {
  if (!node) return { label: '' };
  const check = stateOfContents(chosen, node);
  const { table } = node;
  if (table) {
    const row: TreeRowView = { label: table.name, check, icon: 'table' };
    if (without === null) return row;
    const pressed = without.some((each) => isSame(each, table));
    const label = pressed ? l10n.t('without rows') : l10n.t('Leave out the rows');
    return {
      ...row,
      ...(pressed ? { description: l10n.t('without rows') } : {}),
      switch: { icon: 'circle-slash', pressed, label },
    };
  }
  const count = node.children.length;
  const description = count === 1 ? l10n.t('1 table') : l10n.t('{0} tables', formatNumber(count));
  return { label: node.schema, check, icon: 'symbol-namespace', description };
}
