import type {
  ArchiveState,
  Comparison,
  EntryDetails,
  RowsPreview,
  SelectionRelatives,
} from '../../../src/protocol/archiveApi';
import type { SearchResult } from '../entries/entrySearch';
import type { EntryStore } from '../entries/entryStore';
import type { EntryTree } from '../entries/entryTree';
import type { Sorting } from '../elements/sorting';
import type { EntrySelection } from '../entries/entrySelection';

/** Something that is asked of the host and may fail. */
export type Asked<T> =
  { state: 'loading' } | { state: 'done'; value: T } | { state: 'failed'; message: string };

export type ViewMode = 'tree' | 'list' | 'compare';

/** State of the page. */
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
  selection: EntrySelection;
  /** Relatives of the present selection; null = not known yet. */
  relatives: SelectionRelatives | null;
  comparison: Comparison | null;
  comparing: boolean;
  failure: string;
}
