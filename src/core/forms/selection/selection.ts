import type { BackupOptions, TableRef } from '../../model/options';

/** Only what is named, with what belongs to it; all of a schema but for `without`. */
export interface OnlySelection {
  mode: 'only';
  /** Whole schemas, exact names. */
  schemas: readonly string[];
  /** Single relations. */
  tables: readonly TableRef[];
  /** Relations of these schemas, and partitions of these tables, that stay out. */
  without: readonly TableRef[];
}

/** The whole database without what is named: what is in no schema stays in. */
export interface ExceptSelection {
  mode: 'except';
  schemas: readonly string[];
  tables: readonly TableRef[];
}

/** Which objects of a database a backup is of. Where nothing is named, `only` is of nothing. */
export type Selection = { mode: 'everything' } | OnlySelection | ExceptSelection;
export type SelectionMode = Selection['mode'];

export const EVERYTHING: Selection = { mode: 'everything' };
/** Start for selecting objects one by one. */
export const NOTHING: OnlySelection = { mode: 'only', schemas: [], tables: [], without: [] };

/** A selection as the options of a backup hold it. */
export type SelectionLists = Pick<
  BackupOptions,
  'schemas' | 'tables' | 'excludeSchemas' | 'excludeTables'
>;

/** The selection that the lists describe. Lists cannot say `NOTHING`: all of them empty is everything. */
export function readSelection(lists: SelectionLists): Selection {
  const { excludeSchemas, excludeTables } = lists;
  const schemas = lists.schemas ?? [];
  const tables = lists.tables ?? [];
  if (schemas.length + tables.length > 0) {
    return { mode: 'only', schemas, tables, without: excludeTables };
  }
  if (excludeSchemas.length + excludeTables.length > 0) {
    return { mode: 'except', schemas: excludeSchemas, tables: excludeTables };
  }
  return EVERYTHING;
}

/** The lists that describe a selection. `NOTHING` has none, so it is refused before it is written. */
export function writeSelection(selection: Selection): SelectionLists {
  const lists: SelectionLists = {
    schemas: null,
    tables: null,
    excludeSchemas: [],
    excludeTables: [],
  };
  if (selection.mode === 'only') {
    const { schemas, tables, without } = selection;
    if (schemas.length > 0) lists.schemas = [...schemas];
    if (tables.length > 0) lists.tables = [...tables];
    lists.excludeTables = [...without];
  } else if (selection.mode === 'except') {
    lists.excludeSchemas = [...selection.schemas];
    lists.excludeTables = [...selection.tables];
  }
  return lists;
}

/** Is nothing selected at all? */
export function isNothing(selection: Selection): boolean {
  return selection.mode === 'only' && selection.schemas.length + selection.tables.length === 0;
}
