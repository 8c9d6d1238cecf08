import type { DumpSelection } from '../../model/tools';
import type { BackupOptions, TableRef } from '../../model/options';
import { relationKey, withPartitions, type IndexedRelation } from './catalogIndex';
import type { ObjectSelection } from './objectSelection';
import type { Selection } from './selection';

/** Options that decide about objects in addition to the selection. */
export type DumpExtras = Pick<
  BackupOptions,
  'includeData' | 'excludeTableData' | 'largeObjects' | 'extensions'
>;

/**
 * The options that make pg_dump dump what is selected.
 *
 * - Everything, or every schema: no filter, so that large objects, extensions and the objects of the
 *   database itself stay in.
 * - Schemas only: each by `--schema`, what is left out of them by `--exclude-table`.
 * - All but some schemas: those by `--exclude-schema`, so that nothing else is lost.
 * - Tables only: each by `--table`, the partitions of partitioned ones too (`-t parent` alone dumps
 *   no rows, and `--table-and-children` is new in 16).
 * - Both: `--table` would switch `--schema` off, so every touched schema by `--schema` and all that
 *   is not selected in it by `--exclude-table`.
 *
 * Sequences owned by a table come and go with it; relations of extensions are never named.
 */
export function dumpSelection(objects: ObjectSelection, extras: DumpExtras): DumpSelection {
  const { filtered, rules, selection } = objects;
  const named = filtered ? namedObjects(objects) : { schemas: [], tables: [] };
  const tablesOnly = filtered && named.schemas.length === 0;
  const schemas = filtered ? new Set(named.schemas) : null;
  if (tablesOnly && named.tables.length === 0) {
    // Everything that was selected is left out as well: a dump of nothing, not of everything.
    return namesAsGiven(selection, extras);
  }
  return {
    ...named,
    excludeSchemas: [...rules.excludedSchemas],
    excludeTables: tablesOnly ? [] : excluded(objects, schemas),
    excludeTableData: extras.includeData ? withoutRows(extras.excludeTableData, objects) : [],
    largeObjects: largeObjectsOption(extras, filtered),
    extensions: keptExtensions(extras, filtered),
  };
}

/**
 * The selection while the database's objects are unknown: the names as they were given. Good for a
 * preview, not for a run.
 */
export function namesAsGiven(selection: Selection, extras: DumpExtras): DumpSelection {
  const filtered = limitsByName(selection);
  const only = selection.mode === 'only' ? selection : null;
  const except = selection.mode === 'except' ? selection : null;
  return {
    schemas: only?.schemas ?? [],
    tables: only?.tables ?? [],
    excludeSchemas: except?.schemas ?? [],
    excludeTables: only?.without ?? except?.tables ?? [],
    excludeTableData: extras.includeData ? extras.excludeTableData : [],
    largeObjects: largeObjectsOption(extras, filtered),
    extensions: keptExtensions(extras, filtered),
  };
}

/** Is the dump limited to named objects, judging by the names alone? */
export function limitsByName(selection: Selection): boolean {
  return selection.mode === 'only';
}

/** Will the large objects be in the dump? A filter leaves them out unless they are asked for. */
function includesLargeObjects(
  { includeData, largeObjects }: Pick<DumpExtras, 'includeData' | 'largeObjects'>,
  filtered: boolean,
): boolean {
  return includeData && (largeObjects ?? !filtered);
}

/** How many large objects will be in the dump. */
export function dumpedLargeObjects(
  options: Pick<DumpExtras, 'includeData' | 'largeObjects'>,
  { filtered, index }: ObjectSelection,
): number {
  return includesLargeObjects(options, filtered) ? index.catalog.largeObjects : 0;
}

function namedObjects({ selection, rules, index, included }: ObjectSelection): {
  schemas: string[];
  tables: TableRef[];
} {
  const asked = selection.mode === 'only' ? selection.tables : [];
  // Names that the catalog does not have are passed on: dropping one could widen the dump.
  const unknownNames = asked.filter((table) => !index.byKey.has(relationKey(table)));
  if (rules.schemas.size === 0) {
    const tables: TableRef[] = [];
    for (const entry of index.byKey.values()) {
      // A sequence that a table owns, or an extension's table, can still be asked for by name.
      if (entry.selectable ? included.has(entry.key) : rules.tables.has(entry.key)) {
        tables.push(refOf(entry.relation));
      }
    }
    return { schemas: [], tables: [...tables, ...unknownNames.map(refOf)] };
  }
  const touched = new Set(rules.schemas);
  for (const key of included) {
    const entry = index.byKey.get(key);
    if (entry) touched.add(entry.relation.schema);
  }
  for (const table of asked) touched.add(table.schema);
  return { schemas: [...touched], tables: [] };
}

/** Selectable relations that are not dumped, with the sequences they own; `schemas` null = everywhere. */
function excluded(
  { index, rules, included }: ObjectSelection,
  schemas: ReadonlySet<string> | null,
): TableRef[] {
  const found: TableRef[] = [];
  for (const entry of index.byKey.values()) {
    const { relation, key } = entry;
    if (schemas && !schemas.has(relation.schema)) continue;
    if (relation.extension !== null || rules.tables.has(key)) continue;
    // `--exclude-schema` leaves out all that is in the schema, except for sequences owned by a
    // table elsewhere.
    if (rules.excludedSchemas.has(relation.schema) && relation.ownedBy === null) continue;
    const owner = relation.ownedBy ? index.byKey.get(relationKey(relation.ownedBy)) : undefined;
    const out = relation.ownedBy
      ? rules.excluded.has(key) || (owner?.selectable === true && !isUsed(owner, included))
      : !included.has(key);
    if (out) found.push(refOf(relation));
  }
  return found;
}

/** Partitions take their numbers from the sequence that their parent owns. */
function isUsed(owner: IndexedRelation, included: ReadonlySet<string>): boolean {
  return withPartitions(owner).some((each) => included.has(each.key));
}

function withoutRows(named: readonly TableRef[], { index, included }: ObjectSelection): TableRef[] {
  const found = new Map<string, TableRef>();
  for (const table of named) {
    const entry = index.byKey.get(relationKey(table));
    // A table that is left out needs no `--exclude-table-data`; one of an extension may, as its
    // configuration rows are dumped.
    for (const each of entry ? withPartitions(entry) : []) {
      if (each.selectable && !included.has(each.key)) continue;
      found.set(each.key, refOf(each.relation));
    }
  }
  return [...found.values()];
}

/**
 * The value of pg_dump's option; null = the default, which leaves large objects out with a filter
 * and includes them without one.
 */
function largeObjectsOption(
  { includeData, largeObjects }: DumpExtras,
  filtered: boolean,
): boolean | null {
  return includeData && largeObjects === filtered ? largeObjects : null;
}

function keptExtensions({ extensions }: DumpExtras, filtered: boolean): string[] | null {
  return filtered && extensions !== null && extensions.length > 0 ? extensions : null;
}

function refOf({ schema, name }: TableRef): TableRef {
  return { schema, name };
}
