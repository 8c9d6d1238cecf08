import * as z from 'zod/mini';
import type { LibpqConnection } from '../../connections/libpq';
import { dropDatabase } from './databases';
import { runCommand, runQuery, type QueryOptions } from '../psql';
import { quoteLiteral } from '../../sql';

/**
 * Beginning of a scratch database's comment, followed by the server's time. Together with its name it
 * identifies a scratch database.
 */
const MARK = 'pgbackup scratch database of ';
const SCRATCH_NAME = '^pgbackup_verify_[0-9a-f]{12}$';
/** After this time without a connection, no trial restore uses a scratch database any more. */
const ABANDONED_AFTER = '1 day';

/**
 * Writes the creation time into a scratch database's comment, so that a later verification can
 * recognise and drop the database if this process dies.
 *
 * @param connection to another database of the same server
 * @throws AppError as `runCommand`
 */
export async function markScratchDatabase(
  psql: string,
  connection: LibpqConnection,
  name: string,
  options: QueryOptions,
): Promise<void> {
  const sql = `DO LANGUAGE plpgsql $do$ BEGIN
    EXECUTE pg_catalog.format('COMMENT ON DATABASE %I IS %L', ${quoteLiteral(name)},
      ${quoteLiteral(MARK)} || pg_catalog.to_char(
        pg_catalog.timezone('UTC', pg_catalog.now()), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
  END $do$`;
  await runCommand(psql, connection, sql, options);
}

/**
 * Drops scratch databases that killed verifications left: those with the right name and comment, owned
 * by this role, older than a day, and without connections. Returns their names. A database that
 * cannot be dropped stays.
 *
 * @throws AppError as `runQuery`
 */
export async function dropAbandonedScratch(
  psql: string,
  connection: LibpqConnection,
  options: QueryOptions,
): Promise<string[]> {
  // Anybody can write a comment, so it is cast to a time only if it has the form of one.
  const sql = `SELECT coalesce(json_agg(datname), '[]') FROM (
    SELECT d.datname, substr(shobj_description(d.oid, 'pg_database'), ${MARK.length + 1}) AS made
    FROM pg_database d
    WHERE d.datname ~ ${quoteLiteral(SCRATCH_NAME)}
      AND pg_get_userbyid(d.datdba) = current_user
      AND shobj_description(d.oid, 'pg_database') LIKE ${quoteLiteral(`${MARK}%`)}
      AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)) scratch
    WHERE CASE WHEN made ~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$'
      THEN made::timestamptz < now() - interval '${ABANDONED_AFTER}' END`;
  const names = z.array(z.string()).safeParse(await runQuery(psql, connection, sql, options));
  const dropped: string[] = [];
  for (const name of names.data ?? []) {
    const gone = await dropDatabase(psql, connection, name, options).then(
      () => true,
      () => false,
    );
    if (gone) dropped.push(name);
  }
  return dropped;
}
