import type { ArchiveDocument } from './documentTypes';
import type { CooperativeLoop } from '../../cooperativeLoop';

/** The entries that attach partitions to their parents. */
export interface Attachments {
  /** Id of the TABLE ATTACH entry, by the id of the partition. */
  byTable: ReadonlyMap<number, number>;
  /** Ids of all these entries. */
  entries: ReadonlySet<number>;
}

const known = new WeakMap<ArchiveDocument, Attachments>();

/**
 * Since 14 pg_dump attaches a partition in an entry of its own; before, the partition's definition did
 * it. To compare dumps, both are treated as part of the partition.
 */
export async function attachmentsOf(
  document: ArchiveDocument,
  loop: CooperativeLoop,
): Promise<Attachments> {
  const before = known.get(document);
  if (before !== undefined) return before;
  const byTable = new Map<number, number>();
  const entries = new Set<number>();
  for (let id = 0; id < document.count; id++) {
    if (loop.shouldYield) await loop.yield();
    if (document.desc(id) !== 'TABLE ATTACH') continue;
    const table = document.entryAt(id).parentId;
    // Skips an entry for a partition that the dump lacks, or that another entry attaches already.
    if (table === null || byTable.has(table) || document.desc(table) !== 'TABLE') continue;
    byTable.set(table, id);
    entries.add(id);
  }
  const found = { byTable, entries };
  if (document.finished) known.set(document, found);
  return found;
}
