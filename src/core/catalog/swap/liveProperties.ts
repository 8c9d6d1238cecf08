import * as z from 'zod/mini';
import type { LibpqConnection } from '../../connections/libpq';
import type { DatabasePropertyKind } from '../../model/catalog';
import { quoteIdentifier, quoteLiteral } from '../../sql';
import { runQuery, type QueryOptions } from '../psql';

/** A property of a database, and the SQL that gives it to another database. */
export interface LiveProperty {
  kind: DatabasePropertyKind;
  /** Name of the setting, role or provider; '' where a database has only one such property. */
  name: string;
  sql: string;
}

const shape = z.object({
  owner: z.string(),
  allowsConnections: z.boolean(),
  isTemplate: z.boolean(),
  connectionLimit: z.number(),
  comment: z.nullable(z.string()),
  /** null = the default privileges. A grantee of null is PUBLIC. */
  privileges: z.nullable(
    z.array(
      z.object({ grantee: z.nullable(z.string()), privilege: z.string(), grantable: z.boolean() }),
    ),
  ),
  /** Values have the form `name=value`; a role of null = the setting applies to all roles. */
  settings: z.array(z.object({ role: z.nullable(z.string()), values: z.array(z.string()) })),
  labels: z.array(z.object({ provider: z.string(), label: z.string() })),
});

export type LiveDatabase = z.infer<typeof shape>;

/**
 * Reads the properties that a database has besides its contents, which the database that takes over
 * its name should have, too.
 *
 * @param connection to any database of the server
 * @throws AppError as `runQuery`
 */
export async function readLiveDatabase(
  psql: string,
  connection: LibpqConnection,
  oid: number,
  options: QueryOptions,
): Promise<LiveDatabase> {
  const sql = `SELECT pg_catalog.json_build_object(
      'owner', pg_catalog.pg_get_userbyid(d.datdba), 'allowsConnections', d.datallowconn,
      'isTemplate', d.datistemplate, 'connectionLimit', d.datconnlimit,
      'comment', pg_catalog.shobj_description(d.oid, 'pg_database'),
      'privileges', CASE WHEN d.datacl IS NOT NULL THEN (
        SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
          'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
          'privilege', x.privilege_type, 'grantable', x.is_grantable)), '[]')
        FROM pg_catalog.aclexplode(d.datacl) x) END,
      'settings', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
          'role', CASE WHEN s.setrole <> 0 THEN pg_catalog.pg_get_userbyid(s.setrole) END,
          'values', s.setconfig)), '[]')
        FROM pg_catalog.pg_db_role_setting s WHERE s.setdatabase = d.oid),
      'labels', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
          'provider', l.provider, 'label', l.label)), '[]')
        FROM pg_catalog.pg_shseclabel l
        WHERE l.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass AND l.objoid = d.oid))
    FROM pg_catalog.pg_database d WHERE d.oid = ${Math.trunc(oid)}`;
  return shape.parse(await runQuery(psql, connection, sql, options));
}

/** The owner comes first; properties that could lock this user out come last. */
export function liveProperties(from: LiveDatabase, name: string, user: string): LiveProperty[] {
  const database = quoteIdentifier(name);
  const properties: LiveProperty[] = [];
  const add = (kind: DatabasePropertyKind, of: string, sql: string): void => {
    properties.push({ kind, name: of, sql });
  };
  if (from.owner !== user) {
    add('owner', from.owner, `ALTER DATABASE ${database} OWNER TO ${quoteIdentifier(from.owner)}`);
  }
  for (const { role, values } of from.settings) {
    for (const value of values) {
      const set = settingSql(value);
      if (set === null) continue;
      if (role === null) add('setting', set.name, `ALTER DATABASE ${database} ${set.sql}`);
      else {
        const of = quoteIdentifier(role);
        add('roleSetting', role, `ALTER ROLE ${of} IN DATABASE ${database} ${set.sql}`);
      }
    }
  }
  if (from.comment !== null) {
    add('comment', '', `COMMENT ON DATABASE ${database} IS ${quoteLiteral(from.comment)}`);
  }
  for (const { provider, label } of from.labels) {
    const sql = `SECURITY LABEL FOR ${quoteIdentifier(provider)} ON DATABASE ${database} IS ${quoteLiteral(label)}`;
    add('securityLabel', provider, sql);
  }
  for (const [grantee, sql] of grants(from, database)) add('privileges', grantee, sql);
  if (from.connectionLimit >= 0) {
    const limit = `ALTER DATABASE ${database} CONNECTION LIMIT ${from.connectionLimit}`;
    add('connectionLimit', '', limit);
  }
  if (from.isTemplate) add('template', '', `ALTER DATABASE ${database} IS_TEMPLATE true`);
  if (!from.allowsConnections) {
    add('connections', '', `ALTER DATABASE ${database} ALLOW_CONNECTIONS false`);
  }
  return properties;
}

/** GRANT and REVOKE by grantee. PUBLIC and the owner have privileges by default: these are revoked. */
function grants({ privileges, owner }: LiveDatabase, database: string): [string, string][] {
  if (privileges === null) return [];
  const statements: [string, string][] = [
    ['PUBLIC', `REVOKE ALL ON DATABASE ${database} FROM PUBLIC`],
    [owner, `REVOKE ALL ON DATABASE ${database} FROM ${quoteIdentifier(owner)}`],
  ];
  for (const { grantee, privilege, grantable } of privileges) {
    // Privilege names come from the server and go into SQL unquoted.
    if (!/^[A-Z]+$/.test(privilege)) continue;
    const to = grantee === null ? 'PUBLIC' : quoteIdentifier(grantee);
    const option = grantable && grantee !== null ? ' WITH GRANT OPTION' : '';
    statements.push([
      grantee ?? 'PUBLIC',
      `GRANT ${privilege} ON DATABASE ${database} TO ${to}${option}`,
    ]);
  }
  return statements;
}

/** Parameters whose value is a list of names (`GUC_LIST_QUOTE`): each name must be its own literal. */
const NAME_LISTS: ReadonlySet<string> = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]);

/** @internal for tests: `SET "work_mem" TO '8MB'`, from `work_mem=8MB`. */
export function settingSql(entry: string): { name: string; sql: string } | null {
  const at = entry.indexOf('=');
  if (at <= 0) return null;
  const [name, value] = [entry.slice(0, at), entry.slice(at + 1)];
  const values = NAME_LISTS.has(name.toLowerCase()) ? splitNames(value) : [value];
  const literals = values.map((each) => quoteLiteral(each).trim()).join(', ');
  return { name, sql: `SET ${quoteIdentifier(name)} TO ${literals}` };
}

/** Splits a list of names such as `"$user", public`. */
function splitNames(list: string): string[] {
  const parts = [...list.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,"\s]+))\s*(?:,|$)/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
  return parts.length === 0 ? [''] : parts;
}
