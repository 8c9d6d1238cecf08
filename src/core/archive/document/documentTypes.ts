import type { ByteSource } from '../bytes/byteSource';
import type { ScriptEntry, ScriptScan } from '../script/scriptTypes';
import type { EntryData } from '../data/entryData';
import type { StructureReport } from '../data/structureReport';
import type { Toc, TocDamageInfo } from '../toc/toc';
import type { BackupInfo, FileKind, Section } from '../../model/archive';
import type { DocumentColumns, DocumentEntry, DocumentHeader } from './documentJson';

export type { DocumentColumns, DocumentEntry, DocumentHeader };

/** `DocumentColumns.section` counts into these. */
export const COLUMN_SECTIONS: readonly Section[] = ['none', 'preData', 'data', 'postData'];

/** Names of an entry: cheap to get. */
export type EntryNames = Pick<DocumentEntry, 'desc' | 'schema' | 'tag' | 'owner' | 'database'>;

/** Size and time of the file when it was opened: another one means that it has changed since. */
export interface FileStamp {
  size: number;
  mtimeMs: number;
}

export interface ReadOptions {
  signal?: AbortSignal | undefined;
}

/**
 * An opened dump of any format. Nothing of it is kept open: texts and rows are read from the file
 * when they are asked for, and throw `inputChanged` once it is another file.
 */
export interface ArchiveDocument {
  readonly path: string;
  readonly kind: Extract<FileKind, { kind: 'archive' | 'plain' }>;
  /** Stamp of the file, or of a directory's toc.dat. */
  readonly stamp: FileStamp;
  readonly header: DocumentHeader;
  /** Entries known so far: those that `pg_restore -l` lists, or the objects of a script. */
  readonly count: number;
  /** No more entries will come. */
  readonly finished: boolean;
  /** Where the dump could not be read any further; what was before it is shown. */
  readonly damage: TocDamageInfo | null;
  /** Databases that a script fills, by its `\connect` lines; [] where there is but one. */
  readonly databases: readonly string[];
  /** Statements of a script by kind, `CREATE TABLE` → 12; empty for archives. */
  readonly statements: ReadonlyMap<string, number>;
  /** The table of contents behind it, for restores; null for scripts. */
  readonly toc: Toc | null;
  /** Reads the rows of an archive; null for scripts. */
  readonly entryData: EntryData | null;
  /** Result of scanning a script; null for archives. */
  readonly scan: ScriptScan | null;

  /** @throws RangeError for an unknown id */
  entryAt(id: number): DocumentEntry;
  desc(id: number): string;
  /** The names of an entry, without finding out what it belongs to. */
  names(id: number): EntryNames;
  /** Like `DocumentColumns.dataBytes`: -1 for data of unknown size, -2 for no data. */
  dataBytesOf(id: number): number;
  /** Are its data missing or cut? Of archives it is known after `measure`. */
  isCut(id: number): boolean;
  /** Ids of what it depends on, by the archive's own dependencies; [] in scripts. */
  dependencies(id: number): number[];
  /** Ids of what depends on it. The first call takes a moment on large archives. */
  dependents(id: number, options?: ReadOptions): Promise<number[]>;
  /** Ids of what belongs to it (`parentId`): its rows, indexes, constraints, comments, … */
  children(id: number, options?: ReadOptions): Promise<number[]>;
  /** The entry with the rows of a table: itself, or the TABLE DATA of its name; null = none. */
  dataEntryOf(id: number): number | null;
  /** The entry of this archive number; null if there is none. */
  idOfDumpId(dumpId: number): number | null;
  /** Number in the table of contents behind an entry; -1 in scripts. */
  tocIndex(id: number): number;
  /** The part of a script behind an entry; null in archives. */
  rowAt(id: number): ScriptEntry | null;
  /** The entry behind a number in the table of contents; -1 for a hidden one, and in scripts. */
  idOfIndex(index: number): number;
  /**
   * The entries as plain JSON in pieces of a few thousand, for a page. Strings are numbered over the
   * whole run: see `DocumentColumns`. `from` continues where an earlier run ended.
   */
  columns(
    options?: ReadOptions & { from?: number; chunk?: number },
  ): AsyncGenerator<DocumentColumns>;
  /**
   * Finds the size of each entry's data and whether it is complete, without decompressing. Done
   * once; afterwards `dataBytes` is known where possible.
   */
  measure(options?: ReadOptions): Promise<StructureReport>;
  /** The card of the dump; measures first. */
  info(options?: ReadOptions): Promise<BackupInfo>;
  /** @throws AppError `inputChanged` if the file is another than the one that was opened */
  assertUnchanged(): Promise<void>;
  /** Opens the file that holds the texts and (but for directories) the data. */
  openSource(): Promise<ByteSource>;
}

/** How far the reading of a dump has come. */
export interface DocumentProgress {
  bytes: number;
  /** 0 where it is not known. */
  total: number;
  /** Found so far. */
  entries: number;
}
