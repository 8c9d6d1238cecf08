import type { DatabaseLocale } from '../../model/archive';
import type { LibpqConnection } from '../../connections/libpq';
import { AppError } from '../../errors';
import { quoteIdentifier, quoteLiteral } from '../../sql';
import { runCommand, sqlStateOf, type QueryOptions } from '../psql';

export interface NewDatabase {
  name: string;
  /** PostgreSQL's name of the encoding; undefined = the server's default. */
  encoding?: string | undefined;
  /** The archive's locale; undefined = template0's. */
  locale?: DatabaseLocale | undefined;
  /** From 15 on servers have locale providers; a locale of the C library is then requested as such. */
  serverMajor?: number | undefined;
}

/**
 * Which locale a new database got: `asAsked`, the requested one; `otherProvider`, the same locale from
 * the C library, because the server does not know the provider or its locale; `serverDefault`,
 * template0's, because the server does not know the requested one; `c`, `C`, because no other locale
 * fits the encoding.
 */
export type LocaleOutcome = 'asAsked' | 'otherProvider' | 'serverDefault' | 'c';

/** SQLSTATEs of CREATE DATABASE (PostgreSQL documentation, appendix A). */
const DUPLICATE_DATABASE = '42P04';
const INVALID_CATALOG_NAME = '3D000';
/**
 * Invalid locale name (42809), encoding and locale that do not fit, a provider that the server was
 * built without, or options of a provider that the server does not know.
 */
const LOCALE_REFUSED: ReadonlySet<string | undefined> = new Set([
  ...['42809', '22023', '42704'],
  ...['0A000', '42601'],
]);

/** First version whose CREATE DATABASE has LOCALE_PROVIDER. */
const PROVIDERS_SINCE = 15;

/** CREATE DATABASE copies template0's files and waits for a checkpoint, which a slow disk delays. */
const CREATE_TIMEOUT_MS = 120_000;

/**
 * Creates an empty database from template0, with the encoding and locale of the archive that is
 * going to be restored into it. Where the server does not know the locale (names differ between
 * operating systems), the database gets the server's default locale or `C`, and the result says so.
 *
 * @param connection to another database of the same server
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
  // No locale helped, so the encoding is at fault. The first error describes that best.
  throw first ?? new AppError('internal', { text: 'no attempt was made' });
}

/** The locale clauses of CREATE DATABASE to try, the best first. */
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
 * Drops a database that nobody is connected to. The server waits up to 5 s for sessions to end.
 *
 * @param connection to another database of the same server
 * @throws AppError `databaseMissing`; `queryFailed` (somebody is connected, not the owner); as
 *   `runQuery`
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
