import * as z from 'zod/mini';
import type { LibpqConnection } from '../../connections/libpq';
import { quoteLiteral } from '../../sql';
import { runQuery, type QueryOptions } from '../psql';
import { MAY_END, type DatabaseSession } from '../restore/clients';

const sessions = z.array(z.object({ pid: z.number(), user: z.string(), application: z.string() }));

function sessionsIn(databases: readonly string[]): string {
  const names = databases.map((name) => quoteLiteral(name)).join(', ');
  return `FROM pg_catalog.pg_stat_activity a
    WHERE a.datname IN (${names}) AND a.pid <> pg_catalog.pg_backend_pid()`;
}

/**
 * Sessions in these databases that prevent renaming them. WAL senders count; autovacuum workers do
 * not, because the server ends them.
 *
 * @throws AppError as `runQuery`
 */
export async function readDatabaseSessions(
  psql: string,
  connection: LibpqConnection,
  databases: readonly string[],
  options: QueryOptions,
): Promise<DatabaseSession[]> {
  const kind = `coalesce(to_jsonb(a)->>'backend_type', '')`;
  const sql = `SELECT coalesce(pg_catalog.json_agg(s), '[]') FROM (
    SELECT a.pid, coalesce(a.usename, '') AS "user",
      coalesce(nullif(a.application_name, ''), ${kind}) AS application
    ${sessionsIn(databases)} AND ${kind} NOT LIKE 'autovacuum%'
    ORDER BY a.backend_start LIMIT 1000) s`;
  return sessions.parse(await runQuery(psql, connection, sql, options));
}

/**
 * Tells all sessions in these databases to end, except those that the user may not end (a superuser's
 * session can only be ended by a superuser). Does not wait until they have ended.
 *
 * @returns number of sessions that were told
 * @throws AppError as `runQuery`
 */
export async function endDatabaseSessions(
  psql: string,
  connection: LibpqConnection,
  databases: readonly string[],
  options: QueryOptions,
): Promise<number> {
  const sql = `SELECT pg_catalog.to_json(pg_catalog.count(*)
      FILTER (WHERE pg_catalog.pg_terminate_backend(b.pid)))
    FROM (SELECT a.pid ${sessionsIn(databases)} AND ${MAY_END} OFFSET 0) b`;
  return Number(await runQuery(psql, connection, sql, options));
}
