/** The object tree as tests speak of it: options in, options out, a catalog beside them. */
import type { DatabaseCatalog } from '../../../../src/core/model/catalog';
import type { BackupOptions } from '../../../../src/core/model/options';
import type { DumpSelection } from '../../../../src/core/model/tools';
import { deriveBackup } from '../../../../src/core/forms/selection/derivedBackup';
import * as edit from '../../../../src/core/forms/selection/editSelection';
import {
  selectObjects,
  type ObjectSelection,
} from '../../../../src/core/forms/selection/objectSelection';
import {
  NOTHING,
  readSelection,
  writeSelection,
  type Selection,
  type SelectionMode,
} from '../../../../src/core/forms/selection/selection';
import * as tree from '../../../../src/core/forms/selection/selectionTree';

const known = new WeakMap<DatabaseCatalog, tree.DatabaseObjects>();

function objectsOf(catalog: DatabaseCatalog): tree.DatabaseObjects {
  const made = known.get(catalog) ?? tree.databaseObjects(catalog);
  known.set(catalog, made);
  return made;
}

export function selectionTree(catalog: DatabaseCatalog): tree.SelectionTree {
  return objectsOf(catalog).tree;
}

/** All nodes, each before those below it. */
export function allNodes({ schemas }: tree.SelectionTree): tree.SelectionNode[] {
  const found: tree.SelectionNode[] = [...schemas];
  // The list grows while it is walked.
  for (const node of found) found.push(...node.children);
  return found;
}

export function selectionMode(options: BackupOptions): SelectionMode {
  return readSelection(options).mode;
}

/** What a selection comes to; options without a selection are everything. */
export function select(options: BackupOptions, catalog: DatabaseCatalog): ObjectSelection {
  const { objects } = deriveBackup(options, { catalog }, { index: objectsOf(catalog).index });
  if (objects === null) throw new Error('no catalog');
  return objects;
}

export function resolveSelection(
  options: BackupOptions,
  catalog: DatabaseCatalog | null,
): DumpSelection {
  return deriveBackup(options, { catalog }).dump;
}

/** The tree in which one ticks: without any tick, nothing is selected yet. */
function ticked(options: BackupOptions, catalog: DatabaseCatalog): ObjectSelection {
  const said = readSelection(options);
  const selection = said.mode === 'everything' ? NOTHING : said;
  return selectObjects(selection, options.excludeTableData, objectsOf(catalog).index);
}

function written<O extends BackupOptions>(options: O, before: Selection, next: Selection): O {
  return next === before ? options : { ...options, ...writeSelection(next) };
}

let last: { options: BackupOptions; catalog: DatabaseCatalog; objects: ObjectSelection } | null =
  null;

export function stateOf(
  options: BackupOptions,
  catalog: DatabaseCatalog,
  node: tree.SelectionNode,
): tree.CheckState {
  if (last?.options !== options || last.catalog !== catalog) {
    last = { options, catalog, objects: ticked(options, catalog) };
  }
  return tree.stateOf(last.objects, node);
}

export function rowsStateOf(
  options: BackupOptions,
  catalog: DatabaseCatalog,
  node: tree.SelectionNode,
): tree.CheckState {
  return tree.rowsStateOf(select(options, catalog), node);
}

export function toggle<O extends BackupOptions>(
  options: O,
  catalog: DatabaseCatalog,
  node: tree.SelectionNode,
  checked: boolean,
): O {
  return toggleAll(options, catalog, [node], checked);
}

export function toggleAll<O extends BackupOptions>(
  options: O,
  catalog: DatabaseCatalog,
  nodes: readonly tree.SelectionNode[],
  checked: boolean,
): O {
  const objects = ticked(options, catalog);
  return written(options, objects.selection, edit.selectNodes(objects, nodes, checked));
}

export function toggleData<O extends BackupOptions>(
  options: O,
  catalog: DatabaseCatalog,
  node: tree.SelectionNode,
  included: boolean,
): O {
  const { index } = objectsOf(catalog);
  const { excludeTableData } = options;
  return { ...options, excludeTableData: edit.changeRows(excludeTableData, index, node, included) };
}

export function tickAll<O extends BackupOptions>(options: O, catalog: DatabaseCatalog): O {
  return { ...options, ...writeSelection(edit.everySchema(objectsOf(catalog).index)) };
}

export function tickNone<O extends BackupOptions>(options: O): O {
  return { ...options, ...writeSelection(NOTHING) };
}

/** Where nothing is left out, there is no exception to be said. */
export function asException<O extends BackupOptions>(options: O, catalog: DatabaseCatalog): O {
  const before = ticked(options, catalog).selection;
  const next = edit.asException(before, objectsOf(catalog).index);
  const names = next.mode === 'except' ? next.schemas.length + next.tables.length : 1;
  return names === 0 ? options : written(options, before, next);
}
