import type {
  ArchiveState,
  Comparison,
  EntryDetails,
  RowsPreview,
  SelectionRelatives,
} from '../../src/protocol/archiveApi';
import type { ProblemAction } from '../../src/protocol/types';
import type { Comparing } from './comparing';
import type { Selecting } from './selecting';
import type { SortKey, Sorting } from './elements/sorting';
import type { SearchResult } from './entrySearch';
import type { EntryStore } from './entryStore';
import type { EntryTree } from './entryTree';
import type { Ticks } from './ticks';

/** Something that is asked of the host and may fail. */
export type Asked<T> =
  { state: 'loading' } | { state: 'done'; value: T } | { state: 'failed'; message: string };

export type ViewMode = 'tree' | 'list' | 'compare';

/** What the page shows. */
export interface PageState {
  path: string;
  trusted: boolean;
  archive: ArchiveState;
  store: EntryStore;
  tree: EntryTree;
  /** All entries have come. */
  complete: boolean;
  mode: ViewMode;
  query: string;
  found: SearchResult | null;
  searching: boolean;
  expanded: ReadonlySet<string>;
  sorting: Sorting;
  /** Ids in the list's order. */
  sorted: Int32Array;
  selected: number | null;
  details: Asked<EntryDetails> | null;
  rows: Asked<RowsPreview> | null;
  ticks: Ticks;
  /** Of the ticks as they are now; null: not known yet. */
  relatives: SelectionRelatives | null;
  comparison: Comparison | null;
  comparing: boolean;
  failure: string;
}

/** What the views of the page read and do. */
export interface ArchiveView {
  state: PageState;
  readonly selecting: Selecting;
  readonly comparing: Comparing;
  setQuery(query: string): void;
  setMode(mode: ViewMode): void;
  sortBy(key: SortKey): void;
  expand(id: string, expanded: boolean): void;
  select(id: number | null): void;
  /** Selects it and brings it into sight in the tree. */
  reveal(id: number): void;
  previewRows(): void;
  exportRows(id: number): void;
  openDdl(ids: number[] | null): void;
  restore(ids: number[] | null): void;
  copyNames(ids: readonly number[]): void;
  cancelReading(): void;
  readAgain(): void;
  openAsText(): void;
  problemAction(action: ProblemAction): void;
}
