/** The live database, read by psql. Plain JSON: forms get it unchanged. */
import type { TableRef } from './optionValues';

export type RelationKind =
  'table' | 'partitionedTable' | 'view' | 'materializedView' | 'foreignTable' | 'sequence';

export interface CatalogRelation {
  schema: string;
  name: string;
  kind: RelationKind;
  /** Bytes on disk with TOAST, without indexes. */
  bytes: number;
  /** The planner's estimate; null = never analysed. */
  rows: number | null;
  /** The table this is a partition of. */
  partitionOf: { schema: string; name: string } | null;
  /** Belongs to this extension, which brings it along. */
  extension: string | null;
  /** A sequence owned by a table's column goes with the table. */
  ownedBy: { schema: string; name: string } | null;
}

export interface DatabaseCatalog {
  database: string;
  schemas: { name: string; extension: string | null }[];
  relations: CatalogRelation[];
  /**
   * Relations (`from`) that need another one (`to`) to be restored: by a foreign key, or as a view
   * of it.
   */
  references?: { from: TableRef; to: TableRef }[];
  extensions: { name: string; schema: string; version: string }[];
  largeObjects: number;
  /** Publications, subscriptions, event triggers: what a filter leaves out. */
  databaseObjects: number;
}

export interface ServerInfo {
  /** `server_version_num`, e.g. 170011. */
  versionNumber: number;
  /** e.g. `17.11`. */
  version: string;
  major: number;
  database: string;
  user: string;
  /** Bytes of the whole database; null = not asked for. */
  databaseBytes: number | null;
  encoding: string;
  /** Names of all databases that can be connected to. */
  databases: string[];
  isSuperuser: boolean;
  /** The user, or the database, may have so many sessions only, or the server has few left. */
  limitsSessions?: boolean;
  /** Names of the settings that it knows. */
  settings?: string[];
  /** It sees that the session comes from its own machine; the end of a tunnel may be there, too. */
  isLocal?: boolean;
  /** When the server was started, UTC, with microseconds: identifies a server under any name. */
  startedAt?: string;
}

/** A lock that a session waits for. */
export interface LockWait {
  /** `schema.name` of a relation; null when it is about something else, a row for example. */
  object: string | null;
  /** The sessions that hold it or wait before: at least one. */
  blockers: LockHolder[];
}

/** A session in the way of another one. */
export interface LockHolder {
  /** Process id on the server; 0 = a prepared transaction, which has none. */
  pid: number;
  /** Its `application_name`; '' = none. */
  application: string;
  /** null when it has ended meanwhile, or does not exist. */
  user: string | null;
}

/** Properties of a database itself, as opposed to its objects. */
export type DatabasePropertyKind =
  | 'owner'
  | 'setting'
  | 'roleSetting'
  | 'privileges'
  | 'comment'
  | 'securityLabel'
  | 'connectionLimit'
  | 'connections'
  | 'template';
