import { scramSecret } from '../machine/newCluster';
import { psql, quoteLiteral } from '../machine/psql';
import type { ServerCoordinates } from '../machine/server';

/** Content of the database that most cases back up. */
export const usual = `
  CREATE SCHEMA app;
  CREATE TYPE app.mood AS ENUM ('good', 'bad');
  CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE TABLE app.customers (id int PRIMARY KEY, mood app.mood);
  CREATE TABLE app.orders (id int PRIMARY KEY, customer int REFERENCES app.customers);
  CREATE TABLE app.log (line text);
  CREATE VIEW app.totals AS SELECT customer, count(*) FROM app.orders GROUP BY 1;
  INSERT INTO app.customers SELECT n, 'good' FROM generate_series(1, 5) n;
  INSERT INTO app.orders SELECT n, 1 + n % 5 FROM generate_series(1, 20) n;
  INSERT INTO app.log SELECT 'line ' || n FROM generate_series(1, 9) n;
  ANALYZE;`;

/** A role that may use the target, and owns what is in it. */
export const owner = 'disaster_owner';
/** A role that has no rights. */
export const stranger = 'disaster_stranger';
const roles = [owner, stranger] as const;

/** Creates the roles of all cases; their passwords are the superuser's. */
export async function createRoles(server: ServerCoordinates): Promise<void> {
  const password = quoteLiteral(scramSecret(server.password));
  const create = roles.map((role) => `CREATE ROLE ${role} LOGIN PASSWORD ${password};`);
  await psql(server, 'postgres', create.join('\n'));
}

export async function dropRoles(server: ServerCoordinates): Promise<void> {
  await psql(server, 'postgres', roles.map((role) => `DROP ROLE ${role};`).join('\n'));
}
