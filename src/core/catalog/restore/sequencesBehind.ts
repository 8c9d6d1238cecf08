import * as z from 'zod/mini';
import type { LibpqConnection } from '../../connections/libpq';
import { runQuery, type QueryOptions } from '../psql';

const answer = z.array(z.string());

const BEHIND = `
    WITH owned AS (
      SELECT s.oid, s.relname, n.nspname, t.relname AS table_name, tn.nspname AS table_schema,
        a.attname
      FROM pg_depend d
      JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
      JOIN pg_namespace n ON n.oid = s.relnamespace
      JOIN pg_class t ON t.oid = d.refobjid AND t.relkind IN ('r', 'p')
      JOIN pg_namespace tn ON tn.oid = t.relnamespace
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
        AND d.deptype IN ('a', 'i')
        AND EXISTS (SELECT FROM pg_index i
          WHERE i.indrelid = t.oid AND i.indkey[0] = a.attnum AND i.indisvalid)
    ), maxima AS (
      SELECT o.*, (xpath('/row/m/text()', query_to_xml(format('SELECT max(%I) AS m FROM %I.%I',
        attname, table_schema, table_name), false, true, '')))[1]::text::numeric AS maximum
      FROM owned o
    ), behind AS (
      SELECT m.* FROM maxima m
      JOIN pg_sequences q ON q.schemaname = m.nspname AND q.sequencename = m.relname
      WHERE q.increment_by > 0
        AND m.maximum >= coalesce(q.last_value + q.increment_by, q.start_value)
    )`;

/** Sets the sequences that `readSequencesBehind` finds to the greatest value in their column. */
export const SET_SEQUENCES = `${BEHIND}
    SELECT pg_catalog.setval(oid::regclass, maximum::int8) FROM behind`;

/**
 * Names of sequences whose next value exists in their column already. Only columns that come first in
 * an index are examined, because reading their maximum is cheap.
 *
 * @throws AppError as `runQuery`, e.g. where the user may not read a table
 */
export async function readSequencesBehind(
  psql: string,
  connection: LibpqConnection,
  options: QueryOptions,
): Promise<string[]> {
  const sql = `${BEHIND}
    SELECT coalesce(json_agg(m.nspname || '.' || m.relname ORDER BY m.nspname, m.relname), '[]')
    FROM behind m`;
  return answer.parse(await runQuery(psql, connection, sql, options));
}
