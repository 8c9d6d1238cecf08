/** What a pre-flight judges: a file and a target, as plain data. */
import type { TableRef } from '../options';

/** An object that a restore makes, or whose rows it loads. */
export interface FileObject {
  dumpId: number;
  /** PostgreSQL's word: `TABLE`, `VIEW`, `FUNCTION`, … */
  desc: string;
  schema: string;
  /** A routine's with its arguments, `add_tax(numeric, numeric)`. */
  name: string;
  /** Only comes along because others need it: where it is there already, it stays as it is. */
  alongside?: true;
}

/** Rows of one table. */
export interface FileRows extends TableRef {
  dumpId: number;
  /** The columns of its COPY statement; null = not told (rows are INSERT statements). */
  columns: string[] | null;
}

/** An object by its own name, and the entry that it is of. */
export interface FileName {
  dumpId: number;
  name: string;
}

/** Consecutive OIDs, by the first and the last. */
export type OidRun = [first: number, last: number];

/** What is restored of an archive, without what the options leave out. */
export interface FileFacts {
  format: 'custom' | 'directory' | 'tar' | 'plain';
  /** Of the server that was dumped; null = not told. */
  serverMajor: number | null;
  /** Client encoding of the dump; null = not told. */
  encoding: string | null;
  /** Relations. */
  relations: FileObject[];
  routines: FileObject[];
  types: FileObject[];
  /** Those that only come along because others need them stay as they are. */
  schemas: (FileName & { alongside?: true })[];
  rows: FileRows[];
  /** Roles by what they are needed for, and an entry that needs them. */
  owners: FileName[];
  grantees: FileName[];
  /** Of policies and user mappings, which no option leaves out. */
  policyRoles: FileName[];
  tablespaces: FileName[];
  /** With the schema that they are made in; null = not told. */
  extensions: (FileName & {
    schema: string | null;
    /** Other entries that are restored name what is in it. */
    needed?: boolean;
  })[];
  /** Collations of the server itself that entries name, once for each entry. */
  collations: FileName[];
  /** Languages of functions, without those that the archive makes. */
  languages: FileName[];
  /** Of tables and materialized views. */
  accessMethods: FileName[];
  indexMethods: FileName[];
  /** Servers of foreign tables and user mappings, once for each entry, without those that the archive makes. */
  foreignServers: FileName[];
  /** Tables that publications get, `name` null = all of a schema. */
  published: { dumpId: number; schema: string; name: string | null }[];
  eventTriggers: FileName[];
  /** Other objects that only a superuser can create; with their type, `PUBLICATION everything`. */
  superuserOnly: FileName[];
  subscriptions: FileName[];
  statistics: boolean;
  /** Entries that are restored. */
  entries: number;
  /** Size of the file, as it is; 0 = only a part of it is restored. */
  bytes: number;
  /** Entries of large objects and of their contents. */
  largeObjects: number;
  /** The large objects that are made; null = there are some, and the file does not tell which. */
  largeObjectIds: OidRun[] | null;
  /** Dump ids of what `largeObjects` counts; none of a script. */
  largeObjectEntries: number[];
  /** Foreign keys between loaded tables that go round in circles or come before what they refer to. */
  keysAtRisk: number;
}

export interface TargetRelation extends TableRef {
  /** `pg_class.relkind`. */
  kind: string;
  /** Estimated, unless they were counted; null = never analysed. */
  rows: number | null;
  /** Was it counted? false = the user may not, or somebody held it; absent = nobody has tried. */
  counted?: boolean;
  /** Has a unique index: rows that are there are refused. */
  unique: boolean;
  /** May the user drop and change it: its owner, or a member of that role? */
  owned: boolean;
  mayInsert: boolean;
  /** Row security applies to the user. */
  rowSecurity: boolean;
  /** Of the tables whose rows are loaded: columns in their order. */
  columns?: { name: string; generated: boolean; required: boolean }[];
}

/** Another session in the database. */
export interface TargetSession {
  pid: number;
  user: string;
  application: string;
  /** `active`, `idle in transaction`, …; '' = not told. */
  state: string;
  /** Seconds since it began what it does. */
  seconds: number;
}

/** The statements that drop a foreign key and make it again, without the last semicolon. */
export interface KeyStatements {
  drop: string;
  add: string;
}

/** An object that would be in the way of dropping another one. */
export interface TargetDependent {
  /** As the server describes it: `view app.totals`. */
  object: string;
  /** What it depends on: `app.orders`. */
  on: string;
  /** The relation that it is, or is a part of; null = another object. */
  relation: TableRef | null;
  /** Of a foreign key. */
  key: KeyStatements | null;
}

/** Facts about the server, the same for all its databases. */
export interface ServerFacts {
  major: number;
  user: string;
  isSuperuser: boolean;
  /** A standby, or read-only by its settings. */
  readOnly: 'standby' | 'setting' | null;
  mayCreateDatabase: boolean;
  /** Roles that there are. */
  roles: string[];
  /** Roles among these that are neither the user nor one that the user is a member of. */
  foreignRoles: string[];
  tablespaces: string[];
  /** How many objects one transaction can lock, about. */
  lockable: number;
  freeConnections: number;
  /**
   * Where the server keeps the database; null = it is not told, or the session does not come from the
   * server's own machine.
   */
  dataPath: string | null;
  /** Bytes there that the server may use; null = not known. */
  freeBytes: number | null;
  /**
   * Extensions that can be created, with the version that they get; `trusted` ones by a user who is
   * not a superuser too.
   */
  extensions: { name: string; trusted: boolean; version: string }[];
  /** Of the collations that the file names, those of the server itself. */
  collations: string[];
  /** A pooler is between: the sessions on the server are not ours alone. */
  pooled: boolean;
}

/** What is in a database that is restored into. */
export interface DatabaseFacts {
  database: string;
  /** The user is its owner, or a member of that role. */
  owned: boolean;
  encoding: string;
  mayCreate: boolean;
  schemas: { name: string; mayCreate: boolean; empty: boolean }[];
  relations: TargetRelation[];
  /** How many objects there are that are no relations; a schema without anything in it is none. */
  otherObjects: number;
  /** `schema.name(arguments)` of those that the file has too. */
  routines: string[];
  types: string[];
  installed: { name: string; schema: string; version: string }[];
  /**
   * Collations that the libraries of the system sort differently now, quoted as in SQL: the name of
   * one may have a dot (`pg_catalog."de_DE.utf8"`). '' = the database's own.
   */
  staleCollations: string[];
  languages: string[];
  accessMethods: string[];
  foreignServers: string[];
  /** `schema.name` of the tables that publications of the file get. */
  published: string[];
  sessions: TargetSession[];
  preparedTransactions: string[];
  logicalSlots: string[];
  subscriptions: string[];
  eventTriggers: string[];
  /** What would be in the way: all, foreign keys among these, and the first, foreign keys last. */
  dependents: { count: number; keys: number; first: TargetDependent[] };
  /** Tables whose foreign keys are made again where rows are replaced. */
  keyTables: TableRef[];
  largeObjects: TargetLargeObjects;
}

/** Large objects that have the OIDs of the file's; all, where the file does not tell its OIDs. */
export interface TargetLargeObjects {
  count: number;
  /** The first of them. */
  oids: number[];
  /** Those that the user may not drop. */
  notOwned: number[];
  /** The first of those that the file has and the target has not; asked for where they are dropped. */
  absent: number[];
}

export interface TargetFactsRead {
  server: ServerFacts;
  /** null = the restore makes the database. */
  database: DatabaseFacts | null;
}
