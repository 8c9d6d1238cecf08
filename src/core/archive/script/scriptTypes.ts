import type { DatabaseLocale } from '../../model/archive';
import type { ScriptFigures } from './figures/scriptFigures';
import { FoundStrays } from './foundStrays';
import type { FoundReach } from '../reach/statementReach';

/** An object of a script, from pg_dump's comment before it. */
export interface ScriptEntry {
  tag: string;
  /** Type as in an archive's table of contents: `TABLE`, `TABLE DATA`, `FK CONSTRAINT`, … */
  desc: string;
  schema: string | null;
  owner: string;
  /** In a pg_dumpall script: index into `databases`; -1 = before the first `\connect`. */
  database: number;
  /** Byte range of its comment and statements in the uncompressed script. */
  start: number;
  end: number;
  /** Byte range of its COPY rows, without the end mark; 0 and 0 = no such rows. */
  dataStart: number;
  dataEnd: number;
  /** For an index: its relation, if the statement was read. */
  on?: { schema: string | null; name: string };
  /**
   * The other relation in its statement: referenced by a foreign key, owning a sequence, or the
   * parent of a partition.
   */
  uses?: { schema: string | null; name: string };
}

/** A backslash command other than pg_dump's own. */
export interface MetaCommand {
  /** Offset in the uncompressed script. */
  offset: number;
  /** The command with its arguments, at most 200 characters. */
  text: string;
}

/** A statement about an object that all databases of a server share. */
export interface GlobalStatement {
  action: 'create' | 'drop';
  kind: 'DATABASE' | 'ROLE' | 'TABLESPACE';
  name: string;
}

/** Roles that statements name, by what for; up to 1000 of each. */
export interface RolesNamed {
  readonly owners: ReadonlySet<string>;
  readonly grantees: ReadonlySet<string>;
  /** Of policies and user mappings. */
  readonly others: ReadonlySet<string>;
}

/** What a scan has found in a script. */
export interface ScriptScan {
  byPgDump: boolean;
  cluster: boolean;
  serverVersion: string;
  pgDumpVersion: string;
  /** Time in `-- Started on`, which only `pg_dump --verbose` writes, without zone; '' = none. */
  started: string;
  /** Value of `SET client_encoding`. */
  encoding: string | null;
  entries: ScriptEntry[];
  /**
   * What statements without a comment of pg_dump create: roles and tablespaces of pg_dumpall, and the
   * objects and COPY rows of other scripts. At most 200,000.
   */
  objects: ScriptEntry[];
  /** Found in the statements, regardless of comments. At most 100,000. */
  globals: GlobalStatement[];
  /** Those that the statements need, also where the script makes them. */
  roles: RolesNamed;
  /** Databases in `\connect` commands, in order. */
  databases: string[];
  /** The script contains `\restrict`, which psql accepts since its releases of August 2025. */
  restricted: boolean;
  metaCommands: MetaCommand[];
  /** Statements with effects beyond one database. Complete only at the end of the scan. */
  reach: FoundReach[];
  /** Number of statements by kind, in upper case: `CREATE TABLE`, `INSERT`, … */
  statements: Map<string, number>;
  /** Objects that the statements create, regardless of comments. */
  figures: ScriptFigures;
  /** The script creates the schema `public`, which exists in every new database. */
  createsPublic: boolean;
  /** Encoding (and, next, locale) in a CREATE DATABASE statement. */
  databaseEncoding: string | null;
  locale: DatabaseLocale | null;
  /** Settings that the script sets, in lower case; at most 1000. */
  settings: Set<string>;
  /** Number of DROP statements without IF EXISTS, outside of entries. */
  plainDrops: number;
  /** Lines that are not SQL. Complete only at the end of the scan. */
  strays: FoundStrays;
  /** pg_dump's end mark comes last; null = pg_dump did not write the script. */
  complete: boolean | null;
  /** The scan has reached the end. */
  finished: boolean;
  /** Size of the uncompressed script in bytes. */
  size: number;
}

/** The state before a scan. */
export function emptyScan(figures: ScriptFigures, roles: RolesNamed): ScriptScan {
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
    roles,
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
