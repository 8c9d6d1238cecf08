import path from 'node:path';
import { libpqEnv, psqlJson, quoteIdent, quoteLiteral } from './psql';
import { run } from './run';
import type { ServerCoordinates } from './server';

/** What a table, materialized view, sequence or the large objects hold. */
export interface ContentChecksum {
  readonly rows: number;
  /** Does not depend on the order of rows. */
  readonly checksum: string;
}

/**
 * The parts that `compareDatabases` compares; a test leaves out those that its restore left out.
 */
export interface CompareOptions {
  /** Default true. */
  readonly owners?: boolean;
  /** Default true. */
  readonly privileges?: boolean;
  /** Default true. */
  readonly data?: boolean;
  /** Default true. */
  readonly schema?: boolean;
}

interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'r' | 'm' | 'S';
}

const relationsSql = `
  SELECT coalesce(json_agg(json_build_object(
    'schema', n.nspname, 'name', c.relname, 'kind', c.relkind)), '[]')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm', 'S') AND c.relpersistence <> 't' AND c.relispopulated
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema';`;

/** Settings that make the text of values independent of those of the server and the database. */
const settingsSql = `
  SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres';
  SET bytea_output = 'hex'; SET extra_float_digits = 1; SET lc_monetary = 'C';
  SET search_path = ''; SET row_security = off;`;

function checksumSql({ schema, name, kind }: Relation): string {
  const qualified = `${quoteIdent(schema)}.${quoteIdent(name)}`;
  const label = quoteLiteral(qualified);
  if (kind === 'S') {
    return `SELECT ${label}, 1::bigint, concat(last_value, ' ', is_called) FROM ${qualified}`;
  }
  // An alias that no column has, because a column of that name would be read instead of the row.
  const row = '"the whole row"';
  const sum = `coalesce(sum(hashtextextended(${row}::text, 0)::numeric), 0)::text`;
  return `SELECT ${label}, count(*), ${sum} FROM ONLY ${qualified} AS ${row}`;
}

const largeObjectsSql = `
  SELECT 'large objects', count(*),
    coalesce(sum(hashtextextended(oid::text || md5(lo_get(oid)), 0)::numeric), 0)::text
  FROM pg_largeobject_metadata`;

/**
 * Row count and checksum of every table (partitions one by one), materialized view and sequence
 * by its quoted `"schema"."name"`, and of all large objects together as `large objects`.
 */
export async function tableChecksums(
  server: ServerCoordinates,
  database: string,
): Promise<Map<string, ContentChecksum>> {
  const relations = await psqlJson<Relation[]>(server, database, relationsSql);
  const union = [...relations.map(checksumSql), largeObjectsSql].join('\nUNION ALL ');
  const rows = await psqlJson<[string, number, string][]>(
    server,
    database,
    `${settingsSql}
    SELECT json_agg(json_build_array(name, rows, checksum))
    FROM (${union}) AS all_of_them (name, rows, checksum);`,
  );
  return new Map(rows.map(([name, count, checksum]) => [name, { rows: count, checksum }]));
}

/**
 * The schema as the server's own pg_dump writes it, cut into its entries, without what differs by
 * time and version. The tools of another release would write out what this one keeps for itself:
 * pg_dump 18 of a server 17.12 sets `pg_attver` for every column, which is no part of the schema.
 */
async function schemaEntries(
  server: ServerCoordinates,
  database: string,
  options: CompareOptions,
): Promise<string[]> {
  const args = ['--schema-only', '--no-password'];
  if (options.owners === false) args.push('--no-owner');
  if (options.privileges === false) args.push('--no-privileges');
  const env = libpqEnv(server, database);
  const sql = await run(path.join(server.binDir, 'pg_dump'), args, { env });
  return sql
    .split(/^(?=--\n-- Name: )/m)
    .slice(1)
    .map((entry) =>
      entry
        .split('\n')
        .filter(
          (line) =>
            !/^(SET |\\(un)?restrict |-- PostgreSQL database dump complete|--$|$)/.test(line),
        )
        .join('\n'),
    )
    .sort();
}

/** What is in only one of the two lists, as short lines. */
function listDifferences(
  what: string,
  left: readonly string[],
  right: readonly string[],
): string[] {
  const onlyIn = (a: readonly string[], b: readonly string[]): string[] => {
    const known = new Set(b);
    return a.filter((item) => !known.has(item));
  };
  return [
    ...onlyIn(left, right).map((item) => `${what} only in the first: ${item}`),
    ...onlyIn(right, left).map((item) => `${what} only in the second: ${item}`),
  ];
}

/** The compared content of a database: entries of its schema, and lines about its rows. */
export interface DatabaseContent {
  readonly schema: readonly string[];
  readonly data: readonly string[];
}

/** Reads it once, to be compared with several others. */
export async function readContent(
  server: ServerCoordinates,
  database: string,
  options: CompareOptions = {},
): Promise<DatabaseContent> {
  const [schema, sums] = await Promise.all([
    options.schema === false ? [] : schemaEntries(server, database, options),
    options.data === false ? new Map<string, ContentChecksum>() : tableChecksums(server, database),
  ]);
  const data = [...sums].map(
    ([name, sum]) => `${name}: ${sum.rows} rows, checksum ${sum.checksum}`,
  );
  return { schema, data };
}

/** The differences as text, so that `assert.deepEqual(differences(…), [])` tells all of them. */
export function differences(first: DatabaseContent, second: DatabaseContent): string[] {
  return [
    ...listDifferences('schema', first.schema, second.schema),
    ...listDifferences('data', first.data, second.data),
  ];
}

/**
 * Compares two databases: schema by the output of each server's own pg_dump, rows by checksums.
 * Returns the differences as {@link differences} does. Servers of different majors are equal only where
 * their tools write alike, as 17 and 18 do.
 */
export async function compareDatabases(
  first: ServerCoordinates,
  firstDatabase: string,
  second: ServerCoordinates,
  secondDatabase: string,
  options: CompareOptions = {},
): Promise<string[]> {
  const [left, right] = await Promise.all([
    readContent(first, firstDatabase, options),
    readContent(second, secondDatabase, options),
  ]);
  return differences(left, right);
}
