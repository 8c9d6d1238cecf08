import { attachedTables, dependencyIndexes } from './restoreList';
import type { CooperativeLoop } from '../bytes/cooperativeLoop';
import type { Toc } from '../toc/toc';
import { entryType } from '../../model/entryTypes';
import { relationOf } from '../toc/entryOwners';
import { isQueryOfView, RefreshRows } from './refreshRows';

export interface ClosedSelection {
  /** Selected entries with those they need, in the archive's order. */
  indexes: number[];
  /** Added entries. */
  added: number[];
  /** How many of each type were added, for `also restores: 2 SEQUENCE, 1 TYPE`. */
  addedByType: { desc: string; count: number }[];
}

/**
 * Adds what the selected entries need to be created: schemas, types, functions, sequences, parents
 * by inheritance, the relations of views, … of those the archive has. Only the definitions come
 * along, not their data; but where a materialized view is refreshed, the rows that it is made of.
 */
export function closeDependencies(toc: Toc, indexes: readonly number[]): ClosedSelection {
  const needs = DependencyNeeds.from(toc);
  const all = new Set(indexes);
  const added: number[] = [];
  const queue = [...indexes];
  for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
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
    indexes: [...all].sort((a, b) => a - b),
    added,
    addedByType: [...counts].map(([desc, count]) => ({ desc, count })),
  };
}

/**
 * What an entry cannot do without. The archive's dependencies also say in which order things are
 * best restored; those are no needs.
 */
export class DependencyNeeds {
  private readonly schemas = new Map<string, number>();
  /** Parents of partitions that are attached by an entry of their own. */
  private readonly parents = new Map<number, Set<number>>();
  private readonly ownedSequences = new Set<number>();
  /** Entries that attach a partition, by the partition. */
  private readonly attachments = new Map<number, number>();
  private readonly servers = new Map<string, number>();
  private readonly largeObjects: number[] = [];
  private readonly refreshes: RefreshRows;
  /** Entries with the query of a view, by the view. */
  private readonly queries = new Map<number, number>();

  private constructor(private readonly toc: Toc) {
    this.refreshes = new RefreshRows(toc);
  }

  static from(toc: Toc): DependencyNeeds {
    const needs = new DependencyNeeds(toc);
    for (let i = 0; i < toc.count; i++) needs.know(i);
    return needs;
  }

  /** Asynchronous version that does not block the event loop. */
  static async inSlices(toc: Toc, loop: CooperativeLoop): Promise<DependencyNeeds> {
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

  /** Indexes of what the entry needs directly. */
  of(i: number): number[] {
    const { toc } = this;
    const desc = toc.desc(i);
    const needed = dependencyIndexes(toc, i).filter((d) => {
      const type = toc.desc(d);
      // A partition's index is independent until it is attached.
      if (entryType(desc).buildsIndex && entryType(type).buildsIndex) return false;
      // So does a partition.
      if (this.parents.get(i)?.has(d) === true) return false;
      // A sequence of a serial column is created by itself; one of an identity column is not.
      if (desc === 'SEQUENCE' && type === 'TABLE') return !this.ownedSequences.has(i);
      // Archives of data alone are sorted by foreign keys.
      return !(toc.section(i) === 'data' && type === 'TABLE DATA');
    });
    if (desc === 'SEQUENCE OWNED BY') {
      // It names the table, but only its sequence depends on that.
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
      // A partition's rows are found once it is attached.
      for (const table of tables) {
        const attachment = this.attachments.get(table);
        if (attachment !== undefined) needed.push(attachment);
      }
    }
    if (desc === 'USER MAPPING') {
      // The server is only in its tag: `USER MAPPING user SERVER name`.
      const tag = toc.tag(i);
      for (let at = tag.indexOf(' SERVER '); at >= 0; at = tag.indexOf(' SERVER ', at + 1)) {
        const server = this.servers.get(tag.slice(at + 8));
        if (server !== undefined) needed.push(server);
      }
    }
    if (desc === 'INDEX ATTACH') {
      // Only an index on a partition can be attached; nothing depends on its being one.
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

  /** The name of a constraint follows its table's. */
  private isNamed(index: number, name: string): boolean {
    const tag = this.toc.tag(index);
    return tag === name || tag.endsWith(` ${name}`);
  }
}
