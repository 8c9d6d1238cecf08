import { AppError } from '../../errors';
import type { LibpqConnection } from '../../connections/libpq';
import { kindOf } from '../../pgtools/stderr/problems/errorKinds';
import { runQuery, type QueryOptions } from '../psql';

/** A setting that every server takes when a session begins, and that changes nothing for ours. */
const HARMLESS = '-c geqo=on';

/** What a query answered, and what its session was. */
export interface ToldAnswer {
  json: unknown;
  /** A pooler is between: the session on the server may be another client's next. */
  pooled: boolean;
}

/**
 * Runs a query, and tells whether a pooler is between. Poolers refuse settings at the beginning of a
 * session, because another client may get it next; servers take them. So the query brings a harmless
 * one, and only behind a pooler a second connection is needed. What cannot be found out counts as no.
 *
 * @throws AppError as `runQuery`
 */
export async function queryTellingPooler(
  psql: string,
  connection: LibpqConnection,
  sql: string,
  options: QueryOptions,
): Promise<ToldAnswer> {
  const env = { ...connection.env, PGOPTIONS: HARMLESS };
  try {
    return { json: await runQuery(psql, { ...connection, env }, sql, options), pooled: false };
  } catch (error) {
    const refused =
      AppError.is(error, 'connectFailed') &&
      kindOf({ message: error.details.text })?.kind === 'pooler';
    if (!refused) throw error;
    return { json: await runQuery(psql, connection, sql, options), pooled: true };
  }
}
