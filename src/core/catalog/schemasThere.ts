import * as z from 'zod/mini';
import type { LibpqConnection } from '../connections/libpq';
import { quoteLiteral } from '../sql';
import { runQuery, type QueryOptions } from './psql';

const answer = z.array(z.object({ name: z.string(), empty: z.boolean() }));

/**
 * Of the schema `n`: nothing depends on it, and everything in a schema, extensions included,
 * depends on it.
 */
export const IS_EMPTY_SCHEMA = `NOT EXISTS (SELECT FROM pg_depend d
  WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid)`;

/**
 * Which of these schemas exist in a database, and which of them are empty.
 *
 * @throws AppError as `runQuery`
 */
export async function readSchemasThere(
  psql: string,
  connection: LibpqConnection,
  names: readonly string[],
  options: QueryOptions,
): Promise<z.infer<typeof answer>> {
  const sql = `SELECT coalesce(json_agg(json_build_object('name', n.nspname, 'empty',
      ${IS_EMPTY_SCHEMA})), '[]')
    FROM pg_namespace n WHERE n.nspname IN (${names.map(quoteLiteral).join(', ')})`;
  return answer.parse(await runQuery(psql, connection, sql, options));
}
