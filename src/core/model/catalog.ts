/** The live database as psql told it. Plain JSON: forms get it as it is. */

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
  /** Bytes of the whole database. */
  databaseBytes: number;
  encoding: string;
  /** Names of all databases that can be connected to. */
  databases: string[];
  isSuperuser: boolean;
  /** When the server was started, UTC, with microseconds: tells servers apart, by whatever name. */
  startedAt?: string;
}

/** What a session waits for when it waits for a lock. */
export interface LockWait {
  /** `schema.name` of a relation; null when it is about something else, a row for example. */
  object: string | null;
  /** Who holds it, or asked for it before: at least one. */
  blockers: LockHolder[];
}

/** A session in the way of another one. */
export interface LockHolder {
  /** Of its server process; 0 = a prepared transaction, which has none. */
  pid: number;
  /** As it calls itself; '' = it does not. */
  application: string;
  /** null when it has ended meanwhile, or is none. */
  user: string | null;
}
