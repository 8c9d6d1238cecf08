import { setTimeout as delay } from 'node:timers/promises';
import type { LibpqConnection } from '../../connections/libpq';
import { AppError, asAppError } from '../../errors';
import { quoteIdentifier } from '../../sql';
import { OBJECT_IN_USE, runCommand, sqlStateOf } from '../psql';
import { sessionNames } from '../restore/clients';
import { endDatabaseSessions, readDatabaseSessions } from './databaseSessions';

/** Names of two databases that are renamed: `database` to `aside`, then `incoming` to `database`. */
export interface NameExchange {
  /** Name of the present database, which `incoming` gets. */
  database: string;
  /** New name of the present database. */
  aside: string;
  /** Present name of the database that takes its place. */
  incoming: string;
}

/** Options of a swap. */
export interface ExchangeOptions {
  /** End sessions that prevent renaming: the user has agreed to that. */
  endSessions: boolean;
  timeoutMs: number;
}

/** Interval between attempts to end sessions. The server waits up to 5 s for sessions to end. */
const END_EVERY_MS = 200;

/**
 * Renames a database and gives its former name to another one, both in one transaction: whatever
 * happens, one complete database has the name. New connections wait until the transaction ends. It
 * takes moments and cannot be cancelled.
 *
 * @param connection to a third database of the same server
 * @throws AppError `databaseInUse`; as `runCommand`. After `connectFailed` and `queryTimedOut` the
 *   outcome is unknown: ask the server (`readSwapPlaces`).
 */
export async function exchangeNames(
  psql: string,
  connection: LibpqConnection,
  exchange: NameExchange,
  { endSessions, timeoutMs }: ExchangeOptions,
): Promise<void> {
  const { database, aside, incoming } = exchange;
  const rename = (from: string, to: string): string =>
    `ALTER DATABASE ${quoteIdentifier(from)} RENAME TO ${quoteIdentifier(to)}`;
  const sql = [
    'BEGIN READ WRITE',
    // The user's own settings may be shorter, and are not meant for this.
    `SET LOCAL statement_timeout = ${timeoutMs}`,
    `SET LOCAL lock_timeout = ${timeoutMs}`,
    rename(database, aside),
    rename(incoming, database),
    'COMMIT',
  ].join(';\n');
  let done = false;
  const renaming = runCommand(psql, connection, sql, { timeoutMs })
    .then(
      () => null,
      (error: unknown) => asAppError(error),
    )
    .finally(() => (done = true));
  // The first rename holds the lock that new sessions wait for; it waits for the existing sessions.
  while (endSessions && !done) {
    await endDatabaseSessions(psql, connection, [database, incoming], { timeoutMs }).catch(
      () => undefined,
    );
    await Promise.race([renaming, delay(END_EVERY_MS, undefined, { ref: false })]);
  }
  const failure = await renaming;
  if (failure === null) return;
  if (sqlStateOf(failure) !== OBJECT_IN_USE) throw failure;
  const who = await readDatabaseSessions(psql, connection, [database, incoming], {
    timeoutMs,
  }).catch(() => []);
  throw new AppError(
    'databaseInUse',
    { database, count: who.length, sessions: sessionNames(who), text: textOf(failure) },
    { cause: failure },
  );
}

function textOf(error: unknown): string {
  return AppError.is(error, 'queryFailed') ? error.details.text : '';
}
