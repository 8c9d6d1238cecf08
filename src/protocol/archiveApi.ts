import type {
  DocumentColumns,
  DocumentEntry,
  DocumentHeader,
  DocumentProgress,
} from '../core/archive/document/documentJson';
import type { BackupInfo } from '../core/model/archive';
import type { ProblemReport, StringBundle } from './types';

/** How far the reading of the dump has come. */
export type ArchivePhase = 'opening' | 'reading' | 'measuring' | 'ready' | 'failed';

/** State of the dump; always complete, except for the entries. */
export interface ArchiveState {
  /** Counts the readings of the file: entry ids are only valid within one generation. */
  generation: number;
  phase: ArchivePhase;
  header: DocumentHeader | null;
  progress: DocumentProgress | null;
  /** Entries that can be asked for so far. */
  count: number;
  /** No more entries will come. */
  finished: boolean;
  /** Where it could not be read any further. */
  damage: { offset: number; reading: string } | null;
  /** The card; null until everything is measured. */
  info: BackupInfo | null;
  /** Databases that a script fills. */
  databases: string[];
  /** Statements of a script by kind, the most frequent first; [] for archives. */
  statements: { kind: string; count: number }[];
  problem: ProblemReport | null;
  /** It is not a dump: another editor may be able to show it. */
  foreign: boolean;
}

export interface ArchiveInit {
  strings: StringBundle;
  /** Path as the user knows it: the directory of a directory archive. */
  path: string;
  state: ArchiveState;
  /** Nothing is started in Restricted Mode. */
  trusted: boolean;
  /** The last comparison of this view, until it is closed. */
  comparison: Comparison | null;
  /** Start with a comparison: the editor was opened to compare the dump with another one. */
  compare?: boolean;
}

/** A piece of the entries. */
export interface EntriesPiece {
  /** null: the file was read again meanwhile, or nothing new has come. */
  columns: DocumentColumns | null;
  /** The piece begins a new list of strings. */
  restart: boolean;
}

export interface EntryDetails {
  entry: DocumentEntry;
  /** Text as `pg_restore` prints it. */
  ddl: string;
  /** Longer than what is shown here. */
  ddlCut: boolean;
  /** Ids of what it depends on, and of what depends on it (at most `MAX_RELATED` each). */
  dependencies: number[];
  dependents: number[];
  dependentCount: number;
  /** GRANT and REVOKE statements. */
  privileges: string;
  comment: string;
  /** The entry with the rows; null: none. */
  dataId: number | null;
  dataBytes: number | null;
}

export interface RowsPreview {
  columns: string[];
  rows: (string | null)[][];
  /** There are more rows than those. */
  more: boolean;
  /** Values that were too long and are shown in part. */
  cut: boolean;
}

export type ChangeKind = 'added' | 'removed' | 'changed';

export interface ObjectChange {
  kind: ChangeKind;
  desc: string;
  schema: string | null;
  name: string;
}

export interface CompareOptions {
  owners: boolean;
  privileges: boolean;
}

/** Comparison of this dump with another: `added` is only in the other. */
export interface Comparison {
  id: number;
  /** Name of the other dump. */
  other: string;
  options: CompareOptions;
  changes: ObjectChange[];
  /** Objects that are the same in both. */
  same: number;
}

/** Entries that a selection could be widened by. */
export interface MoreEntries {
  ids: number[];
  /** PostgreSQL's words for the types. */
  byType: { desc: string; count: number }[];
}

/** Entries that are related to a selection but not in it. */
export interface SelectionRelatives {
  /** Without these it cannot be restored into an empty database. */
  needs: MoreEntries;
  /** Rows, indexes, constraints, privileges, … of what is selected. */
  parts: MoreEntries;
}

/**
 * What to remove from a selection. `definitions`: all but the rows of its tables; a schema: all
 * that is not in it.
 */
export type SelectionFilter =
  | 'extensions'
  | 'privileges'
  | 'comments'
  | 'publications'
  | 'subscriptions'
  | 'definitions'
  | { onlySchema: string };

/** Requests of the archive page to the host: method -> [parameters, result]. */
export interface ArchiveRequests {
  ready: [undefined, ArchiveInit];
  /** The next entries, beginning with `from`. Waits while the file is being read. */
  'entries/next': [{ generation: number; from: number }, EntriesPiece];
  /**
   * Sizes of data by entry, see `DocumentColumns.dataBytes`; null: read again meanwhile. `cut`: those
   * whose data are missing or end early.
   */
  'entries/sizes': [{ generation: number }, { sizes: number[] | null; cut: number[] }];
  'entry/details': [{ generation: number; id: number }, EntryDetails];
  'entry/rows': [{ generation: number; id: number }, RowsPreview];
  'entry/export': [{ generation: number; id: number }, void];
  /** Opens the SQL as a document; null ids = everything. */
  'ddl/open': [{ generation: number; ids: number[] | null }, void];
  /** Opens the restore form; null ids = everything. */
  'restore/open': [{ generation: number; ids: number[] | null }, void];
  /** Archives only: scripts are restored as a whole. */
  'selection/relatives': [{ generation: number; ids: number[] }, SelectionRelatives];
  'selection/filter': [
    { generation: number; ids: number[]; filter: SelectionFilter },
    { ids: number[] },
  ];
  'clipboard/copy': [{ text: string }, void];
  /** Asks for the other dump and compares; null: the user cancelled. */
  'compare/start': [CompareOptions, Comparison | null];
  /** Compares with the same dump again. */
  'compare/again': [{ id: number } & CompareOptions, Comparison | null];
  'compare/openChange': [{ id: number; change: number }, void];
  /** Opens each of the two dumps as one document. */
  'compare/openWhole': [{ id: number }, void];
  /** Every change in one editor. */
  'compare/openAll': [{ id: number }, void];
  'compare/close': [{ id: number }, void];
  'read/cancel': [undefined, void];
  'read/again': [undefined, void];
  'text/open': [undefined, void];
  'problem/action': [{ action: ProblemReport['actions'][number] }, void];
}

export interface ArchiveEvents {
  'state/changed': ArchiveState;
  'compare/asked': null;
}
