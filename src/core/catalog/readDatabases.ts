import * as z from 'zod/mini';
import type { LibpqConnection } from '../connections/libpq';
import { decodeAnswer, runQuery, type QueryOptions } from './psql';

/** A database that users work with, as opposed to one of the server or of a hoster. */
export interface ServerDatabase {
  name: string;
  /** Size on disk; null where the user may not ask for it. */
  bytes: number | null;
}

/** Databases that hosters keep for themselves beside those of their customers. */
const HOSTERS_OWN = [
  'rdsadmin',
  'azure_maintenance',
  'azure_sys',
  'cloudsqladmin',
  '_dodb',
  'alloydbadmin',
  '_aiven',
];

/** `pg_database_size` needs CONNECT or `pg_read_all_stats`; users of hosters often have neither. */
const SQL = `
SELECT COALESCE(pg_catalog.json_agg(pg_catalog.json_build_object(
    'name', d.datname,
    'bytes', pg_catalog.pg_database_size(d.oid)) ORDER BY d.datname), '[]')
FROM pg_catalog.pg_database d
WHERE d.datallowconn AND NOT d.datistemplate AND d.datconnlimit <> -2
  AND pg_catalog.has_database_privilege(d.oid, 'CONNECT')
  AND d.datname <> ALL ('{${HOSTERS_OWN.join(',')}}'::pg_catalog.name[])`;

const rows = z.array(z.object({ name: z.string(), bytes: z.nullable(z.number()) }));

/**
 * The databases that can be backed up: no templates, none of a hoster's own, and only those that the
 * user may connect to.
 *
 * @throws AppError as `runQuery`
 */
export async function readDatabases(
  psql: string,
  connection: LibpqConnection,
  options: QueryOptions,
): Promise<ServerDatabase[]> {
  return decodeAnswer(rows, await runQuery(psql, connection, SQL, options));
}
