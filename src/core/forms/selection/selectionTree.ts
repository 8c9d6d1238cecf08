import type { DatabaseCatalog, RelationKind } from '../../model/catalog';
import type { TableRef } from '../../model/options';
import {
  indexCatalog,
  withPartitions,
  type CatalogIndex,
  type IndexedRelation,
  type IndexedSchema,
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
  /** Relations in it; partitions are below their parent. Made when they are asked for. */
  readonly children: readonly RelationNode[];
  readonly hasChildren: boolean;
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
  schemas: readonly SchemaNode[];
  /** Number of all nodes. */
  size: number;
  node(id: string): SelectionNode | undefined;
}

/**
 * The tree of a catalog. Nodes are made when they are asked for: of tens of thousands few are ever in
 * sight.
 */
export function selectionTree(index: CatalogIndex): SelectionTree {
  return new LazyTree(index);
}

class LazyTree implements SelectionTree {
  readonly schemas: readonly SchemaNode[];
  readonly size: number;
  private readonly byId: ReadonlyMap<string, SchemaNode>;
  private readonly made = new Map<string, RelationNode>();

  constructor(private readonly index: CatalogIndex) {
    const of = (entry: IndexedRelation): RelationNode => this.relation(entry);
    this.schemas = [...index.schemas.values()].map((schema) => new LazySchema(schema, of));
    this.byId = new Map(this.schemas.map((node) => [node.id, node]));
    this.size = this.schemas.reduce((sum, { relations }) => sum + relations, this.schemas.length);
  }

  node(id: string): SelectionNode | undefined {
    const schema = this.byId.get(id);
    if (schema !== undefined) return schema;
    const entry = this.index.byKey.get(id);
    return entry?.selectable === true ? this.relation(entry) : undefined;
  }

  private relation(entry: IndexedRelation): RelationNode {
    const known = this.made.get(entry.key);
    if (known !== undefined) return known;
    const { schema, name, kind, bytes, rows } = entry.relation;
    const children = entry.partitions
      .filter((partition) => partition.selectable)
      .map((partition) => this.relation(partition));
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
    this.made.set(node.id, node);
    return node;
  }
}

class LazySchema implements SchemaNode {
  readonly type = 'schema';
  readonly id: string;
  readonly schema: string;
  readonly relations: number;
  readonly bytes: number;
  readonly hasChildren: boolean;
  private made: readonly RelationNode[] | undefined;

  constructor(
    private readonly of: IndexedSchema,
    private readonly nodeOf: (entry: IndexedRelation) => RelationNode,
  ) {
    this.id = schemaId(of.name);
    this.schema = of.name;
    this.relations = of.relations.length;
    this.bytes = of.relations.reduce((sum, { relation }) => sum + relation.bytes, 0);
    this.hasChildren = of.relations.some(isTop);
  }

  get children(): readonly RelationNode[] {
    return (this.made ??= this.of.relations.filter(isTop).map(this.nodeOf));
  }
}

/** Is it directly below its schema? */
function isTop({ parent }: IndexedRelation): boolean {
  return parent === null;
}

function sumRows(nodes: RelationNode[]): number | null {
  let sum = 0;
  for (const { rows } of nodes) {
    if (rows === null) return null;
    sum += rows;
  }
  return sum;
}

/** No relation's key begins with a quote. */
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
