import * as z from 'zod/mini';
import type { LibpqConnection } from '../../connections/libpq';
import { AppError } from '../../errors';
import type { DatabaseSwap } from '../../model/ways/databaseSwap';
import { quoteLiteral } from '../../sql';
import { runQuery, type QueryOptions } from '../psql';

/** What must be known about a database before another one takes over its name. */
export interface SwapGround {
  oid: number;
  /** The user is its owner, or a member of the owner's role. */
  owned: boolean;
  /** The user may create databases, which renaming one requires as well. */
  mayCreate: boolean;
  user: string;
  isTemplate: boolean;
  tablespace: string;
  /** Names of prepared transactions, which prevent renaming the database. */
  preparedTransactions: string[];
  /** Names of all databases of the server. */
  names: string[];
}

const ground = z.object({
  oid: z.number(),
  owned: z.boolean(),
  mayCreate: z.boolean(),
  user: z.string(),
  isTemplate: z.boolean(),
  tablespace: z.string(),
  preparedTransactions: z.array(z.string()),
  names: z.array(z.string()),
});

/**
 * Reads what decides whether a database can be swapped.
 *
 * @param connection to any database of the server
 * @throws AppError `databaseMissing`; as `runQuery`
 */
export async function readSwapGround(
  psql: string,
  connection: LibpqConnection,
  database: string,
  options: QueryOptions,
): Promise<SwapGround> {
  const sql = `SELECT coalesce((SELECT pg_catalog.json_build_object('oid', d.oid::pg_catalog.int8,
      'owned', pg_catalog.pg_has_role(d.datdba, 'USAGE'),
      'mayCreate', (SELECT rolcreatedb OR rolsuper FROM pg_catalog.pg_roles
        WHERE rolname = current_user),
      'user', current_user, 'isTemplate', d.datistemplate, 'tablespace', t.spcname,
      'preparedTransactions', (SELECT coalesce(pg_catalog.json_agg(gid), '[]')
        FROM pg_catalog.pg_prepared_xacts WHERE database = d.datname),
      'names', (SELECT pg_catalog.json_agg(datname) FROM pg_catalog.pg_database))
    FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
    WHERE d.datname = ${quoteLiteral(database)}), 'null')`;
  const found = z.nullable(ground).parse(await runQuery(psql, connection, sql, options));
  if (found !== null) return found;
  throw new AppError('databaseMissing', { database, connection: connection.label });
}

/** State of the two databases of a swap. */
export interface SwapPlaces {
  /** `changed`: somebody has given the databases other names. */
  state: 'ready' | 'swapped' | 'dropped' | 'changed';
  /** Present names of the old and the new database; null = the database is gone. */
  old: string | null;
  fresh: string | null;
  /** Names of all databases of the server. */
  names: string[];
}

const databases = z.array(z.tuple([z.number(), z.string()]));

/**
 * Asks the server where the two databases are: the record of the swap does not know what anybody has
 * done since.
 *
 * @param connection to any database of the server
 * @throws AppError as `runQuery`
 */
export async function readSwapPlaces(
  psql: string,
  connection: LibpqConnection,
  swap: DatabaseSwap,
  options: QueryOptions,
): Promise<SwapPlaces> {
  const sql = `SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
    oid::pg_catalog.int8, datname)) FROM pg_catalog.pg_database`;
  const all = databases.parse(await runQuery(psql, connection, sql, options));
  return placesAmong(all, swap);
}

/** @internal for tests */
export function placesAmong(
  all: readonly (readonly [oid: number, name: string])[],
  { database, copy, aside, oldOid, newOid }: DatabaseSwap,
): SwapPlaces {
  const byOid = new Map(all);
  const names = all.map(([, name]) => name);
  const old = byOid.get(oldOid) ?? null;
  // The swap was recorded before the database had an oid; its name is found nowhere else.
  const made = newOid === 0 && names.includes(copy) ? copy : null;
  const fresh = byOid.get(newOid) ?? made;
  const state = ((): SwapPlaces['state'] => {
    if (old === null || fresh === null) return 'dropped';
    // An oid is compared together with its name, because another server may use the same oids.
    if (old === database && fresh === copy) return 'ready';
    if (fresh === database && old === aside) return 'swapped';
    return 'changed';
  })();
  return { state, old, fresh, names };
}
