import type { DatabaseCatalog, RelationKind } from '../../model/catalog';
import {
  indexCatalog,
  withPartitions,
  type CatalogIndex,
  type IndexedRelation,
} from './catalogIndex';
import type { BackupOptions, TableRef } from '../../model/options';
import { computeTicks, isTicked, readMarks, type Marks, type ObjectOptions } from './ticks';

export { selectionMode, type SelectionMode } from './ticks';

export type TickState = 'checked' | 'unchecked' | 'mixed';

export interface SchemaNode {
  type: 'schema';
  /** Unique in the tree, stable over refreshes. */
  id: string;
  schema: string;
  /** Relations in it; partitions are below their parent. */
  children: RelationNode[];
  /** Relations that can be ticked, partitions counted. */
  relations: number;
  /** Bytes of its tables. */
  bytes: number;
}

export interface RelationNode {
  type: 'relation';
  id: string;
  ref: TableRef;
  kind: RelationKind;
  /** Bytes, with all its partitions. */
  bytes: number;
  /** The planner's estimate, with all its partitions; null = not known. */
  rows: number | null;
  /** Its partitions. */
  children: RelationNode[];
}

/** A node of the object tree: a schema, or a relation below its schema or its partitioned parent. */
export type SelectionNode = SchemaNode | RelationNode;

/** The tree of one catalog, shared by all selections in it. Schemas and names in the catalog's order. */
export interface SelectionTree {
  schemas: SchemaNode[];
  byId: ReadonlyMap<string, SelectionNode>;
}

const trees = new WeakMap<DatabaseCatalog, SelectionTree>();

/** The tree of a catalog; made once for each catalog object. */
export function selectionTree(catalog: DatabaseCatalog): SelectionTree {
  const known = trees.get(catalog);
  if (known) return known;
  const index = indexCatalog(catalog);
  const byId = new Map<string, SelectionNode>();
  const schemas: SchemaNode[] = [];
  for (const { name, relations } of index.schemas.values()) {
    const node: SchemaNode = {
      type: 'schema',
      id: schemaId(name),
      schema: name,
      children: [],
      relations: relations.length,
      bytes: 0,
    };
    for (const entry of relations) {
      if (!entry.parent) node.children.push(relationNode(entry, byId));
      node.bytes += entry.relation.bytes;
    }
    byId.set(node.id, node);
    schemas.push(node);
  }
  const tree: SelectionTree = { schemas, byId };
  trees.set(catalog, tree);
  return tree;
}

function relationNode(entry: IndexedRelation, byId: Map<string, SelectionNode>): RelationNode {
  const { schema, name, kind, bytes, rows } = entry.relation;
  const children = entry.partitions
    .filter((partition) => partition.offered)
    .map((partition) => relationNode(partition, byId));
  const node: RelationNode = {
    type: 'relation',
    id: entry.key,
    ref: { schema, name },
    kind,
    bytes: children.reduce((sum, child) => sum + child.bytes, bytes),
    // A partitioned table holds no rows itself; before its own ANALYZE it has no estimate either.
    rows: children.length > 0 ? sumRows(children) : rows,
    children,
  };
  byId.set(node.id, node);
  return node;
}

function sumRows(nodes: RelationNode[]): number | null {
  let sum = 0;
  for (const { rows } of nodes) {
    if (rows === null) return null;
    sum += rows;
  }
  return sum;
}

/** No relation's key is a JSON string. */
function schemaId(name: string): string {
  return JSON.stringify(name);
}

/**
 * Whether a node is ticked. While nothing is ticked at all, which means the whole database, every
 * node is `unchecked`. A schema is `checked` only when it is ticked as a whole: then its functions
 * and types come along as well.
 */
export function stateOf(
  options: ObjectOptions,
  catalog: DatabaseCatalog,
  node: SelectionNode,
): TickState {
  const { marks, index, dumped, dumpedInSchema } = computeTicks(options, catalog);
  if (marks.mode === 'everything') return 'unchecked';
  if (node.type === 'schema') {
    const count = dumpedInSchema.get(node.schema) ?? 0;
    if (marks.schemas.has(node.schema)) return count === node.relations ? 'checked' : 'mixed';
    return count === 0 ? 'unchecked' : 'mixed';
  }
  const entry = index.byKey.get(node.id);
  const all = entry ? offeredBelow(entry) : [];
  const count = all.reduce((sum, each) => sum + (dumped.has(each.key) ? 1 : 0), 0);
  if (count === 0) return 'unchecked';
  return count === all.length ? 'checked' : 'mixed';
}

/** Whether the rows of a node's tables are dumped; `mixed` = of some of them. */
export function dataStateOf(
  options: ObjectOptions,
  catalog: DatabaseCatalog,
  node: SelectionNode,
): TickState {
  const { index, withoutData } = computeTicks(options, catalog);
  if (withoutData.size === 0) return 'checked';
  const tables = relationsOf(node, index).filter((each) => holdsData(each.relation.kind));
  const out = tables.reduce((sum, each) => sum + (withoutData.has(each.key) ? 1 : 0), 0);
  if (out === 0) return 'checked';
  return out === tables.length ? 'unchecked' : 'mixed';
}

/** Can rows of this kind of relation be left out? Views and foreign tables have none in a dump. */
export function holdsData(kind: RelationKind): boolean {
  return kind !== 'view' && kind !== 'foreignTable';
}

/** Ticks or unticks a node with all below it. */
export function toggle<O extends BackupOptions>(
  options: O,
  catalog: DatabaseCatalog,
  node: SelectionNode,
  checked: boolean,
): O {
  return toggleAll(options, catalog, [node], checked);
}

/** The same for several nodes, none of them below another. */
export function toggleAll<O extends BackupOptions>(
  options: O,
  catalog: DatabaseCatalog,
  nodes: readonly SelectionNode[],
  checked: boolean,
): O {
  const { index, marks: before } = computeTicks(options, catalog);
  if (before.mode === 'everything' && !checked) return options;
  const marks = readMarks(options, index);
  keepUnticked(marks, index);
  // From here on a tick counts: with none left, nothing is ticked, not everything.
  marks.mode = 'only';

  const touched = new Set<string>();
  for (const node of nodes) {
    const below = relationsOf(node, index);
    for (const entry of below) clear(entry, marks);
    if (node.type === 'schema') {
      if (checked) marks.schemas.add(node.schema);
      else marks.schemas.delete(node.schema);
    }
    // Parents come first, so a partition gets a mark of its own only where it does not follow.
    for (const entry of below) {
      if (isTicked(entry, marks) !== checked) {
        (checked ? marks.tables : marks.excluded).add(entry.key);
      }
      if (node.type === 'relation') touched.add(entry.relation.schema);
    }
  }
  for (const schema of touched) settleSchema(schema, marks, index);
  dropIdleMarks(marks, index);
  return { ...options, ...written(marks, index, options) };
}

/** Keeps a node's rows in the dump, or leaves them out (the definitions stay). */
export function toggleData<O extends BackupOptions>(
  options: O,
  catalog: DatabaseCatalog,
  node: SelectionNode,
  included: boolean,
): O {
  const index = indexCatalog(catalog);
  const { withoutData } = readMarks(options, index);
  if (node.type === 'schema') {
    for (const entry of relationsOf(node, index)) {
      withoutData.delete(entry.key);
      const top = !entry.parent || entry.parent.relation.schema !== node.schema;
      if (included) keepRows(entry, withoutData);
      else if (top && holdsData(entry.relation.kind)) withoutData.add(entry.key);
    }
  } else {
    const entry = index.byKey.get(node.id);
    if (!entry) return options;
    for (const each of withPartitions(entry)) withoutData.delete(each.key);
    if (included) keepRows(entry, withoutData);
    else if (holdsData(entry.relation.kind)) withoutData.add(entry.key);
  }
  return { ...options, excludeTableData: refs(withoutData, index, options.excludeTableData) };
}

/** Everything ticked: no filter, but the tree shows it ticked, ready for exceptions. */
export function tickAll<O extends BackupOptions>(options: O, catalog: DatabaseCatalog): O {
  const schemas = [...indexCatalog(catalog).schemas.keys()];
  return { ...options, schemas, tables: null, excludeSchemas: [], excludeTables: [] };
}

/**
 * The same selection, said as what is left out of the whole database: then extensions, large objects
 * and what belongs to no schema stay in. Where that cannot be said (a partition without its table),
 * and where nothing is left out, the options stay as they are.
 */
export function asException<O extends BackupOptions>(options: O, catalog: DatabaseCatalog): O {
  const { index, dumped, marks, dumpedInSchema } = computeTicks(options, catalog);
  if (marks.mode !== 'only') return options;
  const without = [...index.schemas.keys()].filter(
    (name) => !marks.schemas.has(name) && dumpedInSchema.get(name) === 0,
  );
  const next: O = {
    ...options,
    schemas: null,
    tables: null,
    excludeSchemas: without,
    excludeTables: [],
  };
  const all = index.schemas.size === without.length;
  const said: Marks = { ...readMarks(next, index), mode: 'except' };
  said.without = new Set(without);
  said.schemas = new Set([...index.schemas.keys()].filter((name) => !said.without.has(name)));
  for (const { relations } of index.schemas.values()) {
    for (const top of relations.filter((each) => !each.parent)) {
      for (const entry of offeredBelow(top)) {
        if (!dumped.has(entry.key) && isTicked(entry, said)) said.excluded.add(entry.key);
      }
    }
  }
  const differs = [...index.byKey.values()].some(
    (entry) => entry.offered && isTicked(entry, said) !== dumped.has(entry.key),
  );
  const nothing = without.length === 0 && said.excluded.size === 0;
  if (differs || nothing || all) return options;
  return { ...next, excludeTables: refs(said.excluded, index, []) };
}

/** Nothing ticked: the whole database. */
export function tickNone<O extends BackupOptions>(options: O): O {
  return { ...options, schemas: null, tables: null, excludeSchemas: [], excludeTables: [] };
}

/** If a table that it is a partition of stays without rows, its other partitions do so by themselves. */
function keepRows(entry: IndexedRelation, withoutData: Set<string>): void {
  const path: IndexedRelation[] = [];
  for (let at = entry.parent; at; at = at.parent) path.push(at);
  let handedDown = false;
  for (const [depth, ancestor] of [...path.entries()].reverse()) {
    if (withoutData.delete(ancestor.key)) handedDown = true;
    if (!handedDown) continue;
    const kept = depth === 0 ? entry : path[depth - 1];
    for (const child of ancestor.partitions) if (child !== kept) withoutData.add(child.key);
  }
  withoutData.delete(entry.key);
}

/** In other modes a partition comes with its table, or its schema, although the other is not ticked. */
function keepUnticked(marks: Marks, index: CatalogIndex): void {
  if (marks.without.size === 0) return;
  const partitions = [...index.byKey.values()].filter((entry) => entry.offered && entry.parent);
  const unticked = partitions.filter((entry) => !isTicked(entry, marks));
  marks.without = new Set();
  for (const entry of unticked) if (isTicked(entry, marks)) marks.excluded.add(entry.key);
}

function clear(entry: IndexedRelation, marks: Marks): void {
  marks.tables.delete(entry.key);
  marks.excluded.delete(entry.key);
}

/** All relations ticked one by one are a schema ticked, none is a schema unticked. */
function settleSchema(name: string, marks: Marks, index: CatalogIndex): void {
  const schema = index.schemas.get(name);
  if (!schema) return;
  const count = schema.relations.reduce((n, entry) => n + (isTicked(entry, marks) ? 1 : 0), 0);
  if (marks.schemas.has(name) ? count > 0 : count < schema.relations.length) return;
  if (!marks.schemas.delete(name)) marks.schemas.add(name);
}

/**
 * Marks that change nothing make options grow and confuse their reader. One may do nothing for its
 * own relation and still be what unticks a partition in a schema that is ticked.
 */
function dropIdleMarks(marks: Marks, index: CatalogIndex): void {
  for (const set of [marks.tables, marks.excluded]) {
    for (const key of [...set]) {
      const entry = index.byKey.get(key);
      if (!entry) continue;
      const all = withPartitions(entry);
      const before = all.map((each) => isTicked(each, marks));
      set.delete(key);
      if (all.some((each, i) => isTicked(each, marks) !== before[i])) set.add(key);
    }
  }
}

function written(
  marks: Marks,
  index: CatalogIndex,
  options: ObjectOptions,
): Pick<BackupOptions, 'schemas' | 'tables' | 'excludeSchemas' | 'excludeTables'> {
  const tables = refs(marks.tables, index, options.tables ?? []);
  const nothing = marks.schemas.size === 0 && tables.length === 0;
  return {
    schemas: marks.schemas.size > 0 ? [...marks.schemas] : null,
    tables: tables.length > 0 ? tables : null,
    excludeSchemas: [],
    // Without a tick an exclusion would turn "nothing ticked" into "all but this".
    excludeTables: nothing ? [] : refs(marks.excluded, index, options.excludeTables),
  };
}

/** Keys back to names; names that the catalog does not have stay as they were given. */
function refs(keys: Set<string>, index: CatalogIndex, given: TableRef[]): TableRef[] {
  const strangers = new Map(given.map((ref) => [JSON.stringify([ref.schema, ref.name]), ref]));
  const found: TableRef[] = [];
  for (const key of keys) {
    const relation = index.byKey.get(key)?.relation ?? strangers.get(key);
    if (relation) found.push({ schema: relation.schema, name: relation.name });
  }
  return found;
}

function offeredBelow(entry: IndexedRelation): IndexedRelation[] {
  return withPartitions(entry).filter((each) => each.offered);
}

/** The relations that a node stands for, partitions in a ticked schema among them. */
function relationsOf(node: SelectionNode, index: CatalogIndex): IndexedRelation[] {
  if (node.type === 'schema') return index.schemas.get(node.schema)?.relations ?? [];
  const entry = index.byKey.get(node.id);
  return entry ? offeredBelow(entry) : [];
}
