import { AppError } from '../../errors';
import type { LibpqConnection } from '../../connections/libpq';
import { kindOf } from '../../pgtools/stderr/problems/errorKinds';

/** A setting that every server takes when a session begins, and that changes nothing for ours. */
const HARMLESS = '-c geqo=on';

/** What was answered, and what its session was. */
export interface Told<T> {
  answer: T;
  /** A pooler is between: the session on the server may be another client's next. */
  pooled: boolean;
}

/**
 * Asks a server, and tells whether a pooler is between. Poolers refuse settings at the beginning of a
 * session, because another client may get it next; servers take them. So the question brings a
 * harmless one, and only behind a pooler is it asked again. What cannot be found out counts as no.
 *
 * @throws AppError as `ask`
 */
export async function tellingPooler<T>(
  connection: LibpqConnection,
  ask: (connection: LibpqConnection) => Promise<T>,
): Promise<Told<T>> {
  const env = { ...connection.env, PGOPTIONS: HARMLESS };
  try {
    return { answer: await ask({ ...connection, env }), pooled: false };
  } catch (error) {
    const refused =
      AppError.is(error, 'connectFailed') &&
      kindOf({ message: error.details.text })?.kind === 'pooler';
    if (!refused) throw error;
    return { answer: await ask(connection), pooled: true };
  }
}
