import type { Toc } from '../toc/toc';
import { entryType } from '../../model/entryTypes';
import { attachedTables, dependencyIndexes } from './restoreList';

/** What refreshing a materialized view reads; entries by their indexes. */
export interface ReadByRefresh {
  /** Tables, with their partitions and their children by inheritance. */
  tables: number[];
  /** Entries with the rows of these tables, as far as the archive has them. */
  rows: number[];
}

/**
 * Finds the tables that a materialized view reads. The view's entry depends on the tables, views and
 * functions in its query; the entry for its refresh depends on the view, and on refreshes of other
 * materialized views. What a function reads is known only if its body is BEGIN ATOMIC.
 */
export class RefreshRows {
  private readonly rows = new Map<number, number>();
  private readonly parts = new Map<number, number[]>();

  constructor(private readonly toc: Toc) {}

  static from(toc: Toc): RefreshRows {
    const known = new RefreshRows(toc);
    for (let i = 0; i < toc.count; i++) known.know(i);
    return known;
  }

  /** Must be called with every entry before `of`. */
  know(i: number): void {
    const { toc } = this;
    const desc = toc.desc(i);
    if (desc === 'TABLE DATA') {
      for (const table of dependencyIndexes(toc, i)) {
        if (toc.desc(table) === 'TABLE') this.rows.set(table, i);
      }
    } else if (desc === 'TABLE ATTACH') {
      const { child, parents } = attachedTables(toc, i);
      for (const parent of parents) this.add(parent, child);
    } else if (desc === 'TABLE') {
      for (const parent of dependencyIndexes(toc, i)) {
        if (toc.desc(parent) === 'TABLE') this.add(parent, i);
      }
    } else if (isQueryOfView(toc, i)) {
      for (const view of dependencyIndexes(toc, i)) this.add(view, i);
    }
  }

  /** @param refresh index of a MATERIALIZED VIEW DATA entry */
  of(refresh: number): ReadByRefresh {
    const { toc } = this;
    const seen = new Set<number>();
    const tables: number[] = [];
    const queue = dependencyIndexes(toc, refresh).filter((i) => isRead(toc.desc(i)));
    for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
      if (seen.has(i)) continue;
      seen.add(i);
      const isTable = toc.desc(i) === 'TABLE';
      if (isTable) tables.push(i);
      // A table also depends on types and on its parent, none of which hold its rows.
      const named = isTable ? [] : dependencyIndexes(toc, i);
      for (const other of [...named, ...(this.parts.get(i) ?? [])])
        if (isRead(toc.desc(other))) queue.push(other);
    }
    const rows = tables.flatMap((table) => this.rows.get(table) ?? []);
    return { tables, rows };
  }

  /** Index of a table's TABLE DATA entry, if the archive has one. */
  rowsOf(table: number): number | undefined {
    return this.rows.get(table);
  }

  private add(parent: number, child: number): void {
    if (child < 0) return;
    const known = this.parts.get(parent);
    if (known === undefined) this.parts.set(parent, [child]);
    else known.push(child);
  }
}

/**
 * Qualified names of materialized views that a selection would leave empty: it refreshes the view and
 * creates its tables, but lacks the rows, which the archive has.
 */
export function refreshedEmpty(toc: Toc, indexes: readonly number[]): string[] {
  const refreshes = indexes.filter((i) => toc.desc(i) === 'MATERIALIZED VIEW DATA');
  if (refreshes.length === 0) return [];
  const chosen = new Set(indexes);
  const known = RefreshRows.from(toc);
  const lacksRows = (refresh: number): boolean =>
    known
      .of(refresh)
      .tables.some((table) => chosen.has(table) && !chosen.has(known.rowsOf(table) ?? table));
  return refreshes.filter(lacksRows).map((i) => qualified(toc.schema(i), toc.tag(i)));
}

function qualified(schema: string | null, name: string): string {
  return schema === null ? name : `${schema}.${name}`;
}

/** The query of a view in a circular dependency, which pg_dump writes after the view itself. */
export function isQueryOfView(toc: Toc, i: number): boolean {
  return toc.desc(i) === 'RULE' && toc.tag(i).endsWith(' _RETURN');
}

/** Does a view read rows of such a relation? Sequences do not count. */
function isRead(desc: string): boolean {
  const { class: kind } = entryType(desc);
  return (kind === 'relation' && desc !== 'SEQUENCE') || kind === 'routine' || desc === 'RULE';
}
