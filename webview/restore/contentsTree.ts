/** What of an archive is ticked: schemas as a whole, or tables one by one. Pure. */
import type { RestoreOptions, TableRef } from '../../src/core/model/options';
import type { TickState } from '../../src/core/forms/selection/selectionTree';
import type { Info } from '../shared/types';

export interface ContentsNode {
  id: string;
  schema: string;
  /** null = the node is the schema itself. */
  table: TableRef | null;
  children: readonly ContentsNode[];
}

export interface ContentsTree {
  schemas: readonly ContentsNode[];
  byId: ReadonlyMap<string, ContentsNode>;
}

type Selection = Pick<RestoreOptions, 'schemas' | 'tables'>;

const trees = new WeakMap<Info['contents'], ContentsTree>();

/** Schemas with their tables, by name. Made once for each archive that was read. */
export function contentsTree(contents: Info['contents']): ContentsTree {
  const known = trees.get(contents);
  if (known) return known;
  const tables = new Map<string, ContentsNode[]>(contents.schemas.map((name) => [name, []]));
  const byId = new Map<string, ContentsNode>();
  for (const { schema, name } of contents.tables) {
    const node = { id: tableId({ schema, name }), schema, table: { schema, name }, children: [] };
    const siblings = tables.get(schema);
    if (siblings) siblings.push(node);
    else tables.set(schema, [node]);
    byId.set(node.id, node);
  }
  const schemas = [...tables].map(([schema, children]) => {
    children.sort((a, b) => compare(a.table?.name ?? '', b.table?.name ?? ''));
    const node = { id: JSON.stringify(schema), schema, table: null, children };
    byId.set(node.id, node);
    return node;
  });
  schemas.sort((a, b) => compare(a.schema, b.schema));
  const tree = { schemas, byId };
  trees.set(contents, tree);
  return tree;
}

/** The ticks of one selection, made quick to ask. */
export interface ContentsTicks {
  schemas: ReadonlySet<string>;
  tables: ReadonlySet<string>;
  tablesInSchema: ReadonlyMap<string, number>;
}

export function contentsTicks({ schemas, tables }: Selection): ContentsTicks {
  const tablesInSchema = new Map<string, number>();
  for (const { schema } of tables ?? []) {
    tablesInSchema.set(schema, (tablesInSchema.get(schema) ?? 0) + 1);
  }
  return {
    schemas: new Set(schemas ?? []),
    tables: new Set((tables ?? []).map(tableId)),
    tablesInSchema,
  };
}

export function stateOfNode(ticks: ContentsTicks, node: ContentsNode): TickState {
  if (ticks.schemas.has(node.schema)) return 'checked';
  if (node.table) return ticks.tables.has(node.id) ? 'checked' : 'unchecked';
  return (ticks.tablesInSchema.get(node.schema) ?? 0) > 0 ? 'mixed' : 'unchecked';
}

/**
 * Ticks or unticks a node. A ticked schema means everything in it; with one table unticked it becomes
 * its other tables, because a restore cannot leave a table out. The last table ticked does not tick the
 * schema: functions and types would come along unasked.
 */
export function toggleNode(
  selection: Selection,
  tree: ContentsTree,
  node: ContentsNode,
  checked: boolean,
): Selection {
  const schemas = new Set(selection.schemas ?? []);
  let tables = selection.tables ?? [];
  const others = tables.filter(({ schema }) => schema !== node.schema);
  if (!node.table) {
    schemas.delete(node.schema);
    if (checked) schemas.add(node.schema);
    tables = others;
  } else if (checked) {
    if (!schemas.has(node.schema)) tables = [...without(tables, node.id), node.table];
  } else if (schemas.delete(node.schema)) {
    const siblings = tree.byId.get(JSON.stringify(node.schema))?.children ?? [];
    const kept = siblings.flatMap(({ id, table }) => (table && id !== node.id ? [table] : []));
    tables = [...others, ...kept];
  } else tables = without(tables, node.id);
  return {
    schemas: schemas.size > 0 ? [...schemas] : null,
    tables: tables.length > 0 ? tables : null,
  };
}

function without(tables: readonly TableRef[], id: string): TableRef[] {
  return tables.filter((table) => tableId(table) !== id);
}

function tableId({ schema, name }: TableRef): string {
  return JSON.stringify([schema, name]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
