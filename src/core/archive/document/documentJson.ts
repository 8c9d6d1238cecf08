/** Facts about a document for a page: plain JSON, independent of the file. */
import type { BackupFormat } from '../../model/options';
import type { Compression, Section } from '../../model/archive';

/**
 * A piece of a document's entries as plain JSON: value k of each column belongs to entry `from + k`.
 * Types, schemas and owners are indexes into a list of strings, which all pieces of a run share. Each
 * piece brings the new `strings`, to be appended to that list.
 */
export interface DocumentColumns {
  /** Id of the first entry of this piece. */
  from: number;
  count: number;
  /** Strings that are new in this piece. */
  strings: string[];
  /** Index in the list of the first new string. */
  stringsFrom: number;
  tag: string[];
  desc: number[];
  /** -1 = none. */
  schema: number[];
  owner: number[];
  /** Indexes into `COLUMN_SECTIONS` (documentTypes.ts). */
  section: number[];
  /** Indexes into the document's `databases`; left out if all are -1. */
  database?: number[];
  /** Stored bytes of data; -1 = unknown size, -2 = no data. */
  dataBytes: number[];
  /** Id of the entry that it belongs to; -1 = none. */
  parent: number[];
  /** true = this is the last piece. */
  last: boolean;
}

/** Facts from the first bytes of a dump. */
export interface DocumentHeader {
  path: string;
  format: BackupFormat;
  compression: Compression;
  compressionLevel: number | null;
  /** Version of the archive format, e.g. `1.16`; null for scripts. */
  archiveVersion: string | null;
  /** The archive version is newer than any known version: the document shows what could be read. */
  newerVersion: boolean;
  /** Local time of the host that ran pg_dump, without zone: `2026-11-22T13:40:00`; '' = unknown. */
  created: string;
  database: string;
  serverVersion: string;
  pgDumpVersion: string;
  /** The dump is a pg_dumpall script. */
  cluster: boolean;
  /** pg_dump or pg_dumpall wrote the dump. */
  byPgDump: boolean;
  /** Number of entries in an archive's header, hidden ones included; null for scripts. */
  tocCount: number | null;
}

/** An entry of a dump as the editor shows it. Plain JSON. */
export interface DocumentEntry {
  /** Position in the document from 0, in the dump's order; methods of a document take this id. */
  id: number;
  /** Dump id in the archive, for a `-L` list; null in scripts. */
  dumpId: number | null;
  /** PostgreSQL's name of the type: `TABLE`, `TABLE DATA`, `FK CONSTRAINT`, … */
  desc: string;
  /** null = the entry is in no schema. */
  schema: string | null;
  tag: string;
  owner: string;
  section: Section;
  tablespace: string | null;
  /** Index into `databases`, for a script with several databases; -1 = none. */
  database: number;
  /** The dump contains rows or large objects for the entry. */
  hasData: boolean;
  /** Stored (compressed) bytes of its data; null = unknown, or not measured yet. */
  dataBytes: number | null;
  /**
   * Id of the entry that it belongs to: the table for an index or for rows, the object for a comment;
   * null = none.
   */
  parentId: number | null;
}

/** How much of a dump has been read. */
export interface DocumentProgress {
  /** Bytes read, and their total; a total of 0 = unknown. */
  bytes: number;
  total: number;
  /** Number of entries found so far. */
  entries: number;
}
