import type { DatabaseCatalog, RelationKind } from '../../model/catalog';
import type { TableRef } from '../../model/options';
import {
  indexCatalog,
  withPartitions,
  type CatalogIndex,
  type IndexedRelation,
} from './catalogIndex';
import type { ObjectSelection } from './objectSelection';

/** The objects of a database, ready to choose from. */
export interface DatabaseObjects {
  index: CatalogIndex;
  tree: SelectionTree;
}

/** O(relations): once for each catalog that was read. */
export function databaseObjects(catalog: DatabaseCatalog): DatabaseObjects {
  const index = indexCatalog(catalog);
  return { index, tree: selectionTree(index) };
}

/** How far a node is selected. */
export type CheckState = 'checked' | 'unchecked' | 'mixed';

export interface SchemaNode {
  type: 'schema';
  /** Unique in the tree, stable over refreshes. */
  id: string;
  schema: string;
  /** Relations in it; partitions are below their parent. */
  children: RelationNode[];
  /** Relations that can be selected, partitions counted. */
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

/** The objects of a catalog as a tree. Schemas and names in the catalog's order. */
export interface SelectionTree {
  schemas: SchemaNode[];
  byId: ReadonlyMap<string, SelectionNode>;
}

/** The tree of a catalog; O(relations), so it is made once and handed on. */
export function selectionTree(index: CatalogIndex): SelectionTree {
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
  return { schemas, byId };
}

function relationNode(entry: IndexedRelation, byId: Map<string, SelectionNode>): RelationNode {
  const { schema, name, kind, bytes, rows } = entry.relation;
  const children = entry.partitions
    .filter((partition) => partition.selectable)
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
 * Whether a node is selected. A schema is `checked` only when it is selected as a whole: then its
 * functions and types come along as well.
 */
export function stateOf(objects: ObjectSelection, node: SelectionNode): CheckState {
  const { rules, index, included, includedInSchema } = objects;
  if (rules.mode === 'everything') return 'checked';
  if (node.type === 'schema') {
    const count = includedInSchema.get(node.schema) ?? 0;
    if (rules.schemas.has(node.schema)) return count === node.relations ? 'checked' : 'mixed';
    return count === 0 ? 'unchecked' : 'mixed';
  }
  const all = relationsOf(node, index);
  const count = all.reduce((sum, each) => sum + (included.has(each.key) ? 1 : 0), 0);
  if (count === 0) return 'unchecked';
  return count === all.length ? 'checked' : 'mixed';
}

/** Whether the rows of a node's tables are dumped; `mixed` = of some of them. */
export function rowsStateOf(objects: ObjectSelection, node: SelectionNode): CheckState {
  const { index, withoutRows } = objects;
  if (withoutRows.size === 0) return 'checked';
  const tables = relationsOf(node, index).filter((each) => holdsData(each.relation.kind));
  const out = tables.reduce((sum, each) => sum + (withoutRows.has(each.key) ? 1 : 0), 0);
  if (out === 0) return 'checked';
  return out === tables.length ? 'unchecked' : 'mixed';
}

/**
 * Can rows of this kind of relation be left out? Views and foreign tables have no rows in a dump.
 */
export function holdsData(kind: RelationKind): boolean {
  return kind !== 'view' && kind !== 'foreignTable';
}

/** The relations of a node, including partitions in a selected schema. */
export function relationsOf(node: SelectionNode, index: CatalogIndex): IndexedRelation[] {
  if (node.type === 'schema') return index.schemas.get(node.schema)?.relations ?? [];
  const entry = index.byKey.get(node.id);
  return entry ? selectableBelow(entry) : [];
}

/** The relation and its partitions, however deep, as far as they can be selected. */
export function selectableBelow(entry: IndexedRelation): IndexedRelation[] {
  return withPartitions(entry).filter((each) => each.selectable);
}
