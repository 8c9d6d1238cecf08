import type { ByteSource } from '../bytes/byteSource';
import type { ScriptEntry, ScriptScan } from '../script/scriptTypes';
import type { EntryData } from '../data/entryData';
import type { StructureReport } from '../data/structureReport';
import type { Toc, TocDamageInfo } from '../toc/toc';
import type { BackupInfo, FileKind, Section } from '../../model/archive';
import type { DocumentColumns, DocumentEntry, DocumentHeader } from './documentJson';

export type { DocumentColumns, DocumentEntry, DocumentHeader };

/** The sections that `DocumentColumns.section` refers to by index. */
export const COLUMN_SECTIONS: readonly Section[] = ['none', 'preData', 'data', 'postData'];

/** The fields of an entry that cost little. */
export type EntryNames = Pick<DocumentEntry, 'desc' | 'schema' | 'tag' | 'owner' | 'database'>;

/** Size and time of the file when it was opened: if they differ, the file has changed. */
export interface FileStamp {
  size: number;
  mtimeMs: number;
}

export interface ReadOptions {
  signal?: AbortSignal | undefined;
}

/**
 * An opened dump of any format. No file stays open: texts and rows are read on demand, and reading
 * throws `inputChanged` when the file has changed.
 */
export interface ArchiveDocument {
  readonly path: string;
  readonly kind: Extract<FileKind, { kind: 'archive' | 'plain' }>;
  /** Stamp of the file; for a directory archive, of its toc.dat. */
  readonly stamp: FileStamp;
  readonly header: DocumentHeader;
  /** Number of entries known so far: those that `pg_restore -l` lists, or the objects of a script. */
  readonly count: number;
  /** All entries are known. */
  readonly finished: boolean;
  /** Where reading failed, because the dump is damaged; entries before that place are available. */
  readonly damage: TocDamageInfo | null;
  /** Databases that a script connects to with `\connect`; [] if it stays in one. */
  readonly databases: readonly string[];
  /** Number of a script's statements by kind, `CREATE TABLE` → 12; empty for archives. */
  readonly statements: ReadonlyMap<string, number>;
  /** The table of contents, for restores; null for scripts. */
  readonly toc: Toc | null;
  /** Reads the rows of an archive; null for scripts. */
  readonly entryData: EntryData | null;
  /** Result of scanning a script; null for archives. */
  readonly scan: ScriptScan | null;

  /** @throws RangeError for an id that does not exist */
  entryAt(id: number): DocumentEntry;
  desc(id: number): string;
  /** The names of an entry; cheaper than `entryAt`, which also looks for the parent. */
  names(id: number): EntryNames;
  /** As in `DocumentColumns.dataBytes`: -1 = data of unknown size, -2 = no data. */
  dataBytesOf(id: number): number;
  /** Are its data missing or truncated? For archives only known after `measure`. */
  isCut(id: number): boolean;
  /** Ids of the entries that it depends on, as the archive records them; [] in scripts. */
  dependencies(id: number): number[];
  /** Ids of the entries that depend on it. The first call is slow for large archives. */
  dependents(id: number, options?: ReadOptions): Promise<number[]>;
  /** Ids of the entries that belong to it (`parentId`): rows, indexes, constraints, comments, … */
  children(id: number, options?: ReadOptions): Promise<number[]>;
  /** The entry with the rows of a table: the entry itself, or its TABLE DATA; null = none. */
  dataEntryOf(id: number): number | null;
  /** Id of the entry with this dump id; null = none. */
  idOfDumpId(dumpId: number): number | null;
  /** Index in the table of contents; -1 in scripts. */
  tocIndex(id: number): number;
  /** The part of the script that the entry stands for; null in archives. */
  rowAt(id: number): ScriptEntry | null;
  /** Id for an index in the table of contents; -1 for a hidden entry, and in scripts. */
  idOfIndex(index: number): number;
  /**
   * The entries as plain JSON in pieces of a few thousand, for a page (see `DocumentColumns`). `from`:
   * id to continue with, where an earlier run ended.
   */
  columns(
    options?: ReadOptions & { from?: number; chunk?: number },
  ): AsyncGenerator<DocumentColumns>;
  /**
   * Determines the size of each entry's data and whether it is complete, without decompressing. Done
   * only once; afterwards `dataBytes` is known where that is possible.
   */
  measure(options?: ReadOptions): Promise<StructureReport>;
  /** Summary of the dump; calls `measure` first. */
  info(options?: ReadOptions): Promise<BackupInfo>;
  /** @throws AppError `inputChanged` if the file has changed since it was opened */
  assertUnchanged(): Promise<void>;
  /** Opens the file with the texts and (except in directory archives) the data. */
  openSource(): Promise<ByteSource>;
}

/** How much of a dump has been read. */
export interface DocumentProgress {
  bytes: number;
  /** 0 = unknown. */
  total: number;
  /** Number of entries found so far. */
  entries: number;
}
