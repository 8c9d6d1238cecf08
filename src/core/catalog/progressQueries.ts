import * as z from 'zod';
import type { PsqlSession } from './psqlSession';
import { quoteLiteral } from './sql';

/** A COPY that runs now. */
export interface RunningCopy {
  pid: number;
  /** null while the table cannot be seen: its transaction is not over. */
  schema: string | null;
  table: string | null;
  /** Of COPY's text form, not of the disk. */
  bytes: number;
  rows: number;
}

/** An index that is being built now. */
export interface RunningIndex {
  pid: number;
  /** The table's; the index itself cannot be seen before it is there. */
  schema: string | null;
  table: string | null;
  phase: string;
  blocksDone: number;
  blocksTotal: number;
  rowsDone: number;
  rowsTotal: number;
}

/** What the server says of a job's sessions. */
export interface ServerProgress {
  copies: RunningCopy[];
  indexes: RunningIndex[];
}

const name = z.string().nullable();
const answer = z.object({
  copies: z.array(z.tuple([z.number(), name, name, z.number(), z.number()])).nullable(),
  indexes: z
    .array(
      z.tuple([z.number(), name, name, z.string(), z.number(), z.number(), z.number(), z.number()]),
    )
    .nullable(),
});

/** `pg_stat_progress_copy` came with 14, `pg_stat_progress_create_index` with 12. */
export function tellsProgress(versionNumber: number, what: 'copy' | 'index'): boolean {
  return versionNumber >= (what === 'copy' ? 140_000 : 120_000);
}

/**
 * One query about all sessions with this application name in the session's database. Other users'
 * rows would be empty: the session is the same user's as the tool.
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
  return `SELECT pg_catalog.json_build_object('copies', ${copies}, 'indexes', ${indexes})`;
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
  };
}

/**
 * When the oldest transaction of the sessions with this application name began, by the server's
 * clock: ISO 8601, UTC. That of a pg_dump takes its snapshot right then. null when there is none, or
 * no answer.
 */
export async function readTransactionStart(
  session: PsqlSession,
  applicationName: string,
): Promise<string | null> {
  const sql = `SELECT pg_catalog.to_json(pg_catalog.to_char(
      pg_catalog.timezone('UTC', pg_catalog.min(a.xact_start)), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    FROM pg_catalog.pg_stat_activity a
    WHERE a.application_name = ${quoteLiteral(applicationName)}`;
  const parsed = z.string().safeParse(await session.ask(sql));
  return parsed.success ? parsed.data : null;
}

/** Bytes of all large objects together; null when there is no answer. */
export async function readLargeObjectBytes(session: PsqlSession): Promise<number | null> {
  const parsed = z
    .number()
    .safeParse(
      await session.ask(
        "SELECT pg_catalog.to_json(pg_catalog.pg_table_size('pg_catalog.pg_largeobject'))",
      ),
    );
  return parsed.success ? parsed.data : null;
}
