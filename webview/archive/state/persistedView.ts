import type { ArchiveState } from '../../../src/protocol/archiveApi';
import type { PageState, ViewMode } from './pageState';

/**
 * State that the page persists while its tab is in the background; ids are only valid for one dump.
 */
export interface PersistedView {
  /** Which dump. */
  dump: string;
  mode: ViewMode;
  query: string;
  expanded: string[];
  selected: number | null;
  checked: number[];
}

/** Key of a dump: its header and the number of its entries. */
export function dumpKey(path: string, { header }: ArchiveState, count: number): string {
  return JSON.stringify([path, header?.created, header?.tocCount, count]);
}

export function toPersistedView(state: PageState): PersistedView {
  return {
    dump: dumpKey(state.path, state.archive, state.store.count),
    mode: state.mode,
    query: state.query,
    expanded: [...state.expanded],
    selected: state.selected,
    checked: state.selection.ids(),
  };
}

/** Reads what an older or newer version of the page may have written. */
export function readPersistedView(value: unknown): PersistedView | null {
  if (typeof value !== 'object' || value === null) return null;
  const { dump, mode, query, expanded, selected, checked } = value as Partial<PersistedView>;
  if (typeof dump !== 'string' || typeof query !== 'string') return null;
  if (!Array.isArray(expanded) || !Array.isArray(checked)) return null;
  return {
    dump,
    mode: mode === 'list' || mode === 'compare' ? mode : 'tree',
    query,
    expanded: expanded.filter((id) => typeof id === 'string'),
    selected: typeof selected === 'number' ? selected : null,
    checked: checked.filter((id) => Number.isInteger(id)),
  };
}
