import type { Toc } from './toc';

/**
 * Dump ids of the indexes and constraints of partitions that belong to their parents'. PostgreSQL
 * drops them only together with those, which `pg_restore --clean` tries to do one by one.
 */
export function attachedIndexIds(toc: Toc): Set<number> {
  const ids = new Set<number>();
  for (let i = 0; i < toc.count; i++) {
    if (toc.desc(i) !== 'INDEX ATTACH') continue;
    // It is named after the index, and depends on it and on that of the parent.
    const name = toc.tag(i);
    for (const dumpId of toc.entry(i).dependencies) {
      const k = toc.indexOf(dumpId);
      if (k < 0 || toc.schema(k) !== toc.schema(i)) continue;
      const isIndex = toc.desc(k) === 'INDEX' && toc.tag(k) === name;
      // `log_2024 log_2024_pkey`
      const isConstraint = toc.desc(k) === 'CONSTRAINT' && toc.tag(k).endsWith(` ${name}`);
      if (isIndex || isConstraint) ids.add(dumpId);
    }
  }
  return ids;
}
