import { attachedTables, dependencyIndexes } from './restoreList';
import type { Toc } from './toc';

export interface ClosedSelection {
  /** What was selected and what it needs, in the archive's order. */
  indexes: number[];
  /** What was added. */
  added: number[];
  /** How many of each type were added, for `also restores: 2 SEQUENCE, 1 TYPE`. */
  addedByType: { desc: string; count: number }[];
}

const indexTypes = new Set(['INDEX', 'CONSTRAINT']);

/**
 * Adds what the selected entries need to be created: schemas, types, functions, sequences, parents
 * by inheritance, the relations of views, … of those the archive has. Only the definitions come
 * along, not their data.
 */
export function closeDependencies(toc: Toc, indexes: readonly number[]): ClosedSelection {
  const needs = new DependencyNeeds(toc);
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

  constructor(private readonly toc: Toc) {
    for (let i = 0; i < toc.count; i++) {
      const desc = toc.desc(i);
      if (desc === 'SCHEMA') this.schemas.set(toc.tag(i), i);
      else if (desc === 'TABLE ATTACH') {
        const { child, parents } = attachedTables(toc, i);
        this.parents.set(child, new Set(parents));
      } else if (desc === 'SEQUENCE OWNED BY') {
        for (const d of dependencyIndexes(toc, i)) this.ownedSequences.add(d);
      }
    }
  }

  /** Indexes of what the entry needs directly. */
  of(i: number): number[] {
    const { toc } = this;
    const desc = toc.desc(i);
    const needed = dependencyIndexes(toc, i).filter((d) => {
      const type = toc.desc(d);
      // A partition's index stands alone until it is attached.
      if (indexTypes.has(desc) && indexTypes.has(type)) return false;
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
    const schema = toc.schema(i);
    const schemaIndex = schema === null ? undefined : this.schemas.get(schema);
    if (schemaIndex !== undefined) needed.push(schemaIndex);
    return needed;
  }
}
