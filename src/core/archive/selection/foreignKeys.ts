import { relationOf } from '../toc/entryOwners';
import { dependencyIndexes } from './restoreList';
import type { CooperativeLoop } from '../../cooperativeLoop';
import type { Toc } from '../toc/toc';
import type { ForeignKey, ForeignKeyEnd } from '../../model/archive';

/**
 * The foreign keys between tables whose rows the archive contains. A foreign key of a table to
 * itself does not count, because it is checked when all rows are loaded, except if the rows are
 * loaded partition by partition. Archives without definitions have no foreign keys, neither as
 * entries nor as dependencies; pg_dump sorts their rows accordingly.
 *
 * @param tables positions in `BackupContents.tables`, by the table's index in `toc`
 * @param children as `partitionsByParent` finds them
 */
export async function foreignKeysOf(
  toc: Toc,
  tables: ReadonlyMap<number, number>,
  children: ReadonlyMap<number, number[]>,
  loop: CooperativeLoop,
): Promise<ForeignKey[]> {
  const keys: number[] = [];
  const rows = new Map<number, number>();
  for (let i = 0; i < toc.count; i++) {
    if (loop.shouldYield) await loop.yield();
    const desc = toc.desc(i);
    if (desc === 'FK CONSTRAINT') keys.push(i);
    else if (desc === 'TABLE DATA') for (const d of dependencyIndexes(toc, i)) rows.set(d, i);
  }
  if (keys.length === 0) return [];
  const parents = new Map<number, number[]>();
  for (const [parent, below] of children) {
    for (const child of below) parents.set(child, [...(parents.get(child) ?? []), parent]);
  }
  const ends = new Map<number, End>();
  const endOf = (table: number): End => {
    let end = ends.get(table);
    if (end === undefined) ends.set(table, (end = makeEnd(table, children, parents, rows)));
    return end;
  };
  const found = new Map<string, ForeignKey>();
  for (const key of keys) {
    if (loop.shouldYield) await loop.yield();
    const table = relationOf(toc, key);
    if (table < 0) continue;
    const targets = dependencyIndexes(toc, key).filter((d) => d !== table && tables.has(d));
    for (const target of targets.length > 0 ? targets : [table]) {
      const [from, to] = [endOf(table), endOf(target)];
      const alone = target === table && from.rows.length < 2;
      if (alone || from.rows.length === 0 || to.rows.length === 0) continue;
      found.set(`${table} ${target}`, {
        from: describeEnd(toc, from, tables),
        to: describeEnd(toc, to, tables),
        inOrder: (to.rows.at(-1) ?? 0) < (from.rows[0] ?? 0),
      });
    }
  }
  return [...found.values()];
}

/** One side of a foreign key: the table, its partitions and ancestors, and their rows' entries. */
interface End {
  tables: number[];
  rows: number[];
}

function makeEnd(
  table: number,
  children: ReadonlyMap<number, number[]>,
  parents: ReadonlyMap<number, number[]>,
  rows: ReadonlyMap<number, number>,
): End {
  const below = reach(table, children);
  const above = reach(table, parents).slice(1);
  const data = below.flatMap((each) => rows.get(each) ?? []);
  return { tables: [...below, ...above], rows: data.sort((a, b) => a - b) };
}

function reach(start: number, next: ReadonlyMap<number, number[]>): number[] {
  const seen = new Set([start]);
  for (const at of seen) for (const each of next.get(at) ?? []) seen.add(each);
  return [...seen];
}

function describeEnd(toc: Toc, end: End, tables: ReadonlyMap<number, number>): ForeignKeyEnd {
  return {
    tables: end.tables.flatMap((i) => tables.get(i) ?? []),
    rows: end.rows.map((i) => toc.dumpId(i)),
  };
}
