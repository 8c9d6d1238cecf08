import type { ArchiveDocument } from './documentTypes';
import type { CooperativeLoop } from '../bytes/cooperativeLoop';

/** Partitions and the entries that attach them to their parents. */
export interface Attachments {
  /** Id of the entry TABLE ATTACH by that of the partition. */
  byTable: ReadonlyMap<number, number>;
  /** Ids of these entries. */
  entries: ReadonlySet<number>;
}

const known = new WeakMap<ArchiveDocument, Attachments>();

/**
 * From 14 on pg_dump attaches partitions by entries of their own; before, a partition's definition
 * did. Where dumps are compared both are part of the partition.
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
    // An entry that is attached twice, or to a missing parent, is not merged.
    if (table === null || byTable.has(table) || document.desc(table) !== 'TABLE') continue;
    byTable.set(table, id);
    entries.add(id);
  }
  const found = { byTable, entries };
  if (document.finished) known.set(document, found);
  return found;
}
