/** Data of a document for a page: plain JSON, independent of files. */
import type { BackupFormat } from '../../model/options';
import type { Compression, Section } from '../../model/archive';

/**
 * A piece of a document's entries as plain JSON: the k-th value of each column is of entry
 * `from + k`. Types, schemas and owners are numbers into one list of strings, which grows over the
 * pieces of a run: each piece brings what is new (`strings`), to be appended.
 */
export interface DocumentColumns {
  /** Id of the first entry of this piece. */
  from: number;
  count: number;
  /** Strings that no earlier piece brought. */
  strings: string[];
  /** Place of the first of them in the list. */
  stringsFrom: number;
  tag: string[];
  desc: number[];
  /** -1 for none. */
  schema: number[];
  owner: number[];
  /** Into `columnSections` (documentTypes.ts). */
  section: number[];
  /** Into the document's `databases`; left out where all are -1. */
  database?: number[];
  /** Stored bytes of data; -1 = unknown size, -2 = no data. */
  dataBytes: number[];
  /** Id of the entry it belongs to; -1 = none. */
  parent: number[];
  /** No entry will follow. */
  last: boolean;
}

/** Facts from the first bytes of a dump, before its entries are known. */
export interface DocumentHeader {
  path: string;
  format: BackupFormat;
  compression: Compression;
  compressionLevel: number | null;
  /** e.g. `1.16`; null for scripts. */
  archiveVersion: string | null;
  /** The archive version is newer than any known here: shown as far as it could be read. */
  newerVersion: boolean;
  /** Local time of the dumping host, without zone: `2026-11-22T13:40:00`; '' where unknown. */
  created: string;
  database: string;
  serverVersion: string;
  pgDumpVersion: string;
  /** A pg_dumpall script. */
  cluster: boolean;
  /** Written by pg_dump or pg_dumpall. */
  byPgDump: boolean;
  /** Number in an archive's header, including hidden entries; null for scripts. */
  tocCount: number | null;
}

/** One thing in a dump, as the editor shows it. Plain JSON. */
export interface DocumentEntry {
  /** Its place in the document, from 0 in the dump's own order: the argument of everything here. */
  id: number;
  /** Its number in the archive, for a `-L` list; null in scripts. */
  dumpId: number | null;
  /** PostgreSQL's own word for the type: `TABLE`, `TABLE DATA`, `FK CONSTRAINT`, … */
  desc: string;
  /** null where it is in no schema. */
  schema: string | null;
  tag: string;
  owner: string;
  section: Section;
  tablespace: string | null;
  /** In a script with several databases: index into `databases`; -1 = in none. */
  database: number;
  /** Rows or large objects lie in the dump behind it. */
  hasData: boolean;
  /** Stored (compressed) bytes of its data; null where unknown, or not known yet. */
  dataBytes: number | null;
  /**
   * The entry it belongs to: the table of an index or of rows, the object of a comment; null =
   * none.
   */
  parentId: number | null;
}

/** How far the reading of a dump has come. */
export interface DocumentProgress {
  /** Bytes read, of how many; 0: not known. */
  bytes: number;
  total: number;
  /** Found so far. */
  entries: number;
}
