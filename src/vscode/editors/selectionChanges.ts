import type { ArchiveDocument } from '../../core/archive/documents/documentTypes';
import {
  applyFilter,
  closeSelection,
  dataOfTables,
  dependentsOf,
} from '../../core/archive/documents/selection';
import type { SelectionFilter, SelectionRelatives } from '../../protocol/archiveApi';

/** What a selection needs, and what belongs to it. */
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

/** The selection without some kind of entries. */
export async function without(
  document: ArchiveDocument,
  ids: number[],
  filter: SelectionFilter,
  signal: AbortSignal,
): Promise<number[]> {
  if (filter === 'definitions') return dataOfTables(document, ids, { signal });
  return applyFilter(document, ids, filter);
}
