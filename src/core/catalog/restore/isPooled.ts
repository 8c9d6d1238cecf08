import { AppError } from '../../errors';
import type { LibpqConnection } from '../../connections/libpq';
import { kindOf } from '../../pgtools/stderr/problems/errorKinds';
import { runQuery, type QueryOptions } from '../psql';

/** A setting that every server takes when a session begins, and that changes nothing for ours. */
const HARMLESS = '-c geqo=on';

/**
 * Is a pooler between us and the server? Poolers refuse settings at the beginning of a session, as it
 * may be another client's next; servers take them. What cannot be found out counts as no.
 *
 * @throws AppError `cancelled`
 */
export async function isPooled(
  psql: string,
  connection: LibpqConnection,
  options: QueryOptions,
): Promise<boolean> {
  const env = { ...connection.env, PGOPTIONS: HARMLESS };
  try {
    await runQuery(psql, { ...connection, env }, 'SELECT 1', options);
    return false;
  } catch (error) {
    if (AppError.is(error, 'cancelled')) throw error;
    return AppError.is(error, 'connectFailed') && kindOf(error.details.text)?.kind === 'pooler';
  }
}
