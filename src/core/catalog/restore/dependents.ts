import * as z from 'zod/mini';
import type { LibpqConnection } from '../../connections/libpq';
import type { FileFacts, KeyStatements } from '../../model/findings/preflightFacts';
import { decodeAnswer, runQuery, type QueryOptions } from '../psql';
import { agg, list, pairs, routinesNamed } from './factsSql';
import { bareName } from '../../sql';

/** Most dependents that a pre-flight reads. */
const MOST_SHOWN = 1000;

const keys = z.array(
  z.object({ key: z.nullable(z.object({ drop: z.string(), add: z.string() })) }),
);

/**
 * The foreign keys of other tables that refer to what a restore drops. A key of a partitioned table
 * counts once: those of its partitions go and come with it.
 *
 * @throws AppError as `runQuery`
 */
export async function readKeysOfOthers(
  psql: string,
  connection: LibpqConnection,
  file: FileFacts,
  options: QueryOptions,
): Promise<KeyStatements[]> {
  const sql = `SELECT ${agg(dependentsSql(file))}`;
  const json = await runQuery(psql, connection, sql, options);
  return decodeAnswer(keys, json).flatMap(({ key }) => key ?? []);
}

/**
 * How many objects are in the way of a restore that drops, how many of these are foreign keys, and the
 * first of them. Foreign keys come last: they are what a restore can make again.
 */
export function countedDependentsSql(file: FileFacts): string {
  return `(WITH every AS (${dependentsSql(file)})
    SELECT json_build_object('count', count(*), 'keys', count(*) FILTER (WHERE a->>'key' IS NOT NULL),
      'first', coalesce((SELECT json_agg(a) FROM (SELECT a FROM every
        ORDER BY a->>'key' IS NOT NULL, a LIMIT ${MOST_SHOWN}) s), '[]')) FROM every)`;
}

/** As {@link countedDependentsSql}, where nobody asks. */
export const NO_DEPENDENTS = `json_build_object('count', 0, 'keys', 0, 'first', '[]'::json)`;

/** What a restore drops, as two queries of a WITH: `dropped` relations, and all `objects` by class and OID. */
function droppedSql(file: FileFacts): string {
  const isDropped = ({ alongside }: { alongside?: true }): boolean => alongside !== true;
  const schemas = file.schemas.filter(isDropped);
  const routines = file.routines.filter(isDropped);
  return `dropped AS (
      SELECT c.oid, c.reltype, n.nspname || '.' || c.relname AS name FROM ${pairs(file.relations)} w
      JOIN pg_namespace n ON n.nspname = w.schema
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
    ), objects AS (
      SELECT 'pg_class'::regclass AS class, oid, name FROM dropped
      UNION ALL SELECT 'pg_type'::regclass, reltype, name FROM dropped WHERE reltype <> 0
      UNION ALL SELECT 'pg_type'::regclass, t.oid, n.nspname || '.' || t.typname
        FROM ${pairs(file.types)} w JOIN pg_namespace n ON n.nspname = w.schema
        JOIN pg_type t ON t.typnamespace = n.oid AND t.typname = w.name
      UNION ALL SELECT 'pg_proc'::regclass, r.oid, r.schema || '.' || r.signature
        FROM ${routinesNamed(routines)} r
        JOIN ${pairs(routines)} w ON w.schema = r.schema AND w.name = r.signature
      UNION ALL SELECT 'pg_namespace'::regclass, n.oid, n.nspname
        FROM ${list(schemas)} JOIN pg_namespace n ON n.nspname = asked.name
    )`;
}

/**
 * A SELECT of the objects that depend on a dropped relation, type, routine or schema and are not dropped
 * themselves, each as JSON: because of them, DROP without CASCADE fails. A part of a relation (a column,
 * a rule) is reported as that relation.
 */
function dependentsSql(file: FileFacts): string {
  const routines = file.routines.map(({ schema, name }) => ({ schema, name: bareName(name) }));
  return `WITH ${droppedSql(file)}, found AS (
      SELECT d.classid, d.objid, d.objsubid, o.name, CASE d.classid
        WHEN 'pg_class'::regclass
          THEN coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = d.objid), d.objid)
        WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite WHERE oid = d.objid)
        WHEN 'pg_constraint'::regclass
          THEN (SELECT nullif(conrelid, 0) FROM pg_constraint WHERE oid = d.objid)
        WHEN 'pg_attrdef'::regclass THEN (SELECT adrelid FROM pg_attrdef WHERE oid = d.objid)
        WHEN 'pg_policy'::regclass THEN (SELECT polrelid FROM pg_policy WHERE oid = d.objid)
        WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger WHERE oid = d.objid)
      END AS relation
      FROM objects o JOIN pg_depend d ON d.refclassid = o.class AND d.refobjid = o.oid
      WHERE d.deptype = 'n' AND d.classid <> 'pg_publication_rel'::regclass
        -- What depends on a routine and is no part of a relation (an operator, a cast) may be the file's.
        AND (d.refclassid <> 'pg_proc'::regclass OR d.classid IN ('pg_class'::regclass,
            'pg_rewrite'::regclass, 'pg_attrdef'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass)
          OR EXISTS (SELECT FROM pg_constraint k WHERE d.classid = 'pg_constraint'::regclass
            AND k.oid = d.objid AND k.conrelid <> 0))
        -- Of what is in a dropped schema, the file's other objects are not known.
        AND (d.refclassid <> 'pg_namespace'::regclass OR (d.classid IN ('pg_class'::regclass,
            'pg_type'::regclass, 'pg_proc'::regclass, 'pg_extension'::regclass)
          AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = d.classid
            AND i.objid = d.objid AND i.deptype IN ('a', 'i', 'e'))))
    )
    SELECT DISTINCT json_build_object('object', CASE
      WHEN f.classid = 'pg_rewrite'::regclass
        THEN pg_describe_object('pg_class'::regclass, f.relation, 0)
      ELSE pg_describe_object(f.classid, f.objid, f.objsubid) END, 'on', f.name,
      'relation', CASE WHEN c.oid IS NOT NULL
        THEN json_build_object('schema', n.nspname, 'name', c.relname) END,
      'key', CASE WHEN k.oid IS NOT NULL THEN json_build_object(
        'drop', format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname),
        'add', format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname,
          pg_get_constraintdef(k.oid)) || coalesce(format('; COMMENT ON CONSTRAINT %I ON %I.%I IS %L',
          k.conname, n.nspname, c.relname, obj_description(k.oid, 'pg_constraint')), '')) END)::jsonb AS a
    FROM found f
    LEFT JOIN pg_class c ON c.oid = f.relation
    LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_constraint k ON f.classid = 'pg_constraint'::regclass AND k.oid = f.objid
      AND k.contype = 'f'
    WHERE coalesce(to_jsonb(k)->>'conparentid', '0') = '0' AND (f.relation IS NULL OR f.relation NOT IN (SELECT oid FROM dropped))
      AND NOT (f.classid = 'pg_type'::regclass AND f.objid IN (SELECT oid FROM objects))
      AND NOT (f.classid = 'pg_proc'::regclass AND EXISTS (SELECT FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace
        JOIN ${pairs(routines)} w ON w.schema = n.nspname AND w.name = p.proname
        WHERE p.oid = f.objid))
      AND NOT (f.classid = 'pg_extension'::regclass AND f.objid IN (SELECT e.oid
        FROM pg_extension e JOIN ${list(file.extensions)} ON asked.name = e.extname))`;
}
