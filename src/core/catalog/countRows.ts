import * as z from 'zod/mini';
import type { LibpqConnection } from '../connections/libpq';
import { AppError } from '../errors';
import { decodeAnswer, runQuery, type QueryOptions } from './psql';
import { quoteQualified } from '../sql';

/** The rows of one table. */
export interface TableRowCount {
  schema: string;
  name: string;
  /** Rows of the table itself, without those of its children; null = they could not be counted. */
  rows: number | null;
}

export interface RowCounts {
  tables: TableRowCount[];
  largeObjects: number;
}

export interface CountOptions extends QueryOptions {
  /** Called with the number of counted tables, their total, and the share of bytes (0 to 1). */
  onProgress?: ((counted: number, total: number, share: number) => void) | undefined;
}

/** Limits of one query: this many tables, and no further table once these bytes are reached. */
const AT_ONCE = 100;
const BYTES_AT_ONCE = 128 << 20;

/** `search_path` is empty, so plain names are `pg_catalog`'s. */
const TABLES_SQL = `
SELECT json_build_object(
  'tables', coalesce((SELECT json_agg(json_build_array(n.nspname, c.relname,
      coalesce(pg_relation_size(c.oid), 0)) ORDER BY c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't'
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'), '[]'),
  'largeObjects', (SELECT count(*) FROM pg_largeobject_metadata))`;

const tablesAnswer = z.object({
  tables: z.array(z.tuple([z.string(), z.string(), z.number()])),
  largeObjects: z.number(),
});
const countsAnswer = z.array(z.tuple([z.number(), z.number()]));

/**
 * Counts the rows of every ordinary table of a database, one table after the other. A table that
 * cannot be counted (forced row-level security) gets null.
 *
 * @param options `timeoutMs` applies to each query
 * @throws AppError as `runQuery`
 */
export async function countRows(
  psql: string,
  connection: LibpqConnection,
  options: CountOptions,
): Promise<RowCounts> {
  const json = await runQuery(psql, connection, TABLES_SQL, options);
  const { tables: names, largeObjects } = decodeAnswer(tablesAnswer, json);
  const tables: TableRowCount[] = [];
  const all = names.reduce((sum, [, , bytes]) => sum + bytes, 0);
  let done = 0;
  while (tables.length < names.length) {
    const some: (typeof names)[number][] = [];
    let bytes = 0;
    for (const table of names.slice(tables.length, tables.length + AT_ONCE)) {
      if (bytes >= BYTES_AT_ONCE) break;
      some.push(table);
      bytes += table[2];
    }
    const counts = await countSome(psql, connection, some, options).catch(async (e: unknown) => {
      if (!AppError.is(e, 'queryFailed')) throw e;
      return oneByOne(psql, connection, some, options);
    });
    for (const [k, [schema, name]] of some.entries()) {
      tables.push({ schema, name, rows: counts.get(k) ?? null });
    }
    done += bytes;
    options.onProgress?.(tables.length, names.length, all > 0 ? done / all : 1);
  }
  return { tables, largeObjects };
}

/** Schema, name and size in bytes. */
type NamedTable = readonly [string, string, number];

async function countSome(
  psql: string,
  connection: LibpqConnection,
  tables: readonly NamedTable[],
  options: QueryOptions,
): Promise<Map<number, number>> {
  const each = tables.map(
    ([schema, name], i) =>
      `SELECT json_build_array(${i}, count(*)) AS pair
       FROM ONLY ${quoteQualified({ schema, name })}`,
  );
  const sql = `SELECT coalesce(json_agg(pair), '[]') FROM (${each.join(' UNION ALL ')}) counts
    -- Better an error than a part of the rows.
    WHERE set_config('row_security', 'off', true) IS NOT NULL`;
  return new Map(decodeAnswer(countsAnswer, await runQuery(psql, connection, sql, options)));
}

async function oneByOne(
  psql: string,
  connection: LibpqConnection,
  tables: readonly NamedTable[],
  options: QueryOptions,
): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for (const [i, table] of tables.entries()) {
    try {
      const own = await countSome(psql, connection, [table], options);
      const rows = own.get(0);
      if (rows !== undefined) counts.set(i, rows);
    } catch (error) {
      if (!AppError.is(error, 'queryFailed')) throw error;
    }
  }
  return counts;
}
