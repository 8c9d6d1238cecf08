import type { ArchiveDocument } from '../../core/archive/document/documentTypes';
import {
  applyFilter,
  closeSelection,
  dataOfTables,
  dependentsOf,
  entriesOfSchema,
} from '../../core/archive/document/selection';
import type { SelectionFilter, SelectionRelatives } from '../../protocol/archiveApi';

/** Entries that a selection needs, and entries that belong to it. */
export async function relativesOf(
  document: ArchiveDocument,
  ids: number[],
  signal: AbortSignal,
): Promise<SelectionRelatives> {
  if (document.toc === null) {
    const nothing = { ids: [], byType: [] };
    return { needs: nothing, parts: nothing };
  }
  const parts = await dependentsOf(document, ids, { signal });
  const closed = await closeSelection(document, ids, { signal });
  return {
    needs: { ids: closed.added, byType: closed.addedByType },
    parts: { ids: parts.ids, byType: parts.byType },
  };
}

/** The selected entries that match a filter. */
export async function filtered(
  document: ArchiveDocument,
  ids: number[],
  filter: SelectionFilter,
  signal: AbortSignal,
): Promise<number[]> {
  if (typeof filter === 'object') return entriesOfSchema(document, filter.onlySchema, ids);
  if (filter === 'definitions') return dataOfTables(document, ids, { signal });
  return applyFilter(document, ids, filter);
}
