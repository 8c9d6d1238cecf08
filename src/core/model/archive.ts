import type { BackupFormat, TableRef } from './optionValues';

/** Compression of an archive's data. */
export type ArchiveCompression = 'none' | 'gzip' | 'lz4' | 'zstd';

/** Compression of a file. */
export type Compression = ArchiveCompression | 'bzip2' | 'xz';

/** Container that a dump has to be extracted from before a tool can read it. */
export type Packaging =
  | Exclude<Compression, 'none'>
  | 'zip'
  /** One that pg_dump has not made. */
  | 'tar'
  | 'base64'
  /** One file of several that a larger one was split into. */
  | 'parts';

/** Kind of a path that is not a dump, or no longer one. */
export type ForeignKind =
  | 'empty'
  | 'binary'
  | 'text'
  | 'mysql'
  | 'sqlite'
  | 'sqlServer'
  | 'oracle'
  | 'mongo'
  | 'redis'
  /** Rows that a web framework wrote, such as Django's `dumpdata`. */
  | 'frameworkData'
  | 'basebackup'
  /** The write-ahead log: a segment of it, or a folder of them. */
  | 'wal'
  | 'tar'
  | 'truncatedArchive'
  | 'directoryWithoutToc'
  | 'encrypted'
  /** An archive that PowerShell has rewritten as text. */
  | 'archiveAsText'
  /** An archive in which a terminal has made CR LF of each LF. */
  | 'archiveByTerminal'
  | 'gitLfs'
  /** What was downloaded, behind the headers of the answer. */
  | 'httpHeaders'
  | 'uuencoded'
  /** A script that ends in zeros; `text` says how many there are. The dump before them is whole. */
  | 'zerosBehind'
  /** The same where the end of the dump, or all of it, is not there. */
  | 'zeros'
  /** A dump in front of which zeros stand; `text` says how many. */
  | 'zerosBefore'
  /** Pages and answers of web servers. */
  | 'html'
  | 'xml'
  | 'json'
  /** The error message of a pg_dump that failed, and nothing else. */
  | 'dumpMessage'
  /** The restore.sql of a tar archive, whose rows are in the files beside it. */
  | 'tarScript';

/** How a dump was packed that had to be unpacked before it could be read. */
export interface PackedFrom {
  /** From the outermost. */
  by: Packaging[];
  /** Which file or folder of a zip or tar; null where it is none of these. */
  member: string | null;
}

/** How the bytes of a script are to be read; what is in UTF-16 is UTF-8 before psql gets it. */
export type ScriptEncoding = 'utf8' | 'utf16le' | 'utf16be';

/** Kind of a path, detected from its content. */
export type FileKind =
  | { kind: 'archive'; format: 'custom' | 'directory' | 'tar' }
  | {
      kind: 'plain';
      compression: Compression;
      cluster: boolean;
      byPgDump: boolean;
      encoding: ScriptEncoding;
    }
  /** Something in which a dump may be, or an archive that was compressed as a whole. */
  | { kind: 'packed'; by: Packaging }
  | {
      kind: 'other';
      looksLike: ForeignKind;
      /** The text of a message or an error page. */
      text?: string;
    }
  /** Packed by something no PostgreSQL tool and none of ours reads; `method` is `7z`, `rar`, … */
  | { kind: 'other'; looksLike: 'compressed'; method: string };

export type Section = 'none' | 'preData' | 'data' | 'postData';

/** Where a text of the TOC lies in the file; read on demand so that 40 MB of DDL stay on disk. */
export interface TextSpan {
  offset: number;
  length: number;
}

/** One entry of the table of contents. Names are decoded in the archive's encoding. */
export interface TocEntry {
  dumpId: number;
  /** Whether the entry has data in the archive. */
  hadDumper: boolean;
  tableOid: number;
  oid: number;
  tag: string;
  /** PostgreSQL's own word for the type: `TABLE`, `TABLE DATA`, `FK CONSTRAINT`, … */
  desc: string;
  section: Section;
  /** null where the archive holds NULL. */
  schema: string | null;
  tablespace: string | null;
  tableAccessMethod: string | null;
  relkind: string | null;
  owner: string;
  dependencies: readonly number[];
  definition: TextSpan | null;
  dropStatement: TextSpan | null;
  copyStatement: TextSpan | null;
  /** Custom: whether and where its data lies. Directory and tar: `fileName`. */
  dataState: 'none' | 'offsetUnknown' | 'offsetKnown';
  dataOffset: number | null;
  fileName: string | null;
}

export interface ArchiveHeader {
  format: 'custom' | 'directory' | 'tar';
  /** e.g. `1.16`. */
  archiveVersion: string;
  compression: ArchiveCompression;
  compressionLevel: number | null;
  /** Local time of the dumping host, no zone: `2026-11-22T13:40:00`. */
  created: string;
  database: string;
  serverVersion: string;
  pgDumpVersion: string;
  /** Number in the header, including hidden entries. */
  tocCount: number;
}

/** The facts about a backup file that forms, jobs and the command API share. Plain JSON. */
export interface BackupInfo {
  path: string;
  format: BackupFormat;
  /** Bytes on disk; a directory's whole size. */
  sizeBytes: number;
  /** ISO 8601; '' where unknown. */
  created: string;
  database: string;
  serverVersion: string;
  pgDumpVersion: string;
  contents: BackupContents;
  /** Version of the archive format, null for scripts. */
  archiveVersion: string | null;
  compression: Compression;
  /** Client encoding of the dump, where known. */
  encoding: string | null;
  /** Encoding of the dumped database itself, where known; a dump may use another. */
  databaseEncoding: string | null;
  /** Locale of the dumped database, where known. */
  locale: DatabaseLocale | null;
  /** A script that ends without pg_dump's own end mark, or an archive with missing data, is not whole. */
  complete: boolean | null;
  /** A pg_dumpall script. */
  cluster: boolean;
  /** Effects of a pg_dumpall script on a server. */
  clusterContents?: ClusterContents;
  /** Databases that a script's `\connect` lines name. */
  connects: string[];
  /** The databases of a pg_dumpall script, in order. */
  parts?: ScriptPart[];
  /** An archive with the rows of several tables and no definition of any (`pg_dump --data-only`). */
  rowsAlone?: boolean;
  /**
   * The partitions of an archive by their indexes in `BackupContents.tables`, each with the one of its
   * parent; absent = there are none, or they are not known.
   */
  partitions?: [partition: number, parent: number][];
  /** Foreign keys between tables whose rows an archive contains; absent where unknown. */
  foreignKeys?: ForeignKey[];
  /** Statements that affect more than one database or run programs; absent where none was found. */
  reach?: Reach[];
  /** The database that a script makes and then enters (`pg_dump --create`); absent if none. */
  ownDatabase?: string;
  /** Settings that a script sets, in lower case, those of extensions aside. */
  settings?: string[];
  /** A script drops what has to be there (`pg_dump --clean` without `--if-exists`). */
  plainDrops?: boolean;
  /** Roles that a script needs; absent where it needs none, or nobody can tell. */
  roles?: ScriptRoles;
  /** Lines of a script that are no SQL; absent where there are none. */
  strays?: StrayLines;
  /** Lines of a script whose letters were decoded in another code page; absent where there are none. */
  misread?: MisreadLines;
  /** Absent where the file is read as it is. */
  packed?: PackedFrom;
  /** Things worth knowing before a restore, as codes. */
  warnings: ArchiveWarning[];
}

/** Roles that the statements of a script name, without those that it makes. */
export interface ScriptRoles {
  owners: string[];
  /** Roles of privileges and memberships. */
  grantees: string[];
  /** Roles of policies and user mappings. */
  others: string[];
}

/** The locale of a database, by whose rules it compares texts. */
export interface DatabaseLocale {
  /** LC_COLLATE and LC_CTYPE. */
  collate: string;
  ctype: string;
  /** Absent = the operating system's C library (`libc`). */
  provider?: LocaleProvider;
}

export type LocaleProvider =
  { kind: 'icu'; locale: string; rules?: string } | { kind: 'builtin'; locale: string };

/**
 * Lines with letters that a program between pg_dump and the file, such as a shell, has decoded
 * wrongly: `d├╢Terra`.
 */
export interface MisreadLines {
  lines: number;
  /** The first of them, cut where they are long. */
  rows: string[];
}

/** Lines of a script that are no SQL: what pg_dump and other programs said into it (`2>&1`). */
export interface StrayLines {
  /** How many are left out when the script is run. */
  leftOut: number;
  first: string;
  /** One that tears a statement, or the rows of a table: the script cannot be run. */
  torn: { line: number; text: string; table: string | null } | null;
  /** The error with which pg_dump failed; null = the lines contain none. */
  failure: string | null;
}

/** The way in which a statement affects more than the database that is restored into. */
export type ReachKind =
  /** Makes, changes or drops databases, roles, tablespaces, subscriptions. */
  | 'databases'
  | 'roles'
  | 'tablespaces'
  | 'subscriptions'
  /** Settings and work of the whole server: ALTER SYSTEM, replication slots, other sessions. */
  | 'server'
  /** Runs programs on the server, or code there that nothing confines. */
  | 'programs'
  /** Reads or writes files of the server. */
  | 'files'
  /** Connects to other servers. */
  | 'otherServers'
  /** What it does cannot be told by reading it. */
  | 'unjudged';

/** `Reach.statement` for rows of an archive that are INSERT statements. */
export const ROW_STATEMENT = 'INSERT';

/** Statements of one kind that go beyond the database that a backup is restored into. */
export interface Reach {
  kind: ReachKind;
  /** In SQL's words: `DROP DATABASE`, `COPY … TO PROGRAM`, `pg_read_file()`. */
  statement: string;
  count: number;
  /** Line of the first, from 1, in a script; null in an archive. */
  line: number | null;
  /** The entry of an archive that has the first, e.g. `FUNCTION app.f()`; null in a script. */
  object: string | null;
}

/** A foreign key between two tables (or two partitions of one) whose rows an archive holds. */
export interface ForeignKey {
  from: ForeignKeyEnd;
  /** The object it refers to. */
  to: ForeignKeyEnd;
  /** Do the rows that it refers to come before its own, restored one after the other? */
  inOrder: boolean;
}

/** A table at one end of a foreign key. */
export interface ForeignKeyEnd {
  /**
   * Indexes in `BackupContents.tables` of the table, of its partitions, and of the tables that it
   * is a partition of.
   */
  tables: number[];
  /** Dump ids of the entries of its rows, partition by partition. */
  rows: number[];
}

/** One database in a script of pg_dumpall. */
export interface ScriptPart {
  database: string;
  /** Where it begins, as a share of the script: 0 to 1. */
  start: number;
  /** Indexes, constraints and foreign keys, which come behind its rows. */
  late: number;
}

/** The objects that a script of pg_dumpall creates and drops on a server, by exact names. */
export interface ClusterContents {
  /** Databases that it creates; `connects` has all that it writes into. */
  created: string[];
  dropped: string[];
  roles: string[];
  droppedRoles: string[];
  tablespaces: string[];
}

export type ArchiveWarning =
  /** Index or constraint of a partition attached to its parent's: `--clean` cannot drop it alone. */
  | 'attachedIndexes'
  /** Written to a pipe: parallel restore has to search. */
  | 'noDataOffsets'
  /** psql of before August 2025 cannot read it. */
  | 'restrictKeys'
  /** Backslash commands other than pg_dump's own. */
  | 'metaCommands'
  | 'missingMembers'
  /** The archive format is newer than this reader knows; shown as far as it could be read. */
  | 'newerVersion'
  /** The table of contents ends early or makes no sense from some point on. */
  | 'damagedToc'
  /** A script that drops objects or empties tables before it fills them. */
  | 'drops'
  /** A UTF-16 script (PowerShell's `>`), which psql cannot read as it is. */
  | 'utf16'
  /** Besides `utf16`: its high bytes come first. */
  | 'utf16be'
  /** A script that makes the schema `public`, as one of that schema alone does. */
  | 'createsPublic'
  /** An archive with subscriptions. */
  | 'subscriptions'
  /** An archive with planner statistics, as pg_dump writes them since 18. */
  | 'statistics';

export interface BackupContents {
  schemas: string[];
  tables: TableRef[];
  /** Views, materialized views and sequences of an archive: they can be selected like tables. */
  otherRelations?: TableRef[];
  functions: number;
  views: number;
  sequences: number;
  indexes: number;
  triggers: number;
  constraints: number;
  hasBlobs: boolean;
  largeObjects: number;
}
