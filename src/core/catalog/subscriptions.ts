import * as z from 'zod/mini';
import type { LibpqConnection } from '../connections/libpq';
import { quoteIdentifier } from '../sql';
import { runCommand, runQuery, type QueryOptions } from './psql';

/**
 * Drops the subscriptions of a database, because they would prevent dropping the database. Their
 * replication slots on the publisher are left alone: another subscription may use such a slot, and
 * dropping it would lose the changes that wait in it.
 *
 * @param connection to the database itself
 * @throws AppError as `runQuery` and `runCommand`
 */
export async function dropSubscriptions(
  psql: string,
  connection: LibpqConnection,
  options: QueryOptions,
): Promise<void> {
  const sql = `SELECT coalesce(json_agg(s.subname), '[]') FROM pg_subscription s
    JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()`;
  const names = z.array(z.string()).parse(await runQuery(psql, connection, sql, options));
  for (const name of names) {
    const subscription = quoteIdentifier(name);
    for (const change of [
      `ALTER SUBSCRIPTION ${subscription} DISABLE`,
      `ALTER SUBSCRIPTION ${subscription} SET (slot_name = NONE)`,
      `DROP SUBSCRIPTION ${subscription}`,
    ]) {
      await runCommand(psql, connection, change, options);
    }
  }
}
