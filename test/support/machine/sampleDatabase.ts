import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { repoPaths } from '../repoPaths';
import { adminQuery } from './adminSession';
import { psql, quoteIdent } from './psql';
import type { ServerCoordinates } from './server';

/**
 * How many rows: `tiny` some hundred, `small` about 1 MB, `medium` about 40 MB; a number is a
 * target in MB of the database on disk, for benches.
 */
export type SampleSize = 'tiny' | 'small' | 'medium' | number;

/** Rows by table, for each MB of database (measured with 17; an empty one has about 9 MB). */
const rowsPerMegabyte = {
  customers: 140,
  orders: 600,
  details: 450,
  log: 700,
  wide: 175,
  texts: 900,
  blobs: 5,
};

const tinyRows: typeof rowsPerMegabyte = {
  customers: 20,
  orders: 100,
  details: 50,
  log: 120,
  wide: 20,
  texts: 20,
  blobs: 5,
};

function rowsFor(size: SampleSize): typeof rowsPerMegabyte {
  if (size === 'tiny') return tinyRows;
  const megabytes = size === 'small' ? 1 : size === 'medium' ? 40 : size;
  const scaled = Object.entries(rowsPerMegabyte).map(([k, n]) => [k, Math.ceil(n * megabytes)]);
  return Object.fromEntries(scaled) as typeof rowsPerMegabyte;
}

/** Creates the database `name` from `test/fixtures/sample-schema.sql`. Rows are deterministic. */
export async function createSampleDatabase(
  server: ServerCoordinates,
  name: string,
  size: SampleSize,
): Promise<void> {
  await createDatabase(server, name);
  const sql = await readFile(path.join(repoPaths.fixtures, 'sample-schema.sql'), 'utf8');
  await psql(server, name, sql, rowsFor(size));
}

/** Creates a database. `clauses`: of the command, an empty one from template0 by default. */
export async function createDatabase(
  server: ServerCoordinates,
  name: string,
  clauses = 'TEMPLATE template0',
): Promise<void> {
  // Copying blocks through the log, the default of 15 and newer, takes twice as long.
  const strategy = server.major >= 15 ? ' STRATEGY file_copy' : '';
  await adminQuery(server, `CREATE DATABASE ${quoteIdent(name)} ${clauses}${strategy};`);
}

/** Drops a database if it exists, ending its sessions. */
export async function dropDatabase(server: ServerCoordinates, name: string): Promise<void> {
  await adminQuery(server, `DROP DATABASE IF EXISTS ${quoteIdent(name)} WITH (FORCE);`);
}
