import * as z from 'zod/mini';
import type { LibpqConnection } from '../../connections/libpq';
import type { TableRef } from '../../model/options';
import { tableKey, type CountedRows } from '../../preflight/countedRows';
import { decodeAnswer, runQuery, type QueryOptions } from '../psql';
import { agg, pairs } from './factsSql';

const answer = z.array(
  z.object({ schema: z.string(), name: z.string(), rows: z.nullable(z.number()) }),
);

/**
 * Counts the rows of tables and materialized views, all as of one moment, by one read-only query.
 * What is not there is not in the answer. Without a number is what the user may not read whole
 * (privileges, row security), and what another session holds.
 *
 * The statements for the tables are made on the server: where they stood in the query, one table
 * without the right to read it would fail all.
 *
 * @param options `timeoutMs` is also the limit of the server
 * @throws AppError as `runQuery`
 */
export async function countRows(
  psql: string,
  connection: LibpqConnection,
  tables: readonly TableRef[],
  options: QueryOptions,
): Promise<CountedRows> {
  if (tables.length === 0) return new Map();
  const sql = `SELECT ${agg(`SELECT json_build_object('schema', n.nspname, 'name', c.relname,
      'rows', CASE WHEN has_schema_privilege(n.oid, 'USAGE')
          AND has_any_column_privilege(c.oid, 'SELECT')
          AND NOT (c.relkind = 'r' AND row_security_active(c.oid))
          AND (c.relkind = 'r' OR c.relispopulated)
          AND c.oid NOT IN (SELECT relation FROM pg_locks
            WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL)
        THEN substring(query_to_xml(
          format('SELECT count(*) AS rows FROM ONLY %I.%I', n.nspname, c.relname),
          false, true, '')::text FROM '<rows>([0-9]+)</rows>')::int8 END)
    FROM ${pairs(tables)} asked
    JOIN pg_namespace n ON n.nspname = asked.schema
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = asked.name
    WHERE c.relkind IN ('r', 'm')`)}`;
  const counted = decodeAnswer(answer, await runQuery(psql, connection, sql, options));
  return new Map(counted.map((each) => [tableKey(each), each.rows]));
}
