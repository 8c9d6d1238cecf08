import type { DatabaseCatalog } from '../../model/catalog';
import { indexCatalog, relationKey, type CatalogIndex, type IndexedRelation } from './catalogIndex';
import type { BackupOptions } from '../../model/options';

/** The part of the options that says which objects are meant. */
export type ObjectOptions = Pick<
  BackupOptions,
  'schemas' | 'tables' | 'excludeSchemas' | 'excludeTables' | 'excludeTableData'
>;

/**
 * - `everything`: nothing is ticked, which means the whole database.
 * - `only`: what is ticked, and nothing else.
 * - `except`: the whole database without some schemas or relations.
 */
export type SelectionMode = 'everything' | 'only' | 'except';

/** Marks as the options hold them, as sets. */
export interface Marks {
  mode: SelectionMode;
  /** Wholly ticked schemas. In mode `except`: all that are not left out. */
  schemas: Set<string>;
  /** Schemas left out as a whole; mode `except` only. */
  without: Set<string>;
  /** Keys of ticked relations. */
  tables: Set<string>;
  /** Keys of unticked relations in a ticked schema. */
  excluded: Set<string>;
  /** Keys of tables whose rows stay behind. */
  withoutData: Set<string>;
}

/** The marks together with what they come to. */
export interface Ticks {
  index: CatalogIndex;
  marks: Marks;
  /** Keys of the offered relations that will be dumped. */
  dumped: ReadonlySet<string>;
  /** Keys of the relations whose rows stay behind, partitions of such tables among them. */
  withoutData: ReadonlySet<string>;
  /** How many relations of a schema will be dumped. */
  dumpedInSchema: ReadonlyMap<string, number>;
}

/** Which of the three ways of selecting the options use. */
export function selectionMode(options: ObjectOptions): SelectionMode {
  if ((options.schemas?.length ?? 0) > 0 || (options.tables?.length ?? 0) > 0) return 'only';
  const leavesOut = options.excludeTables.length + options.excludeSchemas.length > 0;
  return leavesOut ? 'except' : 'everything';
}

/** The options' lists as sets. */
export function readMarks(options: ObjectOptions, index: CatalogIndex): Marks {
  const mode = selectionMode(options);
  const without = new Set(mode === 'except' ? options.excludeSchemas : []);
  const others = [...index.schemas.keys()].filter((name) => !without.has(name));
  return {
    mode,
    schemas: new Set(mode === 'except' ? others : (options.schemas ?? [])),
    without,
    tables: new Set((options.tables ?? []).map(relationKey)),
    excluded: new Set(options.excludeTables.map(relationKey)),
    withoutData: new Set(options.excludeTableData.map(relationKey)),
  };
}

/**
 * Is the relation ticked, by its own mark or what it inherits? The nearest mark counts: its own,
 * then those of the tables it is a partition of, then its schema's.
 */
export function isTicked(entry: IndexedRelation, marks: Marks): boolean {
  if (marks.mode === 'everything') return true;
  for (let at: IndexedRelation | null = entry; at; at = at.parent) {
    if (marks.excluded.has(at.key)) return false;
    if (marks.tables.has(at.key)) return true;
    if (marks.without.has(at.relation.schema)) return false;
  }
  // Partitions come with their parent, whatever schema they live in.
  for (let at: IndexedRelation | null = entry; at; at = at.parent) {
    if (marks.schemas.has(at.relation.schema)) return true;
  }
  return false;
}

interface Remembered {
  of: ObjectOptions;
  ticks: Ticks;
}
const known = new WeakMap<DatabaseCatalog, WeakMap<ObjectOptions, Remembered>>();

/** What the options come to in this catalog; remembered for each pair of objects. */
export function computeTicks(options: ObjectOptions, catalog: DatabaseCatalog): Ticks {
  let ofCatalog = known.get(catalog);
  if (!ofCatalog) known.set(catalog, (ofCatalog = new WeakMap()));
  const before = ofCatalog.get(options);
  // A list replaced in place must not bring back what was computed for the old one.
  if (before && sameLists(before.of, options)) return before.ticks;

  const index = indexCatalog(catalog);
  const marks = readMarks(options, index);
  const dumped = new Set<string>();
  const withoutData = new Set<string>();
  const dumpedInSchema = new Map<string, number>();
  for (const schema of index.schemas.values()) {
    let count = 0;
    for (const entry of schema.relations) {
      if (isWithoutData(entry, marks)) withoutData.add(entry.key);
      if (!isTicked(entry, marks)) continue;
      dumped.add(entry.key);
      count++;
    }
    dumpedInSchema.set(schema.name, count);
  }
  const ticks: Ticks = { index, marks, dumped, withoutData, dumpedInSchema };
  const { schemas, tables, excludeSchemas, excludeTables, excludeTableData } = options;
  ofCatalog.set(options, {
    of: { schemas, tables, excludeSchemas, excludeTables, excludeTableData },
    ticks,
  });
  return ticks;
}

function sameLists(a: ObjectOptions, b: ObjectOptions): boolean {
  return (
    a.schemas === b.schemas &&
    a.tables === b.tables &&
    a.excludeSchemas === b.excludeSchemas &&
    a.excludeTables === b.excludeTables &&
    a.excludeTableData === b.excludeTableData
  );
}

function isWithoutData(entry: IndexedRelation, marks: Marks): boolean {
  if (marks.withoutData.size === 0) return false;
  for (let at: IndexedRelation | null = entry; at; at = at.parent) {
    if (marks.withoutData.has(at.key)) return true;
  }
  return false;
}
