import * as z from 'zod/mini';
import type { LibpqConnection } from '../../connections/libpq';
import type { TableRef } from '../../model/options';
import { decodeAnswer, runQuery, type QueryOptions } from '../psql';
import { agg, pairs } from './factsSql';

/** The statements that make room for the rows of a backup, and those that follow the rows. */
const shape = z.object({ first: z.array(z.string()), last: z.array(z.string()) });
export type RowReplacement = z.infer<typeof shape>;

/** What a restore of rows alone loads. */
export interface LoadedRows {
  tables: readonly TableRef[];
  /** Sequences whose values are set. */
  sequences: readonly TableRef[];
}

/**
 * Tables that rows are loaded into, without those of extensions, which have rows of their own. And
 * those that are affected: rows come to a partition by its table, and to a table's partitions by it.
 */
const filled = (tables: readonly TableRef[]): string => `filled AS (
    SELECT c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) AS name
    FROM ${pairs(tables)} w JOIN pg_namespace n ON n.nspname = w.schema
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
    WHERE c.relkind IN ('r', 'p', 'f') AND NOT EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ), above AS (
    SELECT oid FROM filled UNION SELECT i.inhparent FROM above JOIN pg_inherits i ON i.inhrelid = above.oid
    JOIN pg_class p ON p.oid = i.inhparent AND p.relkind = 'p'
  ), below AS (
    SELECT oid, relkind FROM filled UNION SELECT i.inhrelid, c.relkind FROM below
    JOIN pg_inherits i ON i.inhparent = below.oid AND below.relkind = 'p'
    JOIN pg_class c ON c.oid = i.inhrelid
  ), affected AS (SELECT oid FROM above UNION SELECT oid FROM below)`;

/**
 * The foreign keys of these tables, and those of others that refer to them. Of a key that partitions
 * have from their table, the table's: it stands for all of them.
 */
const KEYS = `links AS (
    SELECT k.oid, k.conrelid, k.confrelid, coalesce((to_jsonb(k)->>'conparentid')::oid, 0) AS parent
    FROM pg_constraint k WHERE k.contype = 'f'
  ), climbed AS (
    SELECT oid, parent FROM links
    WHERE conrelid IN (SELECT oid FROM affected) OR confrelid IN (SELECT oid FROM affected)
    UNION SELECT l.oid, l.parent FROM links l JOIN climbed ON l.oid = climbed.parent
  ), keys AS (
    SELECT k.oid, k.conrelid, k.conname, format('%I.%I', n.nspname, c.relname) AS name,
      n.nspname, c.relname
    FROM climbed JOIN pg_constraint k ON k.oid = climbed.oid
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE climbed.parent = 0
  )`;

/**
 * SQL for the tables of the foreign keys that are dropped and added again when the rows of these
 * tables are replaced.
 */
export function keyTablesSql(tables: readonly TableRef[]): string {
  return agg(`WITH RECURSIVE ${filled(tables)}, ${KEYS}
    SELECT DISTINCT jsonb_build_object('schema', nspname, 'name', relname) FROM keys`);
}

/**
 * The statements that replace the rows of tables within the transaction that loads them. First:
 * foreign keys are dropped, triggers that would fire are disabled, sequences get another file (a
 * `setval` is not undone otherwise), and the tables are emptied. Last: triggers and keys are as they
 * were; adding a key checks all rows.
 *
 * @throws AppError as `runQuery`
 */
export async function readRowReplacement(
  psql: string,
  connection: LibpqConnection,
  { tables, sequences }: LoadedRows,
  options: QueryOptions,
): Promise<RowReplacement> {
  const sql = `SELECT json_build_object('first', (${strings('first')}), 'last', (${strings('last')}))
    FROM (WITH RECURSIVE ${filled(tables)}, ${KEYS}, triggers AS (
      SELECT format('%I.%I', n.nspname, c.relname) AS name, t.tgname, t.tgenabled
      FROM pg_trigger t JOIN affected f ON f.oid = t.tgrelid
      JOIN pg_class c ON c.oid = f.oid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
    ), steps (at, part, sql) AS (
      SELECT 1, 'first', format('ALTER TABLE %s DROP CONSTRAINT %I', name, conname) FROM keys
      UNION ALL SELECT 2, 'first', format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', name, tgname)
        FROM triggers
      UNION ALL SELECT 3, 'first', format('ALTER SEQUENCE %I.%I RESTART', n.nspname, c.relname)
        FROM ${pairs(sequences)} w JOIN pg_namespace n ON n.nspname = w.schema
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name AND c.relkind = 'S'
        WHERE pg_has_role(c.relowner, 'USAGE')
      UNION ALL SELECT 4, 'first', 'TRUNCATE ' || string_agg(
          CASE relkind WHEN 'r' THEN 'ONLY ' ELSE '' END || name, ', ' ORDER BY name)
        FROM filled WHERE relkind <> 'f' HAVING count(*) > 0
      UNION ALL SELECT 5, 'first', 'DELETE FROM ' || name FROM filled WHERE relkind = 'f'
      UNION ALL SELECT 6, 'last', format('ALTER TABLE ONLY %s ENABLE %s %I', name,
          CASE tgenabled WHEN 'A' THEN 'ALWAYS TRIGGER' ELSE 'TRIGGER' END, tgname) FROM triggers
      UNION ALL SELECT 7, 'last', format('ALTER TABLE %s ADD CONSTRAINT %I %s', name, conname,
          pg_get_constraintdef(oid)) FROM keys
      UNION ALL SELECT 8, 'last', format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, name,
          obj_description(oid, 'pg_constraint')) FROM keys
        WHERE obj_description(oid, 'pg_constraint') IS NOT NULL
    ) SELECT coalesce(json_agg(json_build_object('part', part, 'sql', sql) ORDER BY at, sql), '[]')
      FROM steps) all_steps (list)`;
  return decodeAnswer(shape, await runQuery(psql, connection, sql, options));
}

function strings(part: keyof RowReplacement): string {
  return `SELECT coalesce(json_agg(e->>'sql' ORDER BY at), '[]')
    FROM json_array_elements(list) WITH ORDINALITY s (e, at) WHERE e->>'part' = '${part}'`;
}
