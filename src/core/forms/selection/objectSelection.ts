import type { TableRef } from '../../model/options';
import { relationKey, type CatalogIndex, type IndexedRelation } from './catalogIndex';
import type { Selection, SelectionMode } from './selection';

/** A selection as sets, quick to ask and to change. */
export interface SelectionRules {
  mode: SelectionMode;
  /** Schemas selected as a whole. In mode `except`: all that are not left out. */
  schemas: Set<string>;
  /** Schemas left out as a whole; mode `except` only. */
  excludedSchemas: Set<string>;
  /** Keys of relations selected by name. */
  tables: Set<string>;
  /** Keys of relations left out by name. */
  excluded: Set<string>;
}

/** A selection together with what it comes to in one catalog. */
export interface ObjectSelection {
  selection: Selection;
  index: CatalogIndex;
  rules: SelectionRules;
  /** Keys of the selectable relations that will be dumped. */
  included: ReadonlySet<string>;
  /** Keys of the relations whose rows stay behind, partitions of such tables among them. */
  withoutRows: ReadonlySet<string>;
  /** How many relations of a schema will be dumped. */
  includedInSchema: ReadonlyMap<string, number>;
  /**
   * Will pg_dump be limited to some schemas or tables, so that it leaves out all the rest? Not where
   * every schema is selected.
   */
  filtered: boolean;
}

/** The selection as sets. */
export function rulesOf(selection: Selection, index: CatalogIndex): SelectionRules {
  const only = selection.mode === 'only' ? selection : null;
  const except = selection.mode === 'except' ? selection : null;
  const excludedSchemas = new Set(except?.schemas);
  const others = [...index.schemas.keys()].filter((name) => !excludedSchemas.has(name));
  return {
    mode: selection.mode,
    schemas: new Set(except ? others : only?.schemas),
    excludedSchemas,
    tables: new Set(only?.tables.map(relationKey)),
    excluded: new Set((only?.without ?? except?.tables)?.map(relationKey)),
  };
}

/**
 * Is the relation in the dump, by a rule of its own or what it inherits? The nearest rule counts: its
 * own, then those of the tables it is a partition of, then its schema's.
 */
export function isIncluded(entry: IndexedRelation, rules: SelectionRules): boolean {
  if (rules.mode === 'everything') return true;
  for (let at: IndexedRelation | null = entry; at; at = at.parent) {
    if (rules.excluded.has(at.key)) return false;
    if (rules.tables.has(at.key)) return true;
    if (rules.excludedSchemas.has(at.relation.schema)) return false;
  }
  // Partitions come with their parent, whatever schema they live in.
  for (let at: IndexedRelation | null = entry; at; at = at.parent) {
    if (rules.schemas.has(at.relation.schema)) return true;
  }
  return false;
}

/**
 * What a selection comes to in a catalog; O(relations).
 *
 * @param excludeTableData tables whose rows stay behind
 */
export function selectObjects(
  selection: Selection,
  excludeTableData: readonly TableRef[],
  index: CatalogIndex,
): ObjectSelection {
  const rules = rulesOf(selection, index);
  const named = new Set(excludeTableData.map(relationKey));
  const included = new Set<string>();
  const withoutRows = new Set<string>();
  const includedInSchema = new Map<string, number>();
  for (const schema of index.schemas.values()) {
    let count = 0;
    for (const entry of schema.relations) {
      if (named.size > 0 && inherits(entry, named)) withoutRows.add(entry.key);
      if (!isIncluded(entry, rules)) continue;
      included.add(entry.key);
      count++;
    }
    includedInSchema.set(schema.name, count);
  }
  const filtered = isFilter(rules, index);
  return { selection, index, rules, included, withoutRows, includedInSchema, filtered };
}

function isFilter({ mode, schemas }: SelectionRules, index: CatalogIndex): boolean {
  if (mode !== 'only') return false;
  if (schemas.size === 0) return true;
  for (const name of index.schemas.keys()) if (!schemas.has(name)) return true;
  return false;
}

/** Is it, or a table that it is a partition of, among them? */
function inherits(entry: IndexedRelation, named: ReadonlySet<string>): boolean {
  for (let at: IndexedRelation | null = entry; at; at = at.parent) {
    if (named.has(at.key)) return true;
  }
  return false;
}
