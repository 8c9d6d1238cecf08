/**
 * The three ways of selecting as the page shows them, over what the options can say. Pure.
 *
 * In `everything` all rows look ticked, and the first that is unticked makes it `except`; in `only`
 * nothing is ticked at first, which the options by themselves would take for everything.
 */
import type { BackupOptions } from '../../src/core/model/options';
import {
  asException,
  selectionMode,
  type SelectionMode,
  type SelectionNode,
  selectionTree,
  stateOf,
  tickAll,
  tickNone,
  type TickState,
  toggleAll,
} from '../../src/core/forms/selection/selectionTree';
import type { Catalog } from '../shared/types';

export type ObjectsMode = SelectionMode;

type Selection = Pick<BackupOptions, 'schemas' | 'tables' | 'excludeSchemas' | 'excludeTables'>;

/** `asked` = the mode that the user chose last. */
export function objectsMode(
  options: Selection & BackupOptions,
  catalog: Catalog | null,
  asked: ObjectsMode | null,
): ObjectsMode {
  const said = selectionMode(options);
  if (said === 'everything') return asked === 'only' ? 'only' : 'everything';
  if (said === 'except' || !catalog) return said;
  const ticked = new Set(options.schemas ?? []);
  const all = selectionTree(catalog).schemas.every(({ schema }) => ticked.has(schema));
  return all && (asked === 'except' || options.excludeTables.length > 0) ? 'except' : 'only';
}

/** Nothing is ticked where something must be. */
export function isNothingTicked(mode: ObjectsMode, options: BackupOptions): boolean {
  return mode === 'only' && selectionMode(options) === 'everything';
}

/** The options that the mode begins with. */
export function startMode(
  mode: ObjectsMode,
  options: BackupOptions,
  catalog: Catalog,
): BackupOptions {
  return mode === 'except' ? tickAll(options, catalog) : tickNone(options);
}

export function tickOf(
  mode: ObjectsMode,
  options: BackupOptions,
  catalog: Catalog,
  node: SelectionNode,
): TickState {
  return mode === 'everything' ? 'checked' : stateOf(options, catalog, node);
}

/** New options, and the mode that they are meant in. */
export interface ModeChange {
  options: BackupOptions;
  mode: ObjectsMode;
}

/** A click on a row. */
export function toggleRow(
  mode: ObjectsMode,
  options: BackupOptions,
  catalog: Catalog,
  node: SelectionNode,
): ModeChange {
  const checked = mode !== 'everything' && stateOf(options, catalog, node) !== 'checked';
  return tickRows(mode, options, catalog, [node], checked);
}

/** Several rows ticked or unticked at once, none of them below another; null = all there are. */
export function tickRows(
  mode: ObjectsMode,
  options: BackupOptions,
  catalog: Catalog,
  nodes: readonly SelectionNode[] | null,
  checked: boolean,
): ModeChange {
  if (nodes === null && checked) return { options: tickAll(options, catalog), mode };
  const start = mode === 'everything' ? tickAll(options, catalog) : options;
  const next = nodes === null ? tickNone(start) : toggleAll(start, catalog, nodes, checked);
  // With nothing left there is nothing to make an exception of, and the options alone say all.
  if (selectionMode(next) === 'everything') return { options: next, mode: 'only' };
  if (mode === 'only') return { options: next, mode };
  return { options: asException(next, catalog), mode: 'except' };
}
