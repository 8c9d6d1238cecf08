/**
 * The three ways of selecting as the page shows them, over what the options can say. Pure.
 *
 * In `everything` all rows look ticked, and the first that is unticked makes it `except`; in `only`
 * nothing is ticked at first, which the options by themselves would take for everything.
 */
import type { BackupOptions } from '../../src/core/forms/options';
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
  toggle,
} from '../../src/core/forms/selectionTree';
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

/** A click on a row: the new options, and the mode that they are meant in. */
export function toggleRow(
  mode: ObjectsMode,
  options: BackupOptions,
  catalog: Catalog,
  node: SelectionNode,
): { options: BackupOptions; mode: ObjectsMode } {
  if (mode === 'everything') {
    const next = toggle(tickAll(options, catalog), catalog, node, false);
    return { options: asException(next, catalog), mode: 'except' };
  }
  const checked = stateOf(options, catalog, node) !== 'checked';
  const next = toggle(options, catalog, node, checked);
  return { options: mode === 'except' ? asException(next, catalog) : next, mode };
}
