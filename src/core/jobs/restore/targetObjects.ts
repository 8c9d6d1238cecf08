import * as z from 'zod/mini';
import type { Toc } from '../../archive/toc/toc';
import { runQuery, type QueryOptions } from '../../catalog/psql';
import type { LibpqConnection } from '../../connections/libpq';
import { QUERY_TIMEOUT_MS } from '../job/jobConnection';
import { entryType, isRelation } from '../../model/entryTypes';
import { comparableSignature } from '../../sql';

const pair = z.tuple([z.string(), z.string()]);
const answer = z.object({
  schemas: z.nullable(z.array(z.string())),
  relations: z.nullable(z.array(pair)),
  types: z.nullable(z.array(pair)),
  functions: z.nullable(z.array(pair)),
});

/**
 * User objects only; `search_path` is empty, so plain names are `pg_catalog`'s, and types are written
 * as in an archive's signatures (`format_function_signature` in pg_dump's source).
 */
const SQL = `
SELECT json_build_object(
  'schemas', (SELECT json_agg(nspname) FROM pg_namespace),
  'relations', (SELECT json_agg(json_build_array(n.nspname, c.relname))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')),
  'types', (SELECT json_agg(json_build_array(n.nspname, t.typname))
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.oid >= 16384 AND t.typelem = 0),
  'functions', (SELECT json_agg(json_build_array(n.nspname, p.proname || '(' ||
      CASE WHEN p.pronargs = 0 AND EXISTS (SELECT FROM pg_aggregate WHERE aggfnoid = p.oid) THEN '*'
      ELSE coalesce((SELECT string_agg(format_type(a.type, NULL), ', ' ORDER BY a.position)
        FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY a (type, position)), '') END || ')'))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid >= 16384))`;

/**
 * Of the entries that only come along because others need them: those whose objects the target does
 * not have yet, and the rows and the like of such objects. Functions are compared with the types of
 * their arguments: there may be several of one name. Objects of other types count as missing
 * (extensions are created `IF NOT EXISTS`).
 * @throws AppError as `runQuery`
 */
export async function findMissing(
  { psql, connection }: { psql: string; connection: LibpqConnection },
  toc: Toc,
  indexes: readonly number[],
  options: Partial<QueryOptions>,
): Promise<Set<number>> {
  const json = await runQuery(psql, connection, SQL, { timeoutMs: QUERY_TIMEOUT_MS, ...options });
  const there = answer.parse(json);
  const key = (schema: string | null, name: string): string => JSON.stringify([schema, name]);
  const keys = (pairs: [string, string][] | null): Set<string> =>
    new Set((pairs ?? []).map(([schema, name]) => key(schema, name)));
  const schemas = new Set(there.schemas);
  const relations = keys(there.relations);
  const types = keys(there.types);
  const functions = keys(
    (there.functions ?? []).map(([schema, name]) => [schema, comparableSignature(name)]),
  );
  return new Set(
    indexes.filter((index) => {
      const desc = toc.desc(index);
      const tag = toc.tag(index);
      const schema = toc.schema(index);
      if (desc === 'SCHEMA') return !schemas.has(tag);
      // Rows of a table, values of a sequence: those of one that is there are its own.
      if (isRelation(desc) || entryType(desc).tag === 'relation')
        return !relations.has(key(schema, tag));
      if (entryType(desc).class === 'type') return !types.has(key(schema, tag));
      // `add_tax(numeric, numeric)`
      if (entryType(desc).class === 'routine') {
        return !functions.has(key(schema, comparableSignature(tag)));
      }
      return true;
    }),
  );
}
