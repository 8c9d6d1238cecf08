import { effectiveTarget } from '../connections/effectiveTarget';
import { buildConnection, type ConnectionInput, type LibpqConnection } from '../connections/libpq';
import type { ConnectionProfile } from '../connections/profile';
import { AppError } from '../errors';
import { runQuery, type QueryOptions } from './psql';

/**
 * A connection to some database other than `notDatabase`, from where databases are created, dropped
 * and backends are ended: the profile's own, else `postgres`, else `template1`.
 *
 * @throws AppError as `runQuery`; databaseMissing when none of the three is there
 */
export async function connectMaintenance(
  psql: string,
  profile: ConnectionProfile,
  input: Omit<ConnectionInput, 'database'>,
  notDatabase: string | undefined,
  options: QueryOptions,
): Promise<LibpqConnection> {
  const own = effectiveTarget(profile).database;
  // Nothing stated: libpq's default may be any name, so only the answer tells which one it is.
  const candidates = [...new Set([own, 'postgres', 'template1'])];
  let missing: AppError | undefined;
  for (const database of candidates) {
    if (database !== undefined && database === notDatabase) continue;
    const connection = buildConnection(profile, { ...input, database });
    try {
      const name = await runQuery(
        psql,
        connection,
        'SELECT pg_catalog.to_json(pg_catalog.current_database()::pg_catalog.text)',
        options,
      );
      if (name !== notDatabase) return connection;
    } catch (error) {
      if (!AppError.is(error, 'databaseMissing')) throw error;
      missing ??= error;
    }
  }
  throw (
    missing ??
    new AppError('databaseMissing', {
      database: 'postgres',
      connection: profile.name ?? profile.id,
    })
  );
}
