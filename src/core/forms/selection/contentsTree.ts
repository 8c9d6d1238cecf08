/** Selection in an archive: whole schemas, or single tables. Pure. */
import type { BackupContents } from '../../model/archive';
import type { TableRef } from '../../model/options';
import { relationKey } from './catalogIndex';
import type { RestoreLists } from './restoreSelection';
import type { CheckState } from './selectionTree';

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

type NamedLists = Pick<RestoreLists, 'schemas' | 'tables'>;

/** Schemas with their tables, by name; O(tables), so it is made once and handed on. */
export function contentsTree(contents: Pick<BackupContents, 'schemas' | 'tables'>): ContentsTree {
  const tables = new Map<string, ContentsNode[]>(contents.schemas.map((name) => [name, []]));
  const byId = new Map<string, ContentsNode>();
  for (const { schema, name } of contents.tables) {
    const node = {
      id: relationKey({ schema, name }),
      schema,
      table: { schema, name },
      children: [],
    };
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
  return { schemas, byId };
}

/** The chosen names, quick to ask. */
export interface ChosenContents {
  schemas: ReadonlySet<string>;
  tables: ReadonlySet<string>;
  tablesInSchema: ReadonlyMap<string, number>;
}

export function chosenContents({ schemas, tables }: NamedLists): ChosenContents {
  const tablesInSchema = new Map<string, number>();
  for (const { schema } of tables ?? []) {
    tablesInSchema.set(schema, (tablesInSchema.get(schema) ?? 0) + 1);
  }
  return {
    schemas: new Set(schemas ?? []),
    tables: new Set((tables ?? []).map(relationKey)),
    tablesInSchema,
  };
}

export function stateOfContents(chosen: ChosenContents, node: ContentsNode): CheckState {
  if (chosen.schemas.has(node.schema)) return 'checked';
  if (node.table) return chosen.tables.has(node.id) ? 'checked' : 'unchecked';
  return (chosen.tablesInSchema.get(node.schema) ?? 0) > 0 ? 'mixed' : 'unchecked';
}

/**
 * Chooses a node, or takes it back. A chosen schema means everything in it; without one of its tables
 * it becomes the others, because a restore cannot leave a table out. The last table does not choose the
 * schema: functions and types would come along unasked.
 */
export function toggleContents(
  lists: NamedLists,
  tree: ContentsTree,
  node: ContentsNode,
  checked: boolean,
): NamedLists {
  const schemas = new Set(lists.schemas ?? []);
  let tables = lists.tables ?? [];
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
  return tables.filter((table) => relationKey(table) !== id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
