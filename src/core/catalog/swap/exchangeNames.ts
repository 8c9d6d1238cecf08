import { setTimeout as delay } from 'node:timers/promises';
import type { LibpqConnection } from '../../connections/libpq';
import { AppError, asAppError } from '../../errors';
import { quoteIdentifier } from '../../sql';
import { runCommand, sqlStateOf } from '../psql';
import { endDatabaseSessions, readDatabaseSessions } from './databaseSessions';

/** What is renamed, in this order. */
export interface NameExchange {
  /** The name that is wanted. */
  database: string;
  /** What the one that has it is called afterwards. */
  aside: string;
  /** The one that gets it. */
  incoming: string;
}

/** How they are renamed. */
export interface ExchangeOptions {
  /** Ends the sessions that are in the way: somebody has agreed to it. */
  endSessions: boolean;
  timeoutMs: number;
}

/** SQLSTATE: somebody is connected to one of them. */
const OBJECT_IN_USE = '55006';
/** How often is looked for sessions that are to end. The server waits 5 s for them. */
const END_EVERY_MS = 200;
/** Names that an error tells. */
const MOST_NAMED = 5;

/**
 * Gives a database the name of another, which gets a new one: both in one transaction, so that
 * whatever happens, one whole database has the name. Whoever connects meanwhile waits until it is
 * done. A cancel does not interrupt it: it takes moments.
 *
 * @param connection to a third database of the server
 * @throws AppError `databaseInUse`; as `runCommand`. After `connectFailed` and `queryTimedOut` only
 *   the server knows what became of it.
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
    // The settings of the user may be stricter, and are meant for other things.
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
  // The first renaming holds the lock that new sessions wait for, and itself waits for the others.
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
  const sessions = who
    .slice(0, MOST_NAMED)
    .map(({ user, pid, application }) =>
      [`${user || application} (${pid})`, user === '' ? '' : application]
        .filter(Boolean)
        .join(', '),
    );
  throw new AppError(
    'databaseInUse',
    { database, count: who.length, sessions, text: textOf(failure) },
    { cause: failure },
  );
}

function textOf(error: unknown): string {
  return AppError.is(error, 'queryFailed') ? error.details.text : '';
}
