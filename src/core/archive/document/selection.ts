import { AppError } from '../../errors';
import { DependencyNeeds } from '../selection/closeDependencies';
import { dependencyIndexes, writeListLines, type LeftOut } from '../selection/restoreList';
import type { Toc } from '../toc/toc';
import type { ArchiveDocument, ReadOptions } from './documentTypes';
import { IdSet } from './idSet';
import { ascending } from '../selection/ascending';
import { CooperativeLoop } from '../../cooperativeLoop';
import { entryType, isAboutObject, isRelation } from '../../model/entryTypes';

/**
 * A predefined filter: entries that it removes from a selection, with their comments and privileges.
 */
export type SelectionFilter =
  'extensions' | 'privileges' | 'comments' | 'publications' | 'subscriptions';

const filtered: Record<SelectionFilter, (desc: string, tag: string) => boolean> = {
  extensions: (desc, tag) => desc === 'EXTENSION' || tag.startsWith('EXTENSION '),
  privileges: (desc) => entryType(desc).class === 'privileges',
  comments: (desc) => desc === 'COMMENT',
  publications: (desc, tag) => desc.startsWith('PUBLICATION') || tag.startsWith('PUBLICATION '),
  subscriptions: (desc, tag) => desc.startsWith('SUBSCRIPTION') || tag.startsWith('SUBSCRIPTION '),
};

/** The ids that remain after a filter. */
export function applyFilter(
  document: ArchiveDocument,
  ids: readonly number[],
  filter: SelectionFilter,
): number[] {
  const takesOut = filtered[filter];
  return ids.filter((id) => {
    const desc = document.desc(id);
    // For comments and similar entries, only the tag names the object.
    return !takesOut(desc, isAboutObject(desc) ? document.names(id).tag : '');
  });
}

/** All ids, in the dump's order. */
export function allIds(document: ArchiveDocument): number[] {
  return Array.from({ length: document.count }, (_, id) => id);
}

/** The entries of a schema: the schema, its contents, and their comments and privileges. */
export function entriesOfSchema(
  document: ArchiveDocument,
  schema: string,
  ids: readonly number[] = allIds(document),
): number[] {
  return ids.filter((id) => {
    const entry = document.names(id);
    if (entry.schema === schema) return true;
    if (entry.desc === 'SCHEMA') return entry.tag === schema;
    return isAboutObject(entry.desc) && entry.tag === `SCHEMA ${schema}`;
  });
}

/** The rows of tables and their partitions, and the values of the sequences that they own. */
export async function dataOfTables(
  document: ArchiveDocument,
  ids: readonly number[],
  options: ReadOptions = {},
): Promise<number[]> {
  const found = new IdSet(document.count);
  const loop = new CooperativeLoop(options.signal, 16);
  const tables = await withPartitions(document, ids, options);
  for (const id of tables.ids()) {
    if (loop.shouldYield) await loop.yield();
    const rows = document.dataEntryOf(id);
    if (rows !== null) found.add(rows);
    for (const part of await document.children(id, options)) {
      if (document.desc(part) !== 'SEQUENCE') continue;
      for (const own of await document.children(part, options)) {
        if (document.desc(own) === 'SEQUENCE SET') found.add(own);
      }
    }
  }
  return found.ids();
}

/** The tables, and their partitions at any depth. */
async function withPartitions(
  document: ArchiveDocument,
  ids: readonly number[],
  options: ReadOptions,
): Promise<IdSet> {
  const tables = new IdSet(document.count, ids);
  await addPartitions(document, tables.ids(), (id) => tables.add(id), options);
  return tables;
}

/** Visits the partitions of tables; `add` returns true for a partition that is new. */
async function addPartitions(
  document: ArchiveDocument,
  queue: number[],
  add: (id: number) => boolean,
  options: ReadOptions,
): Promise<void> {
  const { toc } = document;
  const loop = new CooperativeLoop(options.signal, 16);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (loop.shouldYield) await loop.yield();
    if (toc === null || document.desc(id) !== 'TABLE') continue;
    for (const user of await document.dependents(id, options)) {
      const desc = document.desc(user);
      // Until 13 a partition's definition attaches it; since 14 an entry that depends on both does.
      const partition =
        desc === 'TABLE ATTACH'
          ? (document.entryAt(user).parentId ?? -1)
          : desc === 'TABLE' && toc.attachesItself(document.tocIndex(user))
            ? user
            : -1;
      if (partition >= 0 && add(partition)) queue.push(partition);
    }
  }
}

/** Entries that belong to a selection without being selected. */
export interface Dependents {
  ids: number[];
  byType: { desc: string; count: number }[];
  /** Entries that belong to it, but need something that is not selected: foreign keys, … */
  leftOut: LeftOut[];
}

/**
 * The entries that should accompany the selected ones: for tables their rows, indexes, constraints,
 * triggers, policies, sequences, partitions, privileges and comments; for all other objects their
 * privileges and comments.
 */
export async function dependentsOf(
  document: ArchiveDocument,
  ids: readonly number[],
  options: ReadOptions = {},
): Promise<Dependents> {
  const toc = tocOf(document);
  const chosen = await withPartitions(document, ids, options);
  const queue = chosen.ids();
  const ticked = new IdSet(document.count, ids);
  const loop = new CooperativeLoop(options.signal, 16);
  await loop.yield();
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (loop.shouldYield) await loop.yield();
    for (const part of await relatedTo(document, id, options)) {
      if (chosen.add(part)) queue.push(part);
    }
  }
  const leftOut: LeftOut[] = [];
  const offered: number[] = [];
  for (const id of chosen.ids()) {
    if (loop.shouldYield) await loop.yield();
    if (ticked.has(id)) continue;
    const why = whyLeftOut(document, toc, id, chosen);
    if (why === null) offered.push(id);
    else {
      const { desc, schema, tag } = document.names(id);
      leftOut.push({ dumpId: toc.dumpId(document.tocIndex(id)), desc, schema, tag, why });
    }
  }
  await loop.yield();
  return { ids: offered, byType: countByType(document, offered), leftOut };
}

/** Parts of an entry, and its comments, privileges and attachments. */
async function relatedTo(
  document: ArchiveDocument,
  id: number,
  options: ReadOptions,
): Promise<number[]> {
  const children = await document.children(id, options);
  // Needing an entry is not enough to belong to it: a schema's objects are not its parts.
  const attributes = (await document.dependents(id, options)).filter((user) => {
    const desc = document.desc(user);
    return isAboutObject(desc) || entryType(desc).class === 'attachment';
  });
  return [...children, ...attributes];
}

function whyLeftOut(
  document: ArchiveDocument,
  toc: Toc,
  id: number,
  chosen: IdSet,
): LeftOut['why'] | null {
  const desc = document.desc(id);
  const needs = (types: (type: string) => boolean): boolean =>
    dependencyIndexes(toc, document.tocIndex(id)).some(
      (index) => types(toc.desc(index)) && !chosen.has(document.idOfIndex(index)),
    );
  if (desc === 'FK CONSTRAINT') return needs(isRelation) ? 'references' : null;
  if (desc === 'TABLE ATTACH') return needs((t) => t.endsWith('TABLE')) ? 'parent' : null;
  if (desc === 'INDEX ATTACH') {
    return needs((t) => t === 'INDEX' || t === 'CONSTRAINT') ? 'parent' : null;
  }
  return null;
}

/** A selection, complete with everything that it needs. */
export interface Closed {
  /** Selected and added entries, in the archive's order. */
  ids: number[];
  added: number[];
  /** For a sentence like `also restores: 2 sequences, 1 type`; types have PostgreSQL's names. */
  addedByType: { desc: string; count: number }[];
}

/**
 * Adds what the selected entries need to be restored: only the definitions of tables, not their rows.
 * Exception: a selected foreign key is checked against selected rows, so the rows of all its tables
 * are added as well.
 */
export async function closeSelection(
  document: ArchiveDocument,
  ids: readonly number[],
  options: ReadOptions = {},
): Promise<Closed> {
  const toc = tocOf(document);
  const loop = new CooperativeLoop(options.signal, 16);
  const needs = await DependencyNeeds.from(toc, loop);
  const chosen = new IdSet(document.count, ids);
  let queue = chosen.ids();
  while (queue.length > 0) {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      for (const index of needs.of(document.tocIndex(id))) {
        const need = document.idOfIndex(index);
        if (chosen.add(need)) queue.push(need);
      }
      if (loop.shouldYield) await loop.yield();
    }
    queue = await rowsForForeignKeys(document, toc, chosen, options);
    for (const id of queue) chosen.add(id);
  }
  await loop.yield();
  const before = new IdSet(document.count, ids);
  const all = chosen.ids();
  const added = all.filter((id) => !before.has(id));
  return { ids: all, added, addedByType: countByType(document, added) };
}

/** Rows that must exist when a selected foreign key is created, and that are not selected. */
async function rowsForForeignKeys(
  document: ArchiveDocument,
  toc: Toc,
  chosen: IdSet,
  options: ReadOptions,
): Promise<number[]> {
  const loop = new CooperativeLoop(options.signal, 16);
  const missing = new IdSet(document.count);
  for (const id of chosen.ids()) {
    if (loop.shouldYield) await loop.yield();
    if (document.desc(id) !== 'FK CONSTRAINT') continue;
    const tables = dependencyIndexes(toc, document.tocIndex(id))
      .filter((index) => isRelation(toc.desc(index)))
      .map((index) => document.idOfIndex(index))
      .filter((table) => table >= 0);
    const rows: number[] = [];
    // A plain Set: an IdSet would take a byte per entry of the dump, for each foreign key.
    const parts = new Set(tables);
    const add = (table: number): boolean => parts.size < parts.add(table).size;
    await addPartitions(document, tables, add, options);
    for (const table of parts) {
      const data = document.dataEntryOf(table);
      if (data !== null) rows.push(data);
    }
    // If rows of any of the tables are selected, those of all are needed, in whichever direction.
    if (!rows.some((row) => chosen.has(row))) continue;
    for (const row of rows) if (!chosen.has(row)) missing.add(row);
  }
  return missing.ids();
}

/** The text of a `-L` list for pg_restore, in the archive's order. */
export function listLines(document: ArchiveDocument, ids: readonly number[]): string {
  const toc = tocOf(document);
  return writeListLines(toc, ascending(ids.map((id) => document.tocIndex(id))));
}

function countByType(
  document: ArchiveDocument,
  ids: readonly number[],
): { desc: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const id of ids) {
    const desc = document.desc(id);
    counts.set(desc, (counts.get(desc) ?? 0) + 1);
  }
  return [...counts].map(([desc, count]) => ({ desc, count }));
}

/** @throws AppError `notADump` for a script: pg_restore cannot restore entries of it */
function tocOf(document: ArchiveDocument): Toc {
  if (document.toc !== null) return document.toc;
  throw new AppError('notADump', { path: document.path, looksLike: 'plain' });
}
