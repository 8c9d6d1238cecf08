import { AppError } from '../../errors';
import type { TableRef } from '../../model/options';
import { relationOf } from '../toc/entryOwners';
import { ascending, ascendingInTurns } from './ascending';
import { entryLoop, type CooperativeLoop } from '../../cooperativeLoop';
import type { Toc } from '../toc/toc';
import { entryType, isRelation } from '../../model/entryTypes';

/** Selected names: whole schemas and single relations. If both are null, everything is selected. */
export interface SelectedNames {
  schemas: readonly string[] | null;
  /** Tables, foreign tables, views, materialized views or sequences, by their exact names. */
  tables: readonly TableRef[] | null;
}

/** An entry of a selected table that is left out. */
export interface LeftOut {
  dumpId: number;
  desc: string;
  schema: string | null;
  tag: string;
  /** `references`: a foreign key to a table that is not selected; `parent`: of a partition. */
  why: 'references' | 'parent';
}

export interface SelectedEntries {
  /** Indexes into the table of contents, in the archive's order. */
  indexes: number[];
  leftOut: LeftOut[];
}

/** Is an entry of this type always restored with the entry that it depends on? */
function followsAnother(desc: string): boolean {
  const type = entryType(desc);
  return (
    type.describesAnother === true && type.class !== 'attachment' && type.class !== 'largeObject'
  );
}

const keyOf = (schema: string | null, name: string): string => JSON.stringify([schema ?? '', name]);

/**
 * The entries of a selection. A selected relation includes its data, owned sequences, defaults,
 * constraints, indexes, triggers, rules, policies, privileges, comments, statistics and membership in
 * publications; a partitioned table also its partitions with all of these. A selected schema includes
 * everything in it. Foreign keys to tables that are not selected, and attachments to parents that are
 * not selected, are left out and reported.
 *
 * pg_restore's own `-t` does not suffice: it accepts only unqualified names, and restores neither
 * indexes nor constraints, defaults or sequences.
 * @throws AppError `objectUnknown` for a schema or relation that the archive does not have; `cancelled`
 */
export async function selectEntries(
  toc: Toc,
  selection: SelectedNames,
  loop = entryLoop(),
): Promise<SelectedEntries> {
  if (selection.schemas === null && selection.tables === null) {
    return { indexes: toc.listed(), leftOut: [] };
  }
  const chosen = new Set<number>();
  await chooseSchemas(toc, selection.schemas ?? [], chosen, loop);
  const relations = await chooseRelations(toc, selection.tables ?? [], chosen, loop);
  if (relations.size > 0) await choosePartitions(toc, chosen, loop);
  const leftOut = new Map<number, LeftOut['why']>();
  // Dependent entries come after what they depend on; only sequences and their parts may not.
  for (let size = -1; size !== chosen.size;) {
    size = chosen.size;
    for (let i = 0; i < toc.count; i++) {
      if (loop.shouldYield) await loop.yield();
      if (!chosen.has(i) && belongs(toc, i, chosen, leftOut)) chosen.add(i);
    }
  }
  for (const i of chosen) {
    if (loop.shouldYield) await loop.yield();
    if (!toc.isListed(i)) chosen.delete(i);
    else if (leavesOut(toc, i, chosen, leftOut)) chosen.delete(i);
  }
  return {
    indexes: await ascendingInTurns(chosen, loop),
    leftOut: [...leftOut].map(([i, why]) => ({
      dumpId: toc.dumpId(i),
      desc: toc.desc(i),
      schema: toc.schema(i),
      tag: toc.tag(i),
      why,
    })),
  };
}

async function chooseSchemas(
  toc: Toc,
  schemas: readonly string[],
  chosen: Set<number>,
  loop: CooperativeLoop,
): Promise<void> {
  if (schemas.length === 0) return;
  const wanted = new Set(schemas);
  const found = new Set<string>();
  for (let i = 0; i < toc.count; i++) {
    if (loop.shouldYield) await loop.yield();
    const schema = toc.desc(i) === 'SCHEMA' ? toc.tag(i) : toc.schema(i);
    if (schema === null || !wanted.has(schema)) continue;
    found.add(schema);
    chosen.add(i);
  }
  for (const name of schemas) {
    if (!found.has(name)) throw new AppError('objectUnknown', { name, where: toc.path });
  }
}

/** Adds the selected relations; returns the names of those that only have data in the archive. */
async function chooseRelations(
  toc: Toc,
  tables: readonly TableRef[],
  chosen: Set<number>,
  loop: CooperativeLoop,
): Promise<ReadonlySet<string>> {
  const wanted = new Set(tables.map((table) => keyOf(table.schema, table.name)));
  const dataOnly = new Set<string>();
  if (wanted.size === 0) return dataOnly;
  const found = new Set<string>();
  for (let i = 0; i < toc.count; i++) {
    if (loop.shouldYield) await loop.yield();
    const desc = toc.desc(i);
    if (!isRelation(desc) && desc !== 'TABLE DATA') continue;
    const key = keyOf(toc.schema(i), toc.tag(i));
    if (!wanted.has(key)) continue;
    // Data are added with their table below; without a definition of the table, they stand for it.
    if (desc === 'TABLE DATA') dataOnly.add(key);
    else found.add(key);
    chosen.add(i);
  }
  for (const key of found) dataOnly.delete(key);
  for (const { schema, name } of tables) {
    const key = keyOf(schema, name);
    if (!found.has(key) && !dataOnly.has(key)) {
      throw new AppError('objectUnknown', { name: `${schema}.${name}`, where: toc.path });
    }
  }
  if (dataOnly.size > 0) await chooseSequenceValues(toc, dataOnly, chosen, loop);
  return found;
}

/**
 * An archive without definitions does not say which table a sequence belongs to. The sequence's name
 * does, if it is PostgreSQL's default: `table_column_seq`.
 */
async function chooseSequenceValues(
  toc: Toc,
  tables: ReadonlySet<string>,
  chosen: Set<number>,
  loop: CooperativeLoop,
): Promise<void> {
  const names = new Set<string>();
  for (let i = 0; i < toc.count; i++) {
    if (loop.shouldYield) await loop.yield();
    if (toc.desc(i) === 'TABLE DATA') names.add(keyOf(toc.schema(i), toc.tag(i)));
  }
  for (let i = 0; i < toc.count; i++) {
    if (loop.shouldYield) await loop.yield();
    if (toc.desc(i) !== 'SEQUENCE SET') continue;
    const tag = toc.tag(i);
    if (!tag.endsWith('_seq')) continue;
    // The longest matching name: `orders_old_id_seq` belongs to `orders_old` if that table exists.
    for (let cut = tag.length - 4; cut > 0; cut = tag.lastIndexOf('_', cut - 1)) {
      const key = keyOf(toc.schema(i), tag.slice(0, cut));
      if (!names.has(key)) continue;
      if (tables.has(key)) chosen.add(i);
      break;
    }
  }
}

/** Adds the partitions of chosen tables at any depth. Children by inheritance are not partitions. */
async function choosePartitions(
  toc: Toc,
  chosen: Set<number>,
  loop: CooperativeLoop,
): Promise<void> {
  const children = await partitionsByParent(toc, loop);
  const queue = [...chosen].filter((i) => toc.desc(i) === 'TABLE');
  for (let parent = queue.pop(); parent !== undefined; parent = queue.pop()) {
    for (const child of children.get(parent) ?? []) {
      if (chosen.has(child)) continue;
      chosen.add(child);
      queue.push(child);
    }
  }
}

/** Indexes of the direct partitions of each partitioned table that has any. */
export async function partitionsByParent(
  toc: Toc,
  loop: CooperativeLoop,
): Promise<Map<number, number[]>> {
  const children = new Map<number, number[]>();
  const add = (parent: number, child: number): void => {
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [child]);
    else known.push(child);
  };
  for (let i = 0; i < toc.count; i++) {
    if (loop.shouldYield) await loop.yield();
    if (toc.desc(i) === 'TABLE ATTACH') {
      const { child, parents } = attachedTables(toc, i);
      if (child >= 0) for (const parent of parents) add(parent, child);
    } else if (toc.attachesItself(i)) {
      for (const parent of dependencyIndexes(toc, i)) {
        if (toc.desc(parent) === 'TABLE') add(parent, i);
      }
    }
  }
  return children;
}

/** The partition in the name of a TABLE ATTACH entry, and the possible parents. */
export function attachedTables(toc: Toc, i: number): { child: number; parents: number[] } {
  const tables = dependencyIndexes(toc, i).filter((d) => toc.desc(d).endsWith('TABLE'));
  const tag = toc.tag(i);
  const schema = toc.schema(i);
  const child = tables.find((d) => toc.tag(d) === tag && toc.schema(d) === schema) ?? -1;
  return { child, parents: [...new Set(tables)].filter((d) => d !== child) };
}

/** Indexes of the entries in the archive that an entry depends on. */
export function dependencyIndexes(toc: Toc, i: number): number[] {
  return toc
    .dependencies(i)
    .map((dumpId) => toc.indexOf(dumpId))
    .filter((index) => index >= 0);
}

/** Does an entry belong to one of the entries chosen so far? */
function belongs(
  toc: Toc,
  i: number,
  chosen: ReadonlySet<number>,
  leftOut: Map<number, LeftOut['why']>,
): boolean {
  const desc = toc.desc(i);
  if (followsAnother(desc)) return dependencyIndexes(toc, i).some((d) => chosen.has(d));
  if (entryType(desc).partOfRelation) {
    const relation = relationOf(toc, i);
    return relation >= 0 && chosen.has(relation) && !leavesOut(toc, i, chosen, leftOut);
  }
  if (entryType(desc).class === 'attachment') {
    const indexes = new Set(dependencyIndexes(toc, i));
    const ends = [...indexes].filter((d) =>
      desc === 'TABLE ATTACH' ? toc.desc(d).endsWith('TABLE') : entryType(toc.desc(d)).buildsIndex,
    );
    return (
      ends.some((d) => chosen.has(d)) && ends.length > 1 && !leavesOut(toc, i, chosen, leftOut)
    );
  }
  return false;
}

/** Does an entry of the selection need an entry that is not selected? */
function leavesOut(
  toc: Toc,
  i: number,
  chosen: ReadonlySet<number>,
  leftOut: Map<number, LeftOut['why']>,
): boolean {
  const desc = toc.desc(i);
  let why: LeftOut['why'];
  let needed: number[];
  if (desc === 'FK CONSTRAINT') {
    why = 'references';
    needed = dependencyIndexes(toc, i).filter((d) => isRelation(toc.desc(d)));
  } else if (desc === 'TABLE ATTACH') {
    why = 'parent';
    needed = dependencyIndexes(toc, i).filter((d) => toc.desc(d).endsWith('TABLE'));
  } else if (desc === 'INDEX ATTACH') {
    why = 'parent';
    needed = dependencyIndexes(toc, i).filter((d) => entryType(toc.desc(d)).buildsIndex);
  } else return false;
  if (needed.every((d) => chosen.has(d))) {
    leftOut.delete(i);
    return false;
  }
  leftOut.set(i, why);
  return true;
}

/** The lines of a `-L` list, of which pg_restore reads only the dump id. */
export function writeListLines(toc: Toc, indexes: readonly number[]): string {
  return indexes.map((i) => `${toc.dumpId(i)};\n`).join('');
}

/**
 * Indexes of the entries with these dump ids, in the archive's order and without duplicates: the
 * order of a list decides the order of the restore, so it must not be the user's.
 * @throws AppError `objectUnknown`
 */
export function entriesByDumpIds(toc: Toc, dumpIds: readonly number[]): number[] {
  const indexes = new Set<number>();
  for (const dumpId of dumpIds) {
    const index = toc.indexOf(dumpId);
    if (index < 0) throw new AppError('objectUnknown', { name: String(dumpId), where: toc.path });
    indexes.add(index);
  }
  return ascending(indexes);
}
