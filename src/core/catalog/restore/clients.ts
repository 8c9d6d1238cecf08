import type { LibpqConnection } from '../../connections/libpq';
import { AppError } from '../../errors';
import { listOf, number, object, text } from '../../shapes';
import { decodeAnswer, runQuery, type QueryOptions } from '../psql';
import { SEEMS_CLIENT } from '../sessions';

/** A session that is connected to a database. */
export interface DatabaseSession {
  pid: number;
  /** Name of the user; '' for a background process of the server. */
  user: string;
  /** `application_name`, or for a background process its type. */
  application: string;
}

/**
 * A client's session in `pg_stat_activity a`. Of the sessions of others, a user who may not read all
 * statistics sees neither type nor state. Those of the server itself have no user; WAL senders and the
 * workers of subscriptions have one, and are known by views that show every user their process ids.
 * The worker of an extension that is a user's own cannot be told from a client then. Since 10.
 */
export const IS_CLIENT = `${SEEMS_CLIENT}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_replication w WHERE w.pid = a.pid)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_subscription w WHERE w.pid = a.pid)`;

/** May the user end the session of `pg_stat_activity a`? A superuser's only superusers may. */
export const MAY_END = `EXISTS (
  SELECT FROM pg_catalog.pg_roles me WHERE me.rolname = current_user AND (me.rolsuper
    OR EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = a.usesysid AND NOT r.rolsuper
      AND (pg_catalog.pg_has_role(r.oid, 'USAGE')
        OR pg_catalog.pg_has_role('pg_signal_backend', 'USAGE')))))`;

/** An error lists at most this many sessions. */
const MOST_NAMED = 5;

/** The first of many sessions, as an error names them. */
export function sessionNames(sessions: readonly DatabaseSession[]): string[] {
  return sessions
    .slice(0, MOST_NAMED)
    .map(({ user, pid, application }) =>
      [`${user || application} (${pid})`, user === '' ? '' : application]
        .filter(Boolean)
        .join(', '),
    );
}

const endedClients = object({
  user: text,
  ended: number,
  kept: listOf(object({ pid: number, user: text, application: text })),
});

/**
 * Ends the clients' sessions of which `condition` is true, as `a` of `pg_stat_activity`: those that the
 * user may end. Another one is not tried: the server would refuse that with an error.
 *
 * @throws AppError `sessionsKept`: those that the user may not end are still there, and named; as
 *   `runQuery`
 */
export async function endClients(
  psql: string,
  connection: LibpqConnection,
  condition: string,
  options: QueryOptions,
): Promise<void> {
  const sql = `SELECT json_build_object('user', current_user,
      'ended', count(*) FILTER (WHERE CASE WHEN b.may_end THEN pg_terminate_backend(b.pid) END),
      'kept', coalesce(json_agg(json_build_object('pid', b.pid, 'user', coalesce(b.usename, ''),
        'application', coalesce(b.application_name, ''))) FILTER (WHERE NOT b.may_end), '[]'))
    FROM (SELECT a.pid, a.usename, a.application_name, ${MAY_END} AS may_end
      FROM pg_catalog.pg_stat_activity a
      WHERE ${IS_CLIENT} AND a.pid <> pg_backend_pid() AND (${condition})
      ORDER BY a.pid OFFSET 0) b`;
  const answer = await runQuery(psql, connection, sql, options);
  const { user, ended, kept } = decodeAnswer(endedClients, answer);
  if (kept.length === 0) return;
  const sessions = sessionNames(kept);
  throw new AppError('sessionsKept', { user, ended, count: kept.length, sessions });
}
