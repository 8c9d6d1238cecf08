import type { LibpqConnection } from '../connections/libpq';
import { SESSIONS_LEFT } from './sessions';
import { decodeAnswer, runQuery, type QueryOptions } from './psql';
import {
  flag,
  listOf,
  number,
  object,
  orNull,
  text,
  tuple,
  wholeNumber,
  type Read,
} from '../shapes';
import type { ServerInfo } from '../model/catalog';

/** A server that has no more sessions left than these counts as one that limits them. */
const FEW_SESSIONS = 5;

/** Uses catalogs of 9.6 and later; template databases are left out, as they are no restore targets. */
const SQL = (size: string): string => `
SELECT pg_catalog.json_build_object(
  'versionNumber', pg_catalog.current_setting('server_version_num')::pg_catalog.int4,
  'version', pg_catalog.current_setting('server_version'),
  'database', pg_catalog.current_database(),
  'user', current_user,
  'databaseBytes', ${size},
  'encoding', pg_catalog.current_setting('server_encoding'),
  'databases', (
    SELECT pg_catalog.json_agg(d.datname ORDER BY d.datname)
    FROM pg_catalog.pg_database d
    WHERE d.datname = pg_catalog.current_database()
       OR (d.datallowconn AND NOT d.datistemplate
           AND pg_catalog.has_database_privilege(d.oid, 'CONNECT'))),
  'startedAt', pg_catalog.to_char(
    pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),
  'isSuperuser', pg_catalog.current_setting('is_superuser') = 'on',
  'limitsSessions', EXISTS (
    SELECT FROM pg_catalog.pg_roles r
    WHERE r.rolname = session_user AND r.rolconnlimit >= 0 AND NOT r.rolsuper
    UNION ALL
    SELECT FROM pg_catalog.pg_database d
    WHERE d.datname = pg_catalog.current_database() AND d.datconnlimit >= 0)
    OR ${SESSIONS_LEFT} <= ${FEW_SESSIONS},
  'isLocal', coalesce(pg_catalog.host(pg_catalog.inet_server_addr()), '::1')
    IN ('127.0.0.1', '::1'),
  'settings', (
    SELECT pg_catalog.json_agg(known.name ORDER BY known.name)
    FROM (SELECT pg_catalog.lower(s.name) AS name FROM pg_catalog.pg_settings s
          UNION
          -- It shows none of these.
          SELECT hidden.name FROM pg_catalog.unnest(ARRAY['default_with_oids', 'role', 'seed',
            'session_authorization', 'transaction_deferrable', 'transaction_isolation',
            'transaction_read_only']) AS hidden (name)
          WHERE pg_catalog.current_setting(hidden.name, true) IS NOT NULL) known))`;

/** Looks at every file of the database. */
const SIZE = 'pg_catalog.pg_database_size(pg_catalog.current_database())';

const row = object({
  versionNumber: wholeNumber,
  version: text,
  database: text,
  user: text,
  databaseBytes: orNull(number),
  encoding: text,
  databases: listOf(text),
  startedAt: text,
  isSuperuser: flag,
  limitsSessions: flag,
  isLocal: flag,
  settings: listOf(text),
});

/**
 * Reads version, user and database of the server. Also serves as the connection test. `withSize`:
 * the database's size as well, which takes long where there are many tables.
 *
 * @throws AppError as `runQuery`
 */
export async function readServerInfo(
  psql: string,
  connection: LibpqConnection,
  { withSize = true, ...options }: QueryOptions & { withSize?: boolean },
): Promise<ServerInfo> {
  const json = await runQuery(psql, connection, SQL(withSize ? SIZE : 'NULL'), options);
  const { version, versionNumber, ...rest } = decodeAnswer(row, json);
  return {
    ...rest,
    versionNumber,
    // Packagers append their own version: `17.11 (Debian 17.11-1.pgdg13+1)`.
    version: version.split(' ')[0] ?? version,
    // Until 9.6 a major version has two numbers; here it counts as 9.
    major: Math.floor(versionNumber / 10000),
  };
}

/** A database that pg_dumpall dumps. */
export interface DumpedDatabase {
  name: string;
  /** Size on disk minus that of an empty database; 0 where the user may not ask for it. */
  bytes: number;
}

const dumpedDatabases = orNull(listOf(tuple(text, orNull(number))));

/**
 * The databases that pg_dumpall dumps, including templates that allow connections.
 *
 * @throws AppError as `runQuery`
 */
export async function readDumpedDatabases(
  psql: string,
  connection: LibpqConnection,
  options: QueryOptions,
): Promise<DumpedDatabase[]> {
  // A limit of -2 marks a database whose DROP was interrupted. pg_dumpall always skips `template0`.
  const json = await runQuery(
    psql,
    connection,
    `SELECT pg_catalog.json_agg(pg_catalog.json_build_array(d.datname,
         CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT')
           THEN pg_catalog.pg_database_size(d.oid) END))
       FROM pg_catalog.pg_database d
       WHERE d.datname = 'template0' OR (d.datallowconn AND d.datconnlimit <> -2)`,
    options,
  );
  const all = decodeAnswer(dumpedDatabases, json) ?? [];
  const empty = Math.min(...all.map(([, bytes]) => bytes ?? Infinity));
  return all
    .filter(([name]) => name !== 'template0')
    .map(([name, bytes]) => ({ name, bytes: bytes === null ? 0 : bytes - empty }));
}

/** Roles of the target that a restore of a whole server must treat with care. */
export interface OwnRoles {
  /** The bootstrap superuser, which initdb created: nobody can drop it. */
  bootstrap: string;
  /** Password hash of the current user; null = no password, or the user may not read it. */
  password: string | null;
}

/**
 * Reads these facts. Only a superuser can read the password hash.
 *
 * @throws AppError as `runQuery`
 */
export async function readOwnRoles(
  psql: string,
  connection: LibpqConnection,
  { isSuperuser }: Pick<ServerInfo, 'isSuperuser'>,
  options: QueryOptions,
): Promise<OwnRoles> {
  const password = isSuperuser
    ? '(SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = current_user)'
    : 'NULL';
  const found = await runQuery(
    psql,
    connection,
    `SELECT pg_catalog.json_build_object(
       'bootstrap', pg_catalog.pg_get_userbyid(10), 'password', ${password})`,
    options,
  );
  return object({ bootstrap: text, password: orNull(text) }).parse(found);
}

const serverNames = object({
  databases: listOf(text),
  roles: listOf(text),
  tablespaces: listOf(text),
});

/**
 * Names of all databases, roles and tablespaces, including those that the user cannot use.
 *
 * @throws AppError as `runQuery`
 */
export async function readServerNames(
  psql: string,
  connection: LibpqConnection,
  options: QueryOptions,
): Promise<Record<keyof Read<typeof serverNames>, Set<string>>> {
  const found = await runQuery(
    psql,
    connection,
    `SELECT pg_catalog.json_build_object(
       'databases', (SELECT pg_catalog.json_agg(datname) FROM pg_catalog.pg_database),
       'roles', (SELECT pg_catalog.json_agg(rolname) FROM pg_catalog.pg_roles),
       'tablespaces', (SELECT pg_catalog.json_agg(spcname) FROM pg_catalog.pg_tablespace))`,
    options,
  );
  const { databases, roles, tablespaces } = serverNames.parse(found);
  return {
    databases: new Set(databases),
    roles: new Set(roles),
    tablespaces: new Set(tablespaces),
  };
}
