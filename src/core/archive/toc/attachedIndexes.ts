import type { Toc } from './toc';

/**
 * Dump ids of the indexes and constraints of partitions that are attached to their parents'.
 * PostgreSQL only drops them together with the parent's, but `pg_restore --clean` tries to drop each
 * of them.
 */
export function attachedIndexIds(toc: Toc): Set<number> {
  const ids = new Set<number>();
  for (let i = 0; i < toc.count; i++) {
    if (toc.desc(i) !== 'INDEX ATTACH') continue;
    // The INDEX ATTACH entry has the index's name, and depends on that index and on the parent's.
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
