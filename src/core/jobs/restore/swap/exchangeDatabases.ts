import { setTimeout as delay } from 'node:timers/promises';
import { countBackends, terminateBackends } from '../../../catalog/backends';
import { dropDatabase } from '../../../catalog/restore/databases';
import { exchangeNames } from '../../../catalog/swap/exchangeNames';
import { readSwapPlaces, type SwapPlaces } from '../../../catalog/swap/swapGround';
import type { LibpqConnection } from '../../../connections/libpq';
import { AppError } from '../../../errors';
import { nameBeside } from '../../../forms/restore/nameBeside';
import type { DatabaseSwap } from '../../../model/ways/databaseSwap';

/** The server of the two databases, asked by way of a third. */
export interface SwapServer {
  /** Absolute. */
  psql: string;
  /**
   * Connection to neither of the two databases, with an `application_name` that no other session
   * has.
   */
  connection: LibpqConnection;
  /** Connection by which that session is looked up. */
  observer: LibpqConnection;
  applicationName: string;
}

/** Limit for one query or statement, including the time to connect and to wait for sessions. */
const TIMEOUT_MS = 60_000;
const QUERY = { timeoutMs: TIMEOUT_MS };
/** How long is waited for the end of a session whose psql is gone. */
const SETTLE_MS = 20_000;
const SETTLE_EVERY_MS = 100;

/** What is wanted of an exchange of two databases. */
export interface ExchangeWish {
  /** Which of them gets the name. */
  to: 'swapIn' | 'swapBack';
  /** The user has agreed that all sessions in both databases are ended. */
  endSessions: boolean;
  now: Date;
}

/**
 * Gives the name to the restored database, or back to the old one; one that has it already keeps it.
 *
 * @returns the swap as it is now
 * @throws AppError `databaseInUse`; `swapChanged`; as `runCommand`. Whatever is thrown, nothing has
 *   changed, unless the server could not be asked (`swapUncertain`).
 */
export async function exchangeDatabases(
  server: SwapServer,
  swap: DatabaseSwap,
  { to, endSessions, now }: ExchangeWish,
): Promise<DatabaseSwap> {
  const { psql, connection } = server;
  const places = await readSwapPlaces(psql, connection, swap, QUERY);
  const wanted = to === 'swapIn' ? 'swapped' : 'ready';
  if (places.state === wanted || places.state === 'dropped') {
    return { ...swap, state: places.state };
  }
  if (places.state === 'changed') throw new AppError('swapChanged', { database: swap.database });
  const next = namesAfter(swap, to, now, places);
  const exchange =
    to === 'swapIn'
      ? { database: swap.database, aside: next.aside, incoming: swap.copy }
      : { database: swap.database, aside: next.copy, incoming: swap.aside };
  try {
    await exchangeNames(psql, connection, exchange, { endSessions, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    const now = await settle(server, next, error);
    if (now.state !== wanted) throw error;
  }
  return { ...next, state: wanted };
}

/** The names after the exchange; the intended one may have been taken since. */
function namesAfter(
  swap: DatabaseSwap,
  to: ExchangeWish['to'],
  now: Date,
  { names }: SwapPlaces,
): DatabaseSwap {
  const taken = new Set(names);
  const { database, copy, aside } = swap;
  if (to === 'swapIn') {
    return taken.has(aside) ? { ...swap, aside: nameBeside(database, 'before', now, taken) } : swap;
  }
  return taken.has(copy) ? { ...swap, copy: nameBeside(database, 'new', now, taken) } : swap;
}

/**
 * Waits for a statement whose end was not reported, because the server may still carry it out, and
 * then reads the names.
 */
async function settle(
  { psql, connection, observer, applicationName }: SwapServer,
  swap: DatabaseSwap,
  failure: unknown,
): Promise<SwapPlaces> {
  const answered = AppError.is(failure, 'queryFailed') || AppError.is(failure, 'databaseInUse');
  if (!answered) {
    const until = performance.now() + SETTLE_MS;
    await terminateBackends(psql, observer, applicationName, { timeoutMs: SETTLE_MS }).catch(
      () => undefined,
    );
    while (
      performance.now() < until &&
      (await countBackends(psql, observer, applicationName, QUERY).catch(() => 1)) > 0
    ) {
      await delay(SETTLE_EVERY_MS);
    }
  }
  try {
    return await readSwapPlaces(psql, answered ? connection : observer, swap, QUERY);
  } catch (error) {
    throw new AppError('swapUncertain', { database: swap.database }, { cause: error });
  }
}

/**
 * Drops the one of the two databases that does not have the name. Nothing is dropped where the
 * record is out of date, so that another database than the intended one would be dropped.
 *
 * @returns the swap as it is now
 * @throws AppError `swapChanged`; `queryFailed`: somebody is connected, or a subscription is in it
 */
export async function dropCopy(server: SwapServer, swap: DatabaseSwap): Promise<DatabaseSwap> {
  const { psql, connection } = server;
  const { state, old, fresh } = await readSwapPlaces(psql, connection, swap, QUERY);
  if (state === 'changed') throw new AppError('swapChanged', { database: swap.database });
  const meant = swap.state === 'swapped' ? 'swapped' : 'ready';
  if (state !== meant && state !== 'dropped') return { ...swap, state };
  const name = state === 'swapped' ? old : state === 'ready' ? fresh : null;
  if (name !== null) await dropDatabase(psql, connection, name, QUERY);
  return { ...swap, state: 'dropped' };
}

/** The name of the database that `dropCopy` would drop, as far as the record tells. */
export function copyName({ state, aside, copy }: DatabaseSwap): string {
  return state === 'swapped' ? aside : copy;
}
