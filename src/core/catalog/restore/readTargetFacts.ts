import { NOT_OURS, SESSIONS_LEFT } from '../sessions';
import { IS_CLIENT } from './clients';
import type { LibpqConnection } from '../../connections/libpq';
import { entryLoop } from '../../cooperativeLoop';
import type { ServerInfo } from '../../model/catalog';
import type { FileFacts, TargetFactsRead } from '../../model/findings/preflightFacts';
import { isDirect, type ConnectionProfile } from '../../model/profile';
import { countedDependentsSql, NO_DEPENDENTS } from './dependents';
import { keyTablesSql } from './replaceRows';
import { FactsRecords } from './factsAnswer';
import { agg, list, pairs, routinesNamed } from './factsSql';
import { largeObjectsSql } from './largeObjectsSql';
import { tellingPooler } from './tellingPooler';
import { dataPathSql, serverFreeBytes } from './freeSpace';
import type { QueryOptions } from '../psql';
import { eachRecord } from '../records';
import { otherObjectsSql } from '../readTargetContents';
import { IS_EMPTY_SCHEMA } from '../schemasThere';
import type { Turns } from '../../turns';

/** What is asked in addition to the facts about every target. */
export interface FactsWanted {
  file: FileFacts;
  /** false = ask about the server only, because the database does not exist yet. */
  database: boolean;
  /** Will the restore drop objects? Then objects that depend on them matter. */
  dependents: boolean;
  /** Will it replace rows? Then tables whose foreign keys are made again matter. */
  replacesRows?: boolean;
}

/** What is known of the server before. */
interface FactsServer {
  server: Pick<ServerInfo, 'versionNumber'>;
  /** How it is reached; absent = not told, and the disk of a server on this machine is not asked. */
  profile?: Pick<ConnectionProfile, 'id' | 'ssh' | 'tools'>;
}

/**
 * Reads what a pre-flight check needs to know about a target, in one read-only query that every role
 * may run. Rows are estimated as in `readTargetContents`.
 *
 * @throws AppError as `runQuery`
 */
export async function readTargetFacts(
  psql: string,
  connection: LibpqConnection,
  { server, profile, ...wanted }: FactsWanted & FactsServer,
  options: QueryOptions,
): Promise<TargetFactsRead> {
  const major = Math.floor(server.versionNumber / 10_000);
  const sql = await factsSql(major, wanted, entryLoop(options.signal));
  const { answer, pooled } = await tellingPooler(connection, async (to) => {
    const records = new FactsRecords();
    await eachRecord(psql, to, sql, { ...options, take: (json) => records.add(json) });
    return records.facts();
  });
  const { server: facts, database } = answer;
  // A pooler may be on another machine than this one, and next to the server.
  const folder = profile !== undefined && isDirect(profile) && !pooled ? facts.dataPath : null;
  const freeBytes = folder === null ? null : await serverFreeBytes(folder);
  return { server: { ...facts, pooled, freeBytes }, database };
}

/** The query, in turns: each part may name tens of thousands of objects. */
export async function factsSql(major: number, wanted: FactsWanted, turns: Turns): Promise<string> {
  const server = serverSql(major, wanted);
  await turns.pause();
  if (!wanted.database) return `SELECT json_build_object('server', ${server}, 'database', NULL)`;
  const database = databaseSql(major, wanted);
  await turns.pause();
  const relations = relationsSql(major, wanted.file);
  await turns.pause();
  return `SELECT json_build_object('server', ${server}, 'database', ${database})
    UNION ALL ${relations}`;
}

function serverSql(major: number, { file, database }: FactsWanted): string {
  const roles = list([...file.owners, ...file.grantees, ...file.policyRoles]);
  // Since 16 the right to SET ROLE is separate from inheriting privileges.
  const may = major >= 16 ? 'SET' : 'MEMBER';
  const extensions =
    file.extensions.length === 0
      ? `'[]'::json`
      : agg(`SELECT json_build_object('name', v.name, 'trusted',
          bool_or(NOT v.superuser OR coalesce((to_jsonb(v)->>'trusted')::bool, false))
        , 'version', coalesce(max(e.default_version), ''))
        FROM pg_available_extension_versions v JOIN pg_available_extensions e ON e.name = v.name
        JOIN ${list(file.extensions)} ON asked.name = v.name GROUP BY v.name`);
  return `json_build_object(
    'major', ${major}, 'user', current_user,
    'isSuperuser', current_setting('is_superuser') = 'on',
    'readOnly', CASE WHEN pg_is_in_recovery() THEN 'standby'
      WHEN current_setting('default_transaction_read_only') = 'on' THEN 'setting' END,
    'mayCreateDatabase', (SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user),
    'roles', ${agg(`SELECT r.rolname FROM pg_roles r JOIN ${roles} ON asked.name = r.rolname`)},
    'foreignRoles', ${agg(`SELECT r.rolname FROM pg_roles r JOIN ${roles} ON asked.name = r.rolname
      WHERE NOT pg_has_role(r.oid, '${may}')`)},
    'tablespaces', ${agg(`SELECT t.spcname FROM pg_tablespace t
      JOIN ${list(file.tablespaces)} ON asked.name = t.spcname`)},
    'collations', ${
      file.collations.length === 0
        ? `'[]'::json`
        : agg(`SELECT DISTINCT c.collname FROM pg_collation c
            JOIN ${list(file.collations)} ON asked.name = c.collname
            WHERE c.collnamespace = 'pg_catalog'::regnamespace`)
    },
    'lockable', current_setting('max_locks_per_transaction')::int8
      * (current_setting('max_connections')::int8
        + current_setting('max_prepared_transactions')::int8),
    'freeConnections', ${SESSIONS_LEFT},
    'dataPath', ${major >= 10 ? dataPathSql(database) : 'NULL'},
    'extensions', ${extensions})`;
}

const NOT_SYSTEM = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

function databaseSql(major: number, { file, dependents, replacesRows }: FactsWanted): string {
  return `json_build_object(
    'database', current_database(), 'encoding', current_setting('server_encoding'),
    'owned', (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database
      WHERE datname = current_database()),
    'mayCreate', has_database_privilege(current_database(), 'CREATE'),
    'schemas', ${agg(`SELECT json_build_object('name', n.nspname,
      'mayCreate', has_schema_privilege(n.oid, 'CREATE'), 'empty', ${IS_EMPTY_SCHEMA})
      FROM pg_namespace n
      WHERE ${NOT_SYSTEM} OR n.nspname = 'pg_catalog'`)},
    'otherObjects', ${otherObjectsSql(major * 10_000)},
    'routines', ${agg(`SELECT schema || '.' || signature FROM ${routinesNamed(file.routines)} r`)},
    'types', ${agg(`SELECT n.nspname || '.' || t.typname FROM pg_type t
      JOIN pg_namespace n ON n.oid = t.typnamespace
      JOIN ${pairs(file.types)} asked ON asked.schema = n.nspname AND asked.name = t.typname`)},
    'installed', ${agg(`SELECT json_build_object('name', e.extname, 'schema', n.nspname,
        'version', e.extversion)
      FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace`)},
    'staleCollations', ${staleCollationsSql(major)},
    'languages', ${agg('SELECT lanname FROM pg_language')},
    'accessMethods', ${agg('SELECT amname FROM pg_am')},
    'foreignServers', ${agg('SELECT srvname FROM pg_foreign_server')},
    'published', ${publishedSql(file)},
    'sessions', ${agg(`SELECT json_build_object('pid', pid, 'user', coalesce(usename, ''),
        'application', coalesce(application_name, ''), 'state', coalesce(state, ''),
        'seconds', greatest(0, floor(extract(epoch FROM now() - coalesce(state_change, now())))))
      FROM pg_stat_activity a WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND ${IS_CLIENT} AND ${NOT_OURS} ORDER BY state_change LIMIT 1000`)},
    'preparedTransactions', ${agg(`SELECT gid FROM pg_prepared_xacts
      WHERE database = current_database()`)},
    'logicalSlots', ${agg(`SELECT slot_name FROM pg_replication_slots
      WHERE database = current_database()`)},
    'subscriptions', ${agg(`SELECT s.subname FROM pg_subscription s
      JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()`)},
    'eventTriggers', ${agg(`SELECT evtname FROM pg_event_trigger t WHERE evtenabled <> 'D'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_event_trigger'::regclass
        AND d.objid = t.oid AND d.deptype = 'e')`)},
    'dependents', ${dependents ? countedDependentsSql(file) : NO_DEPENDENTS},
    'keyTables', ${replacesRows === true ? keyTablesSql(file.rows) : `'[]'::json`},
    'largeObjects', ${largeObjectsSql(file, dependents)})`;
}

/**
 * Collations whose version is not that of the system's library any more: of those that the database
 * made, and those of columns. Asking the library for each of the hundreds that there are takes long.
 */
function staleCollationsSql(major: number): string {
  const own =
    major >= 15
      ? `UNION ALL SELECT '' FROM pg_database WHERE datname = current_database()
          AND datcollversion <> pg_database_collation_actual_version(oid)`
      : '';
  return agg(`SELECT format('%I.%I', n.nspname, c.collname) FROM pg_collation c
      JOIN pg_namespace n ON n.oid = c.collnamespace
      WHERE c.collversion IS NOT NULL AND (c.oid >= 16384 OR c.oid IN (
        SELECT attcollation FROM pg_attribute WHERE attrelid >= 16384 AND attcollation > 100))
        AND c.collversion <> pg_collation_actual_version(c.oid) ${own}`);
}

/**
 * A SELECT of a record for each relation. The size of a relation is asked only where rows have changed since the last ANALYZE: the server opens
 * the relation for it, which takes most of the time where there are thousands.
 *
 * Looks names up in a list with `IN`, for which the server builds a hash. A join with the list would
 * scan the list for each row, because the planner does not know how long it is.
 */
function relationsSql(major: number, file: FileFacts): string {
  const generated = major >= 12 ? `a.attgenerated <> ''` : 'false';
  const wanted = pairs(file.rows);
  return `(WITH locks AS (
      SELECT relation FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL
    ), wanted AS ${wanted}, uniques AS (
      SELECT indrelid FROM pg_index WHERE indisunique
    ), members AS (
      SELECT objid FROM pg_depend WHERE classid = 'pg_class'::regclass AND deptype = 'e'
    )
    SELECT json_build_array(n.nspname, c.relname, c.relkind, CASE WHEN c.relkind NOT IN ('r', 'm') THEN 0
        WHEN size.counted THEN c.reltuples
        WHEN c.relpages > 0 AND c.reltuples >= 0
          THEN round(c.reltuples::numeric / c.relpages * coalesce(size.pages, c.relpages))
        WHEN size.pages = 0 THEN 0
        WHEN pg_stat_get_live_tuples(c.oid) > 0 THEN pg_stat_get_live_tuples(c.oid) END,
      c.oid IN (SELECT indrelid FROM uniques), pg_has_role(c.relowner, 'USAGE'),
      has_any_column_privilege(c.oid, 'INSERT'),
      c.relkind IN ('r', 'p') AND row_security_active(c.oid),
      CASE WHEN (n.nspname::text, c.relname::text) IN (SELECT schema, name FROM wanted)
        THEN (SELECT json_agg(json_build_array(a.attname, ${generated},
            a.attnotnull AND NOT a.atthasdef AND a.attidentity = '') ORDER BY a.attnum)
          FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (SELECT c.relkind IN ('r', 'm') AND c.reltuples >= 0
      AND pg_stat_get_mod_since_analyze(c.oid) = 0
      AND coalesce(pg_stat_get_last_analyze_time(c.oid),
        pg_stat_get_last_autoanalyze_time(c.oid)) IS NOT NULL AS counted) analysed
    CROSS JOIN LATERAL (SELECT analysed.counted, CASE
      WHEN NOT analysed.counted AND c.relkind IN ('r', 'm')
        AND c.oid NOT IN (SELECT relation FROM locks)
        THEN pg_relation_size(c.oid) / current_setting('block_size')::int8 END AS pages) size
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ${NOT_SYSTEM}
      AND c.relpersistence <> 't' AND c.oid NOT IN (SELECT objid FROM members))`;
}

/** Tables of extensions too, which are not among the relations. */
function publishedSql({ published }: FileFacts): string {
  const tables = published.flatMap(({ schema, name }) => (name === null ? [] : { schema, name }));
  if (tables.length === 0) return `'[]'::json`;
  return agg(`SELECT n.nspname || '.' || c.relname FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE (n.nspname::text, c.relname::text) IN (SELECT schema, name FROM ${pairs(tables)} asked)`);
}
