import * as z from 'zod/mini';
import type { LibpqConnection } from '../../connections/libpq';
import { AppError } from '../../errors';
import type { DatabaseSwap } from '../../model/ways/databaseSwap';
import { quoteLiteral } from '../../sql';
import { runQuery, type QueryOptions } from '../psql';

/** What must be known of a database before another one takes its name. */
export interface SwapGround {
  oid: number;
  /** The user is its owner, or a member of that role. */
  owned: boolean;
  /** The user may create databases, which renaming one takes as well. */
  mayCreate: boolean;
  user: string;
  isTemplate: boolean;
  tablespace: string;
  /** Prepared transactions belong to the database and keep it from being renamed. */
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

/** Where the two databases of a swap are now. */
export interface SwapPlaces {
  /** `changed`: somebody has given them other names. */
  state: 'ready' | 'swapped' | 'dropped' | 'changed';
  /** Their present names; null = it is gone. */
  old: string | null;
  fresh: string | null;
  /** Names of all databases of the server. */
  names: string[];
}

const databases = z.array(z.tuple([z.number(), z.string()]));

/**
 * Asks the server, which alone knows: a record may be older than what somebody has done since.
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
  // The record is from before the database was made: nobody else uses such a name.
  const made = newOid === 0 && names.includes(copy) ? copy : null;
  const fresh = byOid.get(newOid) ?? made;
  const state = ((): SwapPlaces['state'] => {
    if (old === null || fresh === null) return 'dropped';
    // Numbers alone could be those of another server.
    if (old === database && fresh === copy) return 'ready';
    if (fresh === database && old === aside) return 'swapped';
    return 'changed';
  })();
  return { state, old, fresh, names };
}
