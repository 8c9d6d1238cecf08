import * as z from 'zod/mini';
import type { LibpqConnection } from '../connections/libpq';
import type { ServerInfo } from '../model/catalog';
import type { TargetContents } from '../model/confirmation';
import { decodeAnswer, runQuery, type QueryOptions } from './psql';
import { IS_EMPTY_SCHEMA } from './schemasThere';

const count = z.number();
const answer = z.object({
  database: z.string(),
  host: z.string(),
  port: z.string(),
  tables: count,
  views: count,
  others: count,
  rows: count,
  uncountedTables: count,
});

/** Contents of a database, and its address. */
export interface TargetReading {
  /** Name of the database as the server reports it. */
  database: string;
  /** Host that psql is connected to (a socket directory begins with `/`), and its port. */
  host: string;
  port: string;
  contents: TargetContents;
}

/** Catalogs of objects other than relations, with the column that holds their schema's oid. */
const OTHER_CATALOGS: readonly [catalog: string, schema: string | null][] = [
  ['pg_proc', 'pronamespace'],
  ['pg_type', 'typnamespace'],
  ['pg_operator', 'oprnamespace'],
  ['pg_opclass', 'opcnamespace'],
  ['pg_collation', 'collnamespace'],
  ['pg_conversion', 'connamespace'],
  ['pg_ts_config', 'cfgnamespace'],
  ['pg_ts_dict', 'dictnamespace'],
  ['pg_cast', null],
  ['pg_language', null],
  ['pg_foreign_data_wrapper', null],
  ['pg_foreign_server', null],
  ['pg_event_trigger', null],
];
/** Catalogs that exist since version 10. */
const LATER_CATALOGS: typeof OTHER_CATALOGS = [
  ['pg_statistic_ext', 'stxnamespace'],
  ['pg_publication', null],
];

/**
 * SQL for the number of objects in a database that are no relations. What asks before a restore and
 * what judges it ahead count by this one rule, so that both mean the same by "empty".
 *
 * The system's objects are recognised by their oids: what initdb creates stays below 16384, also after
 * pg_upgrade. Members of extensions are not counted, because pg_dump does not dump them; nor are parts
 * of other objects: row types, array types, sequences of columns, functions of a range type. A schema
 * without anything in it does not count: restores take it as it is. `search_path` is empty, so
 * unqualified names are those of `pg_catalog`. Every role may read these catalogs.
 *
 * @param versionNumber of the server, as `server_version_num`
 */
export function otherObjectsSql(versionNumber: number): string {
  const later = versionNumber >= 100_000;
  const catalogs = later ? [...OTHER_CATALOGS, ...LATER_CATALOGS] : OTHER_CATALOGS;
  // Until 13 only superusers may read `pg_subscription.oid`.
  const subscriptions = later
    ? `+ (SELECT count(*) FROM pg_subscription WHERE subdbid = (
        SELECT oid FROM pg_database WHERE datname = current_database()))`
    : '';
  return `(WITH parts AS (
    SELECT classid, objid FROM pg_depend WHERE deptype IN ('e', 'i')
  ) SELECT (SELECT count(*) FROM pg_largeobject_metadata)
    + (SELECT count(*) FROM pg_namespace n WHERE n.oid >= 16384 AND n.nspname !~ '^pg_'
        AND n.nspname NOT IN ('public', 'information_schema') AND NOT ${isPart('pg_namespace', 'n')}
        AND NOT ${IS_EMPTY_SCHEMA})
    ${subscriptions}
    ${catalogs.map((each) => countOf(...each)).join('\n    ')})`;
}

/**
 * Relations of extensions are not counted. `HOST` and `PORT` are variables of psql.
 *
 * Rows are estimated as the planner does it: rows per page at the last ANALYZE, times the present
 * number of pages; without an ANALYZE, the number of live rows in the statistics. Pages are not
 * counted in tables with an exclusive lock, because counting opens the table. The rows of a
 * partitioned table are those of its partitions.
 */
function contentsSql(versionNumber: number): string {
  return `
WITH locks AS (
  SELECT relation FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL
), relations AS (
  SELECT c.relkind, CASE
    WHEN c.relkind <> 'r' THEN 0
    WHEN c.relpages > 0 AND c.reltuples >= 0
      THEN round(c.reltuples::numeric / c.relpages * coalesce(size.pages, c.relpages))
    WHEN size.pages = 0 THEN 0
    WHEN pg_stat_get_live_tuples(c.oid) > 0 THEN pg_stat_get_live_tuples(c.oid)
  END AS live
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (SELECT CASE
    WHEN c.relkind = 'r' AND c.oid NOT IN (SELECT relation FROM locks)
      THEN pg_relation_size(c.oid) / current_setting('block_size')::int8 END AS pages) size
  WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relpersistence <> 't'
    AND NOT EXISTS (SELECT FROM pg_depend e
      WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
    AND NOT (c.relkind = 'S' AND EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
)
SELECT json_build_object(
  'database', current_database(), 'host', :'HOST', 'port', :'PORT',
  'tables', (SELECT count(*) FROM relations WHERE relkind IN ('r', 'p', 'f')),
  'views', (SELECT count(*) FROM relations WHERE relkind IN ('v', 'm')),
  'rows', (SELECT coalesce(sum(live), 0) FROM relations),
  'uncountedTables', (SELECT count(*) FROM relations WHERE relkind = 'f' OR live IS NULL),
  'others', (SELECT count(*) FROM relations WHERE relkind = 'S')
    + ${otherObjectsSql(versionNumber)})`;
}

function isPart(catalog: string, row = 'o'): string {
  return `EXISTS (SELECT FROM parts p
      WHERE p.classid = '${catalog}'::regclass AND p.objid = ${row}.oid)`;
}

function countOf(catalog: string, schema: string | null): string {
  const ofSystem = `EXISTS (SELECT FROM pg_namespace n WHERE n.oid = o.${schema ?? ''}
      AND (n.nspname ~ '^pg_' OR n.nspname = 'information_schema'))`;
  return `+ (SELECT count(*) FROM ${catalog} o WHERE o.oid >= 16384
      ${schema === null ? '' : `AND NOT ${ofSystem}`} AND NOT ${isPart(catalog)})`;
}

/**
 * Reads what is in the target database of a restore.
 *
 * @param server the server of this connection: catalogs differ between versions
 * @throws AppError as `runQuery`
 */
export async function readTargetContents(
  psql: string,
  connection: LibpqConnection,
  server: Pick<ServerInfo, 'versionNumber'>,
  options: QueryOptions,
): Promise<TargetReading> {
  const sql = contentsSql(server.versionNumber);
  const json = await runQuery(psql, connection, sql, options);
  const { database, host, port, ...contents } = decodeAnswer(answer, json);
  return { database, host, port, contents };
}
