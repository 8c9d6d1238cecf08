import assert from 'node:assert/strict';
import { psql } from '../machine/psql';
import type { Disaster } from './disaster';
import { usual } from './usualDatabase';

const counted = `CREATE TABLE app.counted (id serial PRIMARY KEY, n int);
  INSERT INTO app.counted (n) SELECT generate_series(1, 7);`;

/** A backup that is mended, and what is left to be done in a database that was restored. */
export const restoredCases: readonly Disaster[] = [
  {
    title: 'the file of a table is gone, and all else is backed up',
    source: `${usual} UPDATE pg_class SET relfilenode = 4000000000 WHERE oid = 'app.log'::regclass;`,
    mendBackup: 'withoutDamaged',
    expect: [],
    outcome: 'completed',
  },
  {
    title: 'rows of the backup violate a foreign key, which is added for new rows',
    source: `${usual} SET session_replication_role = replica; DELETE FROM app.customers WHERE id = 1;`,
    options: { exitOnError: false },
    expect: [],
    unforeseen: true,
    outcome: 'completedWithErrors',
    afterwards: ['copyRowsQuery', 'addForeignKeys'],
    after: async (server, database) => {
      const sql = `SELECT convalidated FROM pg_constraint WHERE conname = 'orders_customer_fkey';`;
      assert.equal((await psql(server, database, sql)).trim(), 'f');
    },
  },
  {
    title: 'rows without the values of their sequence',
    source: `${usual} ${counted}`,
    target: `${usual} ${counted} TRUNCATE app.customers, app.orders, app.log, app.counted
      RESTART IDENTITY;`,
    only: ['TABLE DATA'],
    options: { dataOnly: true },
    expect: [],
    outcome: 'completed',
    afterwards: ['setSequences'],
    after: async (server, database) => {
      const next = `SELECT nextval('app.counted_id_seq');`;
      assert.equal((await psql(server, database, next)).trim(), '8');
    },
  },
];
