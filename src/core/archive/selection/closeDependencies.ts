import { attachedTables, dependencyIndexes } from './restoreList';
import { ascendingInTurns } from './ascending';
import { entryLoop, type CooperativeLoop } from '../../cooperativeLoop';
import type { Toc } from '../toc/toc';
import { entryType } from '../../model/entryTypes';
import { relationOf } from '../toc/entryOwners';
import { isQueryOfView, RefreshRows } from './refreshRows';

export interface ClosedSelection {
  /** The selected entries and those that they need, in the archive's order. */
  indexes: number[];
  /** Those that were added. */
  added: number[];
  /** Number of added entries by type, for `also restores: 2 SEQUENCE, 1 TYPE`. */
  addedByType: { desc: string; count: number }[];
}

/**
 * Adds the entries that the selected ones need to be created, as far as the archive has them:
 * schemas, types, functions, sequences, parents of inheritance, relations of views, … Only
 * definitions are added, not data, except for the rows that a selected materialized view is
 * refreshed from.
 */
export async function closeDependencies(
  toc: Toc,
  indexes: readonly number[],
  loop = entryLoop(),
): Promise<ClosedSelection> {
  const needs = await DependencyNeeds.from(toc, loop);
  const all = new Set<number>();
  for (const i of indexes) {
    if (loop.shouldYield) await loop.yield();
    all.add(i);
  }
  const added: number[] = [];
  const queue = [...indexes];
  for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
    if (loop.shouldYield) await loop.yield();
    for (const need of needs.of(i)) {
      if (all.has(need) || !toc.isListed(need)) continue;
      all.add(need);
      added.push(need);
      queue.push(need);
    }
  }
  const counts = new Map<string, number>();
  added.sort((a, b) => a - b);
  for (const i of added) counts.set(toc.desc(i), (counts.get(toc.desc(i)) ?? 0) + 1);
  return {
    indexes: await ascendingInTurns(all, loop),
    added,
    addedByType: [...counts].map(([desc, count]) => ({ desc, count })),
  };
}

/**
 * Which other entries an entry needs. Not all dependencies in an archive are needs: some only say in
 * which order to restore.
 */
export class DependencyNeeds {
  private readonly schemas = new Map<string, number>();
  /** Parents of partitions that have a TABLE ATTACH entry. */
  private readonly parents = new Map<number, Set<number>>();
  private readonly ownedSequences = new Set<number>();
  /** TABLE ATTACH entries by their partition. */
  private readonly attachments = new Map<number, number>();
  private readonly servers = new Map<string, number>();
  private readonly largeObjects: number[] = [];
  private readonly refreshes: RefreshRows;
  /** Entries with the query of a view, by the view (see `isQueryOfView`). */
  private readonly queries = new Map<number, number>();

  private constructor(readonly toc: Toc) {
    this.refreshes = new RefreshRows(toc);
  }

  static async from(toc: Toc, loop: CooperativeLoop): Promise<DependencyNeeds> {
    const needs = new DependencyNeeds(toc);
    for (let i = 0; i < toc.count; i++) {
      needs.know(i);
      if (loop.shouldYield) await loop.yield();
    }
    return needs;
  }

  private know(i: number): void {
    const { toc } = this;
    const desc = toc.desc(i);
    this.refreshes.know(i);
    if (desc === 'SCHEMA') this.schemas.set(toc.tag(i), i);
    else if (desc === 'BLOB') this.largeObjects.push(i);
    else if (desc === 'SERVER') this.servers.set(toc.tag(i), i);
    else if (desc === 'TABLE ATTACH') {
      const { child, parents } = attachedTables(toc, i);
      this.parents.set(child, new Set(parents));
      this.attachments.set(child, i);
    } else if (desc === 'SEQUENCE OWNED BY') {
      for (const d of dependencyIndexes(toc, i)) this.ownedSequences.add(d);
    } else if (isQueryOfView(toc, i)) {
      const view = relationOf(toc, i);
      if (view >= 0) this.queries.set(view, i);
    }
  }

  /** Indexes of the entries that an entry needs directly. */
  of(i: number): number[] {
    const { toc } = this;
    const desc = toc.desc(i);
    const needed = dependencyIndexes(toc, i).filter((d) => {
      const type = toc.desc(d);
      // The index of a partition does not need its parent's index until it is attached.
      if (entryType(desc).buildsIndex && entryType(type).buildsIndex) return false;
      // A partition does not need its parent either, until it is attached.
      if (this.parents.get(i)?.has(d) === true) return false;
      // The sequence of an identity column needs the table, that of a serial column does not.
      if (desc === 'SEQUENCE' && type === 'TABLE') return !this.ownedSequences.has(i);
      // In an archive without definitions, these dependencies only sort rows by foreign keys.
      return !(toc.section(i) === 'data' && type === 'TABLE DATA');
    });
    if (desc === 'SEQUENCE OWNED BY') {
      // The entry names the table, but only the table's sequence depends on it.
      for (const sequence of dependencyIndexes(toc, i)) {
        needed.push(...dependencyIndexes(toc, sequence).filter((d) => toc.desc(d) === 'TABLE'));
      }
    }
    // Up to 16, one entry has the contents of all large objects, and depends on none of them.
    if (desc === 'BLOBS') for (const object of this.largeObjects) needed.push(object);
    const query = this.queries.get(i);
    if (query !== undefined) needed.push(query);
    if (desc === 'MATERIALIZED VIEW DATA') {
      const { rows, tables } = this.refreshes.of(i);
      needed.push(...rows);
      // Rows of a partitioned table are read through its attached partitions.
      for (const table of tables) {
        const attachment = this.attachments.get(table);
        if (attachment !== undefined) needed.push(attachment);
      }
    }
    if (desc === 'USER MAPPING') {
      // The server is named only in the tag: `USER MAPPING user SERVER name`.
      const tag = toc.tag(i);
      for (let at = tag.indexOf(' SERVER '); at >= 0; at = tag.indexOf(' SERVER ', at + 1)) {
        const server = this.servers.get(tag.slice(at + 8));
        if (server !== undefined) needed.push(server);
      }
    }
    if (desc === 'INDEX ATTACH') {
      // An index can only be attached if it is on an attached partition, but no dependency says so.
      for (const index of dependencyIndexes(toc, i)) {
        if (!this.isNamed(index, toc.tag(i))) continue;
        for (const table of dependencyIndexes(toc, index)) {
          const attachment = this.attachments.get(table);
          if (attachment !== undefined) needed.push(attachment);
        }
      }
    }
    const schema = toc.schema(i);
    const schemaIndex = schema === null ? undefined : this.schemas.get(schema);
    if (schemaIndex !== undefined) needed.push(schemaIndex);
    return needed;
  }

  /** Does the tag of a constraint, which begins with its table, end with this name? */
  private isNamed(index: number, name: string): boolean {
    const tag = this.toc.tag(index);
    return tag === name || tag.endsWith(` ${name}`);
  }
}
