import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseLocale } from '../model/archive';
import type { LibpqConnection } from '../connections/libpq';
import { AppError } from '../errors';
import { runCommand, runQuery, sqlStateOf, type QueryOptions } from './psql';
import { quoteIdentifier, quoteLiteral } from '../sql';

export interface NewDatabase {
  name: string;
  /** PostgreSQL's name of it; undefined = the server's default. */
  encoding?: string | undefined;
  /** Value from the archive; undefined = template0's. */
  locale?: DatabaseLocale | undefined;
  /** Servers have locale providers since 15; one from the C library is requested by name. */
  serverMajor?: number | undefined;
}

/**
 * How a database's locale came about: as asked for; that of the C library, because the server does
 * not know the provider or its locale; template0's because the server does not know the one asked
 * for; or `C` because only that goes with the encoding.
 */
export type LocaleOutcome = 'asAsked' | 'otherProvider' | 'serverDefault' | 'c';

/** SQLSTATEs of CREATE DATABASE (PostgreSQL documentation, appendix A). */
const DUPLICATE_DATABASE = '42P04';
const INVALID_CATALOG_NAME = '3D000';
/**
 * `invalid locale name` (wrong object type), encoding and locale that do not fit; a provider that the
 * server was built without, or whose options it does not know.
 */
const LOCALE_REFUSED: ReadonlySet<string | undefined> = new Set([
  ...['42809', '22023', '42704'],
  ...['0A000', '42601'],
]);

/** CREATE DATABASE takes LOCALE_PROVIDER. */
const PROVIDERS_SINCE = 15;

/** Creating copies template0's files; on a slow disk with a checkpoint that takes its time. */
const CREATE_TIMEOUT_MS = 120_000;

/**
 * Creates an empty database from template0, with the encoding and locale of the archive that is
 * going to be restored into it. Where this server does not know the locale (it belongs to another
 * operating system), the database is made with the server's, or with `C`, and the outcome says so.
 *
 * @param connection to another database of the server
 * @throws AppError `databaseExists`; `queryFailed`; as `runQuery`
 */
export async function createDatabase(
  psql: string,
  connection: LibpqConnection,
  database: NewDatabase,
  options: Partial<QueryOptions> = {},
): Promise<LocaleOutcome> {
  const create = (locale: readonly string[]): Promise<void> => {
    const clauses = [
      `CREATE DATABASE ${quoteIdentifier(database.name)} TEMPLATE template0`,
      ...(database.encoding === undefined ? [] : [`ENCODING ${quoteLiteral(database.encoding)}`]),
      ...locale,
    ];
    return runCommand(psql, connection, clauses.join(' '), {
      timeoutMs: CREATE_TIMEOUT_MS,
      ...options,
    });
  };
  let first: Error | undefined;
  for (const [outcome, locale] of localeAttempts(database)) {
    try {
      await create(locale);
      return outcome;
    } catch (error) {
      if (sqlStateOf(error) === DUPLICATE_DATABASE) {
        throw new AppError('databaseExists', { database: database.name }, { cause: error });
      }
      if (!(error instanceof Error) || !LOCALE_REFUSED.has(sqlStateOf(error))) throw error;
      first ??= error;
    }
  }
  // Not the locale's fault then: an encoding that no server knows. The first answer says it best.
  throw first ?? new AppError('internal', { text: 'no attempt was made' });
}

/** Clauses of CREATE DATABASE, the best first. */
function localeAttempts({ locale, serverMajor }: NewDatabase): [LocaleOutcome, string[]][] {
  const byName = serverMajor !== undefined && serverMajor >= PROVIDERS_SINCE;
  const c: [LocaleOutcome, string[]] = ['c', ["LC_COLLATE 'C'", "LC_CTYPE 'C'"]];
  if (locale === undefined) return [['asAsked', []], c];
  const { collate, ctype, provider } = locale;
  const names = [`LC_COLLATE ${quoteLiteral(collate)}`, `LC_CTYPE ${quoteLiteral(ctype)}`];
  const ofSystem = [...(byName ? ['LOCALE_PROVIDER libc'] : []), ...names];
  const rest: [LocaleOutcome, string[]][] = [['serverDefault', []], c];
  if (provider === undefined) return [['asAsked', ofSystem], ...rest];
  const clauses = [...names, `LOCALE_PROVIDER ${provider.kind}`];
  if (provider.kind === 'builtin') {
    clauses.push(`BUILTIN_LOCALE ${quoteLiteral(provider.locale)}`);
  } else {
    clauses.push(`ICU_LOCALE ${quoteLiteral(provider.locale)}`);
    if (provider.rules !== undefined) clauses.push(`ICU_RULES ${quoteLiteral(provider.rules)}`);
  }
  return [['asAsked', clauses], ['otherProvider', ofSystem], ...rest];
}

/**
 * Drops a database without connections. The server itself waits 5 s for other sessions to end.
 *
 * @param connection to another database of the server
 * @throws AppError `databaseMissing`; `queryFailed` (somebody is connected, not the owner); as `runQuery`
 */
export async function dropDatabase(
  psql: string,
  connection: LibpqConnection,
  name: string,
  options: Partial<QueryOptions> = {},
): Promise<void> {
  try {
    await runCommand(psql, connection, `DROP DATABASE ${quoteIdentifier(name)}`, {
      timeoutMs: CREATE_TIMEOUT_MS,
      ...options,
    });
  } catch (error) {
    if (sqlStateOf(error) !== INVALID_CATALOG_NAME) throw error;
    const details = { database: name, connection: connection.label };
    throw new AppError('databaseMissing', details, { cause: error });
  }
}

/** Leader and workers of a job carry its application name; parallel query workers die with theirs. */
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

/** How many sessions carry this application name, in any database of the server. */
export async function countBackends(
  psql: string,
  connection: LibpqConnection,
  applicationName: string,
  options: QueryOptions,
): Promise<number> {
  return countWhere(psql, connection, backendsOf(applicationName), options);
}

/**
 * How many sessions with this application name do something now: what only waits for its client, or
 * for a client that takes no data, does not count.
 */
export async function countBusyBackends(
  psql: string,
  connection: LibpqConnection,
  applicationName: string,
  options: QueryOptions,
): Promise<number> {
  // The column does not exist before 9.6; in the JSON it is just missing.
  const busy = `state = 'active'
    AND pg_catalog.row_to_json(a)->>'wait_event_type' IS DISTINCT FROM 'Client'`;
  return countWhere(psql, connection, `${backendsOf(applicationName)} AND ${busy}`, options);
}

/**
 * Ends the sessions that carry this application name and waits until they are gone.
 *
 * @param connection under another application name, or it would not be asked about itself
 * @returns how many were told to end
 * @throws AppError `queryTimedOut` when some are still there after `timeoutMs`; as `runQuery`
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
  // The table of sessions is read whole before the first one is ended.
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
