import path from 'node:path';
import { buildConnection, type LibpqConnection } from '../../../src/core/connections/libpq';
import type {
  ExchangeWish,
  SwapServer,
} from '../../../src/core/jobs/restore/swap/exchangeDatabases';
import { psql } from '../../support/machine/psql';
import type { ServerCoordinates } from '../../support/machine/server';

/** A table of 100 rows, of which 10 stay later. */
export const SHOP = `CREATE TABLE orders (id int PRIMARY KEY, what text);
  INSERT INTO orders SELECT n, 'order ' || n FROM generate_series(1, 100) n;`;
export const LATER = `DELETE FROM orders WHERE id > 10; CREATE TABLE newer (id int);`;

export const orders = async (server: ServerCoordinates, name: string): Promise<string> =>
  (await psql(server, name, 'SELECT count(*) FROM orders;')).trim();

/** Databases whose names begin so. */
export async function databasesLike(server: ServerCoordinates, name: string): Promise<string[]> {
  const sql = `SELECT datname FROM pg_database WHERE datname LIKE '${name}%' ORDER BY datname;`;
  return (await psql(server, 'postgres', sql)).split('\n').filter((row) => row !== '');
}

/** The server, as a window asks it. */
export function swapServer(server: ServerCoordinates): SwapServer {
  const { host, port, user, password, binDir } = server;
  const to = (applicationName: string): LibpqConnection =>
    buildConnection(
      { id: 'main', host, port, user },
      {
        password,
        database: 'postgres',
        applicationName,
        inherited: { PATH: process.env['PATH'] },
        connectTimeoutSeconds: 15,
      },
    );
  const applicationName = `swap-test-${server.major}`;
  return {
    psql: path.join(binDir, 'psql'),
    connection: to(applicationName),
    observer: to(`${applicationName}-observer`),
    applicationName,
  };
}

export const wish = (to: ExchangeWish['to'], endSessions = false): ExchangeWish => ({
  ...{ to, endSessions },
  now: new Date(),
});
