import type { DatabaseLocale } from '../../model/archive';
import type { ScriptFigures } from './figures/scriptFigures';
import { FoundStrays } from './foundStrays';
import type { FoundReach } from '../reach/statementReach';

/** An object of a script, from the comment that pg_dump writes before it. */
export interface ScriptEntry {
  tag: string;
  /** Entry type as in an archive's table of contents: `TABLE`, `TABLE DATA`, `FK CONSTRAINT`, … */
  desc: string;
  schema: string | null;
  owner: string;
  /** The database it is in, in a cluster's script: index into `databases`, -1 before the first. */
  database: number;
  /** Bytes of its comment and statements in the (uncompressed) script. */
  start: number;
  end: number;
  /** Bytes of its COPY rows, without the end mark's line; 0 of each without rows. */
  dataStart: number;
  dataEnd: number;
  /** The relation that an index is on, where its statement was seen. */
  on?: { schema: string | null; name: string };
  /**
   * The relation that its statement names besides its own: what a foreign key refers to, whose
   * sequence it is, what a partition is attached to.
   */
  uses?: { schema: string | null; name: string };
}

/** A backslash command other than pg_dump's own. */
export interface MetaCommand {
  /** Byte of the (uncompressed) script where it begins. */
  offset: number;
  /** The command with its arguments, at most 200 characters. */
  text: string;
}

/** A statement about what all databases of a server share. */
export interface GlobalStatement {
  action: 'create' | 'drop';
  kind: 'DATABASE' | 'ROLE' | 'TABLESPACE';
  name: string;
}

/** Facts from a scan of a script. */
export interface ScriptScan {
  byPgDump: boolean;
  cluster: boolean;
  serverVersion: string;
  pgDumpVersion: string;
  /** `-- Started on`, which only `pg_dump --verbose` writes: without zone, '' if there is none. */
  started: string;
  /** `SET client_encoding`. */
  encoding: string | null;
  entries: ScriptEntry[];
  /**
   * What statements outside of pg_dump's comments create: roles and tablespaces of a cluster, and
   * the objects and COPY rows of scripts that pg_dump did not write. At most 200,000.
   */
  objects: ScriptEntry[];
  /** By the statements themselves, whatever the comments say. At most 100,000. */
  globals: GlobalStatement[];
  /** Databases that `\connect` lines name, in their order. */
  databases: string[];
  /** Has `\restrict`: only psql of August 2025 and later reads it. */
  restricted: boolean;
  metaCommands: MetaCommand[];
  /** Statements that go beyond one database, known at the end only. */
  reach: FoundReach[];
  /** Statements by kind, upper case: `CREATE TABLE`, `INSERT`, … */
  statements: Map<string, number>;
  /** Objects that the statements create, regardless of comments. */
  figures: ScriptFigures;
  /** It makes the schema `public`, which every new database has. */
  createsPublic: boolean;
  /** The encoding and locale of a CREATE DATABASE statement. */
  databaseEncoding: string | null;
  locale: DatabaseLocale | null;
  /** Settings that it sets, in lower case; at most 1000. */
  settings: Set<string>;
  /** Drops outside of pg_dump's comments that do not ask whether there is anything to drop. */
  plainDrops: number;
  /** Lines that are no SQL, known at the end only. */
  strays: FoundStrays;
  /** pg_dump's end mark is the last thing in it; null if pg_dump did not write it. */
  complete: boolean | null;
  /** Scanned to its end. */
  finished: boolean;
  /** Bytes of the (uncompressed) script. */
  size: number;
}

/** Before anything was read. */
export function emptyScan(figures: ScriptFigures): ScriptScan {
  return {
    byPgDump: false,
    cluster: false,
    serverVersion: '',
    pgDumpVersion: '',
    started: '',
    encoding: null,
    entries: [],
    objects: [],
    globals: [],
    databases: [],
    restricted: false,
    metaCommands: [],
    reach: [],
    statements: new Map(),
    figures,
    createsPublic: false,
    databaseEncoding: null,
    locale: null,
    settings: new Set(),
    plainDrops: 0,
    strays: new FoundStrays(),
    complete: null,
    finished: false,
    size: 0,
  };
}
