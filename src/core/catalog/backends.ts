import { setTimeout as delay } from 'node:timers/promises';
import type { LibpqConnection } from '../connections/libpq';
import { AppError } from '../errors';
import { quoteLiteral } from '../sql';
import { runQuery, type QueryOptions } from './psql';

/** Processes with a job's application name; parallel query workers end together with their leader. */
function backendsOf(applicationName: string): string {
  return `FROM pg_catalog.pg_stat_activity a
    WHERE application_name = ${quoteLiteral(applicationName)}
      AND pid <> pg_catalog.pg_backend_pid()`;
}

async function countWhere(
  psql: string,
  connection: LibpqConnection,
  sessions: string,
  options: QueryOptions,
): Promise<number> {
  const query = `SELECT pg_catalog.to_json(pg_catalog.count(*)) ${sessions}`;
  return Number(await runQuery(psql, connection, query, options));
}

/** Number of sessions with this application name, in any database of the server. */
export async function countBackends(
  psql: string,
  connection: LibpqConnection,
  applicationName: string,
  options: QueryOptions,
): Promise<number> {
  return countWhere(psql, connection, backendsOf(applicationName), options);
}

/**
 * Number of sessions with this application name that are working. Sessions that wait for their client
 * to send or to receive data do not count.
 */
export async function countBusyBackends(
  psql: string,
  connection: LibpqConnection,
  applicationName: string,
  options: QueryOptions,
): Promise<number> {
  // `wait_event_type` exists since 9.6; read through JSON, a missing column is NULL.
  const busy = `state = 'active'
    AND pg_catalog.row_to_json(a)->>'wait_event_type' IS DISTINCT FROM 'Client'`;
  return countWhere(psql, connection, `${backendsOf(applicationName)} AND ${busy}`, options);
}

/**
 * Ends the sessions with this application name and waits until they are gone.
 *
 * @param connection must have another application name, or its own session would be ended too
 * @returns how many sessions were told to end
 * @throws AppError `queryTimedOut` when some sessions remain after `timeoutMs`; as `runQuery`
 */
export async function terminateBackends(
  psql: string,
  connection: LibpqConnection,
  applicationName: string,
  options: QueryOptions,
): Promise<number> {
  const end = performance.now() + options.timeoutMs;
  const left = (): QueryOptions => ({
    signal: options.signal,
    timeoutMs: Math.max(100, end - performance.now()),
  });
  // The list of sessions is complete before the first session is ended.
  const ended = await runQuery(
    psql,
    connection,
    `SELECT pg_catalog.to_json(pg_catalog.count(pg_catalog.pg_terminate_backend(b.pid)))
     FROM (SELECT pid ${backendsOf(applicationName)} OFFSET 0) b`,
    left(),
  );
  while ((await countBackends(psql, connection, applicationName, left())) > 0) {
    if (performance.now() > end) {
      throw new AppError('queryTimedOut', { seconds: options.timeoutMs / 1000 });
    }
    await delay(30);
  }
  return Number(ended);
}
