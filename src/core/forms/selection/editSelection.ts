/** Changes of a selection, as a user makes them in the tree. Pure: each returns a new value. */
import type { TableRef } from '../../model/options';
import {
  relationKey,
  withPartitions,
  type CatalogIndex,
  type IndexedRelation,
} from './catalogIndex';
import { isIncluded, rulesOf, type ObjectSelection, type SelectionRules } from './objectSelection';
import { EVERYTHING, isNothing, NOTHING, type Selection, type SelectionMode } from './selection';
import {
  holdsData,
  relationsOf,
  selectableBelow,
  stateOf,
  type SelectionNode,
} from './selectionTree';

/** Initial selection of a mode: `only` starts with nothing, the others with everything. */
export function startSelection(mode: SelectionMode): Selection {
  if (mode === 'everything') return EVERYTHING;
  return mode === 'only' ? NOTHING : { mode, schemas: [], tables: [] };
}

/**
 * Expresses the selected objects in another mode. Where the mode cannot express them (nothing, as
 * an exception), it starts with its default. `before`: the selection before everything was
 * selected.
 */
export function changeMode(
  objects: ObjectSelection,
  mode: SelectionMode,
  before: Selection | null,
): Selection {
  const { selection, index } = objects;
  if (mode === 'everything') return EVERYTHING;
  const from = selection.mode === 'everything' ? before : selection;
  if (from === null || isNothing(from)) return startSelection(mode);
  if (from.mode === mode) return from;
  if (mode === 'only') return selectNodes({ ...objects, selection: from }, [], true);
  const said = asException(from, index);
  return said.mode === mode ? said : startSelection(mode);
}

/** Every schema by name: what is in no schema stays in as well, for there is nothing to filter. */
export function everySchema(index: CatalogIndex): Selection {
  return { ...NOTHING, schemas: [...index.schemas.keys()] };
}

/** A click on a node. */
export function toggleNode(objects: ObjectSelection, node: SelectionNode): Selection {
  return changeSelection(objects, [node], stateOf(objects, node) !== 'checked');
}

/**
 * Selects nodes, none of them below another, or leaves them out; null = all nodes. Exclusions from
 * everything stay exceptions, so that objects outside schemas stay included.
 */
export function changeSelection(
  objects: ObjectSelection,
  nodes: readonly SelectionNode[] | null,
  included: boolean,
): Selection {
  const { mode } = objects.selection;
  if (nodes === null) {
    if (!included) return NOTHING;
    return mode === 'only' ? everySchema(objects.index) : startSelection(mode);
  }
  const next = selectNodes(objects, nodes, included);
  return mode === 'only' || isNothing(next) ? next : asException(next, objects.index);
}

/** The selection with these nodes added or removed, as a list of what is selected. */
export function selectNodes(
  { selection, index }: ObjectSelection,
  nodes: readonly SelectionNode[],
  included: boolean,
): Selection {
  const everything = selection.mode === 'everything';
  const rules = rulesOf(everything ? everySchema(index) : selection, index);
  keepLeftOut(rules, index);
  rules.mode = 'only';

  const touched = new Set<string>();
  for (const node of nodes) {
    const below = relationsOf(node, index);
    for (const entry of below) clear(entry, rules);
    if (node.type === 'schema') {
      if (included) rules.schemas.add(node.schema);
      else rules.schemas.delete(node.schema);
    }
    // Parents come first, so a partition gets a rule of its own only where it does not follow.
    for (const entry of below) {
      if (isIncluded(entry, rules) !== included) {
        (included ? rules.tables : rules.excluded).add(entry.key);
      }
      if (node.type === 'relation') touched.add(entry.relation.schema);
    }
  }
  for (const schema of touched) normalizeSchema(schema, rules, index);
  dropRedundantRules(rules, index);
  return onlyOf(rules, index, selection);
}

/**
 * Expresses the selection as what is left out of the whole database, so that extensions, large
 * objects and what belongs to no schema stay in. Where that cannot be said (a partition without its
 * table, or nothing of any schema), it stays as it is.
 */
export function asException(selection: Selection, index: CatalogIndex): Selection {
  if (selection.mode !== 'only') return selection;
  const rules = rulesOf(selection, index);
  const included = new Set<string>();
  for (const entry of index.byKey.values()) {
    if (entry.selectable && isIncluded(entry, rules)) included.add(entry.key);
  }
  const schemas = [...index.schemas.values()]
    .filter(({ name, relations }) => !rules.schemas.has(name) && !holds(relations, included))
    .map(({ name }) => name);
  if (schemas.length === index.schemas.size && schemas.length > 0) return selection;
  const said = rulesOf({ mode: 'except', schemas, tables: [] }, index);
  for (const { relations } of index.schemas.values()) {
    for (const top of relations.filter((each) => !each.parent)) {
      for (const entry of selectableBelow(top)) {
        if (!included.has(entry.key) && isIncluded(entry, said)) said.excluded.add(entry.key);
      }
    }
  }
  const differs = [...index.byKey.values()].some(
    (entry) => entry.selectable && isIncluded(entry, said) !== included.has(entry.key),
  );
  if (differs) return selection;
  return { mode: 'except', schemas, tables: refsOf(said.excluded, index, []) };
}

/**
 * Keeps a node's rows in the dump, or leaves them out (the definitions stay).
 *
 * @param excludeTableData tables whose rows stay behind
 * @returns the same list after the change
 */
export function changeRows(
  excludeTableData: readonly TableRef[],
  index: CatalogIndex,
  node: SelectionNode,
  included: boolean,
): TableRef[] {
  const without = new Set(excludeTableData.map(relationKey));
  if (node.type === 'schema') {
    for (const entry of relationsOf(node, index)) {
      without.delete(entry.key);
      const top = !entry.parent || entry.parent.relation.schema !== node.schema;
      if (included) keepRows(entry, without);
      else if (top && holdsData(entry.relation.kind)) without.add(entry.key);
    }
  } else {
    const entry = index.byKey.get(node.id);
    if (!entry) return [...excludeTableData];
    for (const each of withPartitions(entry)) without.delete(each.key);
    if (included) keepRows(entry, without);
    else if (holdsData(entry.relation.kind)) without.add(entry.key);
  }
  return refsOf(without, index, excludeTableData);
}

function holds(relations: readonly IndexedRelation[], included: ReadonlySet<string>): boolean {
  return relations.some(({ key }) => included.has(key));
}

/**
 * Keeps the rows of a table. Where a partitioned table above it was listed as one without rows, its
 * other partitions are listed instead.
 */
function keepRows(entry: IndexedRelation, without: Set<string>): void {
  const path: IndexedRelation[] = [];
  for (let at = entry.parent; at; at = at.parent) path.push(at);
  let handedDown = false;
  for (const [depth, ancestor] of [...path.entries()].reverse()) {
    if (without.delete(ancestor.key)) handedDown = true;
    if (!handedDown) continue;
    const kept = depth === 0 ? entry : path[depth - 1];
    for (const child of ancestor.partitions) if (child !== kept) without.add(child.key);
  }
  without.delete(entry.key);
}

/**
 * Turns excluded schemas into excluded partitions: a list of what is selected has no excluded
 * schemas, and without these rules a partition would follow its selected table.
 */
function keepLeftOut(rules: SelectionRules, index: CatalogIndex): void {
  if (rules.excludedSchemas.size === 0) return;
  const partitions = [...index.byKey.values()].filter((entry) => entry.selectable && entry.parent);
  const out = partitions.filter((entry) => !isIncluded(entry, rules));
  rules.excludedSchemas = new Set();
  for (const entry of out) if (isIncluded(entry, rules)) rules.excluded.add(entry.key);
}

function clear(entry: IndexedRelation, rules: SelectionRules): void {
  rules.tables.delete(entry.key);
  rules.excluded.delete(entry.key);
}

/**
 * When all relations of a schema are selected one by one, the schema is selected; when none is, it
 * is left out.
 */
function normalizeSchema(name: string, rules: SelectionRules, index: CatalogIndex): void {
  const schema = index.schemas.get(name);
  if (!schema) return;
  const count = schema.relations.reduce((n, entry) => n + (isIncluded(entry, rules) ? 1 : 0), 0);
  if (rules.schemas.has(name) ? count > 0 : count < schema.relations.length) return;
  if (!rules.schemas.delete(name)) rules.schemas.add(name);
}

/**
 * Drops rules that change nothing: they make options longer and confuse readers. A rule that
 * changes nothing for its own relation stays where it leaves out a partition in a selected schema.
 */
function dropRedundantRules(rules: SelectionRules, index: CatalogIndex): void {
  for (const set of [rules.tables, rules.excluded]) {
    for (const key of [...set]) {
      const entry = index.byKey.get(key);
      if (!entry) continue;
      if (entry.partitions.length === 0) {
        const included = isIncluded(entry, rules);
        set.delete(key);
        if (isIncluded(entry, rules) !== included) set.add(key);
        continue;
      }
      const all = withPartitions(entry);
      const before = all.map((each) => isIncluded(each, rules));
      set.delete(key);
      if (all.some((each, i) => isIncluded(each, rules) !== before[i])) set.add(key);
    }
  }
}

/** The rules as a value; names that the catalog does not have stay as they were in the selection before. */
function onlyOf(rules: SelectionRules, index: CatalogIndex, before: Selection): Selection {
  const named = before.mode === 'only' ? before.tables : [];
  const leftOut =
    before.mode === 'only' ? before.without : before.mode === 'except' ? before.tables : [];
  const schemas = [...rules.schemas];
  const tables = refsOf(rules.tables, index, named);
  // Where nothing is selected, nothing can be left out of it.
  if (schemas.length + tables.length === 0) return NOTHING;
  return { mode: 'only', schemas, tables, without: refsOf(rules.excluded, index, leftOut) };
}

/** Keys back to names; names that the catalog does not have stay as they were given. */
function refsOf(
  keys: ReadonlySet<string>,
  index: CatalogIndex,
  given: readonly TableRef[],
): TableRef[] {
  const unknownNames = new Map<string, TableRef>();
  for (const ref of given) {
    const key = relationKey(ref);
    if (!index.byKey.has(key)) unknownNames.set(key, ref);
  }
  const found: TableRef[] = [];
  for (const key of keys) {
    const relation = index.byKey.get(key)?.relation ?? unknownNames.get(key);
    if (relation) found.push({ schema: relation.schema, name: relation.name });
  }
  return found;
}
