import type { DatabaseCatalog } from '../../model/catalog';
import type { DumpSelection } from '../../model/tools';
import { relationKey, withPartitions, type IndexedRelation } from './catalogIndex';
import type { ObjectOptions } from './noSelection';
import type { BackupOptions, TableRef } from '../../model/options';
import { computeTicks, type Ticks } from './ticks';

export type { DumpSelection } from '../../model/tools';

/** What `resolveSelection` reads of the options. */
export type SelectionOptions = ObjectOptions & Pick<BackupOptions, 'includeData'>;

/**
 * What pg_dump has to be told so that it dumps what is ticked.
 *
 * - Nothing ticked, or every schema: no filter, so that large objects, extensions and the objects
 *   of the database itself stay in.
 * - Schemas only: each by `--schema`, what is unticked in them by `--exclude-table`.
 * - All but some schemas: those by `--exclude-schema`, so that nothing else is lost.
 * - Tables only: each by `--table`, the partitions of partitioned ones too (`-t parent` alone dumps
 *   no rows, and `--table-and-children` is new in 16).
 * - Both: `--table` would switch `--schema` off, so every touched schema by `--schema` and all that
 *   is not ticked in it by `--exclude-table`.
 *
 * Sequences owned by a table come and go with it; relations of extensions are never named. Without
 * a catalog (not loaded yet) the names are taken as they are: good for a preview, not for a run.
 */
export function resolveSelection(
  options: SelectionOptions,
  catalog: DatabaseCatalog | null,
): DumpSelection {
  if (catalog === null) return unresolved(options);
  const ticks = computeTicks(options, catalog);
  const { includeData, largeObjects, extensions } = options;
  const before = resolved.get(ticks);
  if (
    before?.includeData === includeData &&
    before.largeObjects === largeObjects &&
    before.extensions === extensions
  ) {
    return before.selection;
  }
  const selection = resolveTicks(options, ticks);
  resolved.set(ticks, { includeData, largeObjects, extensions, selection });
  return selection;
}

/** One evaluation of a form asks several times, and 20,000 tables take a while. */
const resolved = new WeakMap<
  Ticks,
  Pick<SelectionOptions, 'includeData' | 'largeObjects' | 'extensions'> & {
    selection: DumpSelection;
  }
>();

function resolveTicks(options: SelectionOptions, ticks: Ticks): DumpSelection {
  const filter = isFilter(ticks);
  const named = filter ? namedObjects(options, ticks) : { schemas: [], tables: [] };
  const tablesOnly = filter && named.schemas.length === 0;
  const schemas = filter ? new Set(named.schemas) : null;
  if (tablesOnly && named.tables.length === 0) {
    // Everything that was ticked is excluded as well: a dump of nothing, not of everything.
    return { ...unresolved(options), excludeTables: options.excludeTables };
  }
  return {
    ...named,
    excludeSchemas: [...ticks.marks.without],
    excludeTables: tablesOnly ? [] : excluded(ticks, schemas),
    excludeTableData: options.includeData ? withoutRows(options, ticks) : [],
    largeObjects: largeObjectsOption(options, filter),
    extensions:
      filter && options.extensions && options.extensions.length > 0 ? options.extensions : null,
  };
}

/** Will pg_dump be limited to some schemas or tables, so that it leaves out all the rest? */
export function isFiltered(options: SelectionOptions, catalog: DatabaseCatalog | null): boolean {
  if (catalog) return isFilter(computeTicks(options, catalog));
  return (options.schemas?.length ?? 0) > 0 || (options.tables?.length ?? 0) > 0;
}

/** Will the large objects be in the dump? A filter leaves them out unless they are asked for. */
export function includesLargeObjects(
  options: SelectionOptions,
  catalog: DatabaseCatalog | null,
): boolean {
  return options.includeData && (options.largeObjects ?? !isFiltered(options, catalog));
}

function isFilter({ marks, index }: Ticks): boolean {
  if (marks.mode !== 'only') return false;
  if (marks.schemas.size === 0) return true;
  for (const name of index.schemas.keys()) if (!marks.schemas.has(name)) return true;
  return false;
}

function namedObjects(
  options: SelectionOptions,
  ticks: Ticks,
): { schemas: string[]; tables: TableRef[] } {
  const { marks, index, dumped } = ticks;
  // Names that the catalog does not have are passed on: dropping one could widen the dump.
  const strangers = (options.tables ?? []).filter((t) => !index.byKey.has(relationKey(t)));
  if (marks.schemas.size === 0) {
    const tables: TableRef[] = [];
    for (const entry of index.byKey.values()) {
      // A sequence that a table owns, or an extension's table, can still be asked for by name.
      if (entry.offered ? dumped.has(entry.key) : marks.tables.has(entry.key)) {
        tables.push(refOf(entry.relation));
      }
    }
    return { schemas: [], tables: [...tables, ...strangers.map(refOf)] };
  }
  const touched = new Set(marks.schemas);
  for (const key of dumped) {
    const entry = index.byKey.get(key);
    if (entry) touched.add(entry.relation.schema);
  }
  for (const table of options.tables ?? []) touched.add(table.schema);
  return { schemas: [...touched], tables: [] };
}

/** Offered relations that are not dumped, with the sequences they own; `schemas` null = everywhere. */
function excluded(ticks: Ticks, schemas: ReadonlySet<string> | null): TableRef[] {
  const { index, marks, dumped } = ticks;
  const found: TableRef[] = [];
  for (const entry of index.byKey.values()) {
    const { relation, key } = entry;
    if (schemas && !schemas.has(relation.schema)) continue;
    if (relation.extension !== null || marks.tables.has(key)) continue;
    // pg_dump leaves out what is in it, but for sequences that a table elsewhere owns.
    if (marks.without.has(relation.schema) && relation.ownedBy === null) continue;
    const owner = relation.ownedBy ? index.byKey.get(relationKey(relation.ownedBy)) : undefined;
    const out = relation.ownedBy
      ? marks.excluded.has(key) || (owner?.offered === true && !isUsed(owner, dumped))
      : !dumped.has(key);
    if (out) found.push(refOf(relation));
  }
  return found;
}

/** Partitions take their numbers from the sequence that their parent owns. */
function isUsed(owner: IndexedRelation, dumped: ReadonlySet<string>): boolean {
  return withPartitions(owner).some((each) => dumped.has(each.key));
}

function withoutRows(options: SelectionOptions, { index, dumped }: Ticks): TableRef[] {
  const found = new Map<string, TableRef>();
  for (const table of options.excludeTableData) {
    const entry = index.byKey.get(relationKey(table));
    // One that is not dumped at all needs no mention; an extension's table can hold dumped rows.
    for (const each of entry ? withPartitions(entry) : []) {
      if (each.offered && !dumped.has(each.key)) continue;
      found.set(each.key, refOf(each.relation));
    }
  }
  return [...found.values()];
}

/** With a filter they are left out unless told, without one they are in unless told. */
function largeObjectsOption(options: SelectionOptions, filter: boolean): boolean | null {
  if (!options.includeData || options.largeObjects !== filter) return null;
  return options.largeObjects;
}

function unresolved(options: SelectionOptions): DumpSelection {
  const filter = isFiltered(options, null);
  return {
    schemas: options.schemas ?? [],
    tables: options.tables ?? [],
    excludeSchemas: filter ? [] : options.excludeSchemas,
    excludeTables: options.excludeTables,
    excludeTableData: options.includeData ? options.excludeTableData : [],
    largeObjects: largeObjectsOption(options, filter),
    extensions: filter && options.extensions?.length ? options.extensions : null,
  };
}

function refOf({ schema, name }: TableRef): TableRef {
  return { schema, name };
}
