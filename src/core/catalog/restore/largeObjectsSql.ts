import { MAX_NAMED } from '../../model/findings/findings';
import type { FileFacts } from '../../model/findings/preflightFacts';
import { agg } from './factsSql';

const NONE = `json_build_object('count', 0, 'oids', '[]'::json, 'notOwned', '[]'::json,
  'absent', '[]'::json)`;

/**
 * SQL for the large objects of a target that have the OIDs of the file's, or for all where the file
 * does not tell its OIDs. Every role may read the catalog. The server compares OIDs by a hash, so that
 * hundreds of thousands take about a second.
 *
 * @param dropped will they be dropped first? Then those that are not there matter
 */
export function largeObjectsSql(
  { largeObjects, largeObjectIds: runs }: FileFacts,
  dropped: boolean,
): string {
  if (largeObjects === 0) return NONE;
  const asked =
    runs === null
      ? ''
      : `WITH asked AS (SELECT oid FROM unnest(${array(runs, 0)}, ${array(runs, 1)}) run (a, b)
          CROSS JOIN LATERAL generate_series(run.a, run.b) oid)`;
  const there = `SELECT m.oid::int8 AS oid, pg_has_role(m.lomowner, 'USAGE') AS owned
    FROM pg_largeobject_metadata m
    ${runs === null ? '' : 'WHERE m.oid::int8 IN (SELECT oid FROM asked)'}`;
  const absent =
    runs === null || !dropped
      ? `'[]'::json`
      : agg(`SELECT oid FROM asked WHERE NOT EXISTS (
          SELECT FROM pg_largeobject_metadata m WHERE m.oid::int8 = asked.oid) LIMIT ${MAX_NAMED}`);
  return `(${asked === '' ? 'WITH' : `${asked},`} there AS (${there})
    SELECT json_build_object('count', (SELECT count(*) FROM there),
      'oids', ${agg(`SELECT oid FROM there ORDER BY oid LIMIT ${MAX_NAMED}`)},
      'notOwned', ${agg(`SELECT oid FROM there WHERE NOT owned ORDER BY oid LIMIT ${MAX_NAMED}`)},
      'absent', ${absent}))`;
}

function array(runs: readonly (readonly [number, number])[], end: 0 | 1): string {
  return `'{${runs.map((run) => run[end]).join(',')}}'::int8[]`;
}
