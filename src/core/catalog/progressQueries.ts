import type { PsqlSession } from './psqlSession';
import { listOf, number, object, orNull, text, tuple, type Read } from '../shapes';
import { quoteLiteral } from '../sql';
import type { LockWait } from '../model/catalog';

/** A COPY that is running. */
export interface RunningCopy {
  pid: number;
  /** null while no other session can see the table: the transaction that created it is open. */
  schema: string | null;
  table: string | null;
  /** Bytes in COPY's text format, not on disk. */
  bytes: number;
  rows: number;
}

/** An index that is being built. */
export interface RunningIndex {
  pid: number;
  /** Schema of the table; the index itself cannot be seen before it is complete. */
  schema: string | null;
  table: string | null;
  phase: string;
  blocksDone: number;
  blocksTotal: number;
  rowsDone: number;
  rowsTotal: number;
}

/** A session that waits for a lock that other sessions hold, or requested earlier. */
export interface WaitingSession {
  wait: LockWait;
  /** How long its statement has been running. */
  milliseconds: number;
}

/** The server's report about a job's sessions. */
export interface ServerProgress {
  copies: RunningCopy[];
  indexes: RunningIndex[];
  /** Longest wait first. Sessions that only wait for sessions of the same job are left out. */
  waits: WaitingSession[];
  /** Number of sessions that are active and do not wait for a lock. */
  working: number;
}

const name = orNull(text);
const answer = object({
  copies: orNull(listOf(tuple(number, name, name, number, number))),
  indexes: orNull(listOf(tuple(number, name, name, text, number, number, number, number))),
  waits: orNull(
    listOf(tuple(number, orNull(tuple(text, text)), orNull(listOf(tuple(number, name, name))))),
  ),
  working: orNull(number),
});

const SINCE = { locks: 90_600, index: 120_000, copy: 140_000 } as const;

/**
 * Can a server of this version be asked for this? `pg_stat_progress_copy` exists since 14,
 * `pg_stat_progress_create_index` since 12, and `pg_blocking_pids` since 9.6.
 */
export function tellsProgress(versionNumber: number, what: keyof typeof SINCE): boolean {
  return versionNumber >= SINCE[what];
}

/**
 * Sessions that wait for locks: how long their statement has been running, the locked relation, and
 * the blockers (process id 0 is a prepared transaction). `pg_locks` is read only while a session
 * waits.
 */
function waitsSql(): string {
  return `(SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
      pg_catalog.round((pg_catalog.date_part('epoch',
        pg_catalog.clock_timestamp() - w.query_start) * 1000)::pg_catalog.numeric),
      (SELECT pg_catalog.json_build_array(n.nspname, c.relname)
        FROM pg_catalog.pg_locks l
        JOIN pg_catalog.pg_class c ON c.oid = l.relation
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE l.pid = w.pid AND NOT l.granted AND l.database = (SELECT d.oid
          FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
        LIMIT 1),
      (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(x.pid, b.application_name, b.usename))
        FROM (SELECT DISTINCT pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS pid) x
        LEFT JOIN pg_catalog.pg_stat_activity b ON b.pid = x.pid)) ORDER BY w.query_start)
    FROM sessions w
    WHERE w.wait_event_type = 'Lock' AND w.query_start IS NOT NULL)`;
}

/**
 * One query about all sessions with this application name in the current database. The session must
 * belong to the tool's user: rows of other users' sessions would be empty.
 */
function progressSql(versionNumber: number, applicationName: string): string {
  const ofJob = (view: string): string => `pg_catalog.${view} p
    LEFT JOIN pg_catalog.pg_class c ON c.oid = p.relid
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE p.datid = (SELECT d.oid FROM pg_catalog.pg_database d
        WHERE d.datname = pg_catalog.current_database())
      AND p.relid IS NOT NULL
      AND p.pid IN (SELECT a.pid FROM pg_catalog.pg_stat_activity a
        WHERE a.application_name = ${quoteLiteral(applicationName)})`;
  const copies = tellsProgress(versionNumber, 'copy')
    ? `(SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
        p.pid, n.nspname, c.relname, p.bytes_processed, p.tuples_processed))
      FROM ${ofJob('pg_stat_progress_copy')})`
    : 'NULL';
  const indexes = tellsProgress(versionNumber, 'index')
    ? `(SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
        p.pid, n.nspname, c.relname, p.phase, p.blocks_done, p.blocks_total,
        p.tuples_done, p.tuples_total))
      FROM ${ofJob('pg_stat_progress_create_index')} AND p.phase IS NOT NULL)`
    : 'NULL';
  const locks = tellsProgress(versionNumber, 'locks');
  // Read once: a session that gets its lock meanwhile would count as waiting and as working.
  const sessions = locks
    ? `WITH sessions AS (SELECT a.pid, a.query_start, a.wait_event_type
        FROM pg_catalog.pg_stat_activity a
        WHERE a.application_name = ${quoteLiteral(applicationName)} AND a.state = 'active') `
    : '';
  const waits = locks ? waitsSql() : 'NULL';
  const working = locks
    ? `(SELECT pg_catalog.count(*) FROM sessions w
      WHERE w.wait_event_type IS DISTINCT FROM 'Lock')`
    : 'NULL';
  return `${sessions}SELECT pg_catalog.json_build_object('copies', ${copies}, 'indexes', ${indexes},
    'waits', ${waits}, 'working', ${working})`;
}

/** Asks once; null when there is no answer. */
export async function readServerProgress(
  session: PsqlSession,
  versionNumber: number,
  applicationName: string,
): Promise<ServerProgress | null> {
  const parsed = answer.safeParse(await session.ask(progressSql(versionNumber, applicationName)));
  if (!parsed.success) return null;
  return {
    copies: (parsed.data.copies ?? []).map(([pid, schema, table, bytes, rows]) => ({
      pid,
      schema,
      table,
      bytes,
      rows,
    })),
    indexes: (parsed.data.indexes ?? []).map(([pid, schema, table, phase, ...numbers]) => {
      const [blocksDone, blocksTotal, rowsDone, rowsTotal] = numbers;
      return { pid, schema, table, phase, blocksDone, blocksTotal, rowsDone, rowsTotal };
    }),
    waits: (parsed.data.waits ?? []).flatMap(([milliseconds, relation, who]) => {
      const blockers = (who ?? [])
        .map(([pid, application, user]) => ({ pid, application: application ?? '', user }))
        // Workers of one job wait for each other now and then: no other session is to blame for that.
        .filter(({ application }) => application !== applicationName);
      if (blockers.length === 0) return [];
      return [{ wait: { object: relation?.join('.') ?? null, blockers }, milliseconds }];
    }),
    working: parsed.data.working ?? 0,
  };
}

/**
 * Start of the oldest transaction among the sessions with this application name, by the server's
 * clock (ISO 8601, UTC). pg_dump takes its snapshot at that time. null when there is no transaction,
 * or no answer.
 */
export async function readTransactionStart(
  session: Pick<PsqlSession, 'ask'>,
  applicationName: string,
): Promise<string | null> {
  const sql = `SELECT pg_catalog.to_json(pg_catalog.to_char(
      pg_catalog.timezone('UTC', pg_catalog.min(a.xact_start)), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    FROM pg_catalog.pg_stat_activity a
    WHERE a.application_name = ${quoteLiteral(applicationName)}
      AND a.pid <> pg_catalog.pg_backend_pid()`;
  const parsed = text.safeParse(await session.ask(sql));
  return parsed.success ? parsed.data : null;
}

const objectSizes = object({ largeObjectBytes: number, plainObjectBytes: number });

/**
 * Total size of all large objects in bytes, on the disk and, about, as they are read: the server keeps
 * them in rows of 2 kB, which it compresses. null when there is no answer; 0 where the rows were never
 * counted.
 */
export async function readLargeObjectSizes(
  session: PsqlSession,
): Promise<Read<typeof objectSizes> | null> {
  const parsed = objectSizes.safeParse(
    await session.ask(
      `SELECT pg_catalog.json_build_object(
         'largeObjectBytes', pg_catalog.pg_table_size(oid),
         'plainObjectBytes', 2048 * greatest(reltuples, 0)::int8)
       FROM pg_catalog.pg_class WHERE oid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass`,
    ),
  );
  return parsed.success ? parsed.data : null;
}
