/** The facts that the confirmation of a restore finds out about real databases. */
import assert from 'node:assert/strict';
import path from 'node:path';
import {
  readTargetContents,
  type TargetReading,
} from '../../../src/core/catalog/readTargetContents';
import { readServerInfo } from '../../../src/core/catalog/serverInfo';
import { buildConnection } from '../../../src/core/connections/libpq';
import { AppError } from '../../../src/core/errors';
import {
  findNeededConfirmation,
  type ConfirmationRequest,
} from '../../../src/core/jobs/restore/confirmationFacts';
import type { TargetContents } from '../../../src/core/model/confirmation';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import { quoteIdentifier } from '../../../src/core/sql';
import { holdLock } from '../../support/machine/heldLock';
import { testedMajors } from '../../support/install/postgres';
import { psql as adminSql } from '../../support/machine/psql';
import type { ServerCoordinates } from '../../support/machine/server';
import { isBetween, newestServer, testServer } from '../../support/servers';

const nothing: TargetContents = { tables: 0, views: 0, others: 0, rows: 0, uncountedTables: 0 };

/** SQL that is run one after another in an empty database, and what each adds to the facts. */
const additions: [title: string, sql: string, adds: Partial<TargetContents>][] = [
  ['nothing', '', {}],
  ['an extension with its members', 'CREATE EXTENSION pg_trgm;', {}],
  ['no schema "public"', 'DROP EXTENSION pg_trgm; DROP SCHEMA public;', {}],
  ['a schema "public" that was made again', 'CREATE SCHEMA public;', {}],
  ['an empty schema', `CREATE SCHEMA "odd ""name' \\ %";`, {}],
  ['an empty table', 'CREATE TABLE t (a int);', { tables: 1 }],
  [
    'tables with odd names in odd schemas',
    `CREATE SCHEMA "Größe; DROP";
     CREATE TABLE "Größe; DROP"."a""b'c\\d" AS SELECT generate_series(1, 70) AS "x y";
     CREATE TABLE public."pg_class" (a int); ANALYZE;`,
    { tables: 2, rows: 70, others: 1 },
  ],
  [
    'a partitioned table with its partitions',
    `CREATE TABLE p (a int) PARTITION BY RANGE (a);
     CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (50);
     CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (50) TO (100);
     INSERT INTO p SELECT generate_series(0, 99); ANALYZE p;`,
    { tables: 3, rows: 100 },
  ],
  [
    'views, a sequence of its own, and those of columns',
    `CREATE TABLE c (a serial, b int GENERATED ALWAYS AS IDENTITY);
     CREATE VIEW v AS SELECT 1 AS one; CREATE MATERIALIZED VIEW m AS SELECT 2 AS two;
     CREATE SEQUENCE s;`,
    { tables: 1, views: 2, others: 1 },
  ],
  [
    'an unlogged table',
    'CREATE UNLOGGED TABLE u AS SELECT 1 AS a; ANALYZE u;',
    { tables: 1, rows: 1 },
  ],
  ['a function', 'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$;', { others: 1 }],
  [
    'an enum, a domain, a composite and a range type',
    `CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS int[]; CREATE TYPE y AS (a int);
     CREATE TYPE r AS RANGE (subtype = float8);`,
    { others: 4 },
  ],
  ['a large object', `SELECT lo_from_bytea(0, '\\x00');`, { others: 1 }],
  ['a publication', 'CREATE PUBLICATION p;', { others: 1 }],
  [
    'a foreign table, whose rows nobody knows',
    `CREATE EXTENSION file_fdw; CREATE SERVER s FOREIGN DATA WRAPPER file_fdw;
     CREATE FOREIGN TABLE f (a text) SERVER s OPTIONS (filename '/dev/null');`,
    { tables: 1, others: 1, uncountedTables: 1 },
  ],
  [
    'what shadows the names of the system',
    `CREATE FUNCTION public.sum(bigint) RETURNS bigint LANGUAGE sql AS $$SELECT 0::bigint$$;
     CREATE TABLE public.pg_namespace (a int);`,
    { tables: 1, others: 1 },
  ],
  [
    'rows that were deleted, and some that nobody has analysed',
    `DELETE FROM "Größe; DROP"."a""b'c\\d"; VACUUM ANALYZE "Größe; DROP"."a""b'c\\d";
     INSERT INTO t SELECT generate_series(1, 226); ANALYZE t; INSERT INTO t SELECT * FROM t;`,
    { rows: 382 },
  ],
];

const keys = Object.keys(nothing) as (keyof TargetContents)[];
/** What was added between two readings. */
function added(before: TargetContents, after: TargetContents): TargetContents {
  const pairs = keys.map((key) => [key, after[key] - before[key]]);
  return Object.fromEntries(pairs) as Record<keyof TargetContents, number>;
}

const database = 'door "target" %';

/** A database on one server, and functions that read it. */
class Target {
  readonly profile: ConnectionProfile;

  constructor(readonly server: ServerCoordinates) {
    const { host, port, user } = server;
    this.profile = { id: 'door', name: 'Door', host, port, user, database: 'postgres' };
  }

  async make(sql: string): Promise<void> {
    await this.drop();
    const name = quoteIdentifier(database);
    await adminSql(this.server, 'postgres', `CREATE DATABASE ${name} TEMPLATE template0;`);
    if (sql !== '') await adminSql(this.server, database, sql);
  }

  async drop(): Promise<void> {
    const sql = `DROP DATABASE IF EXISTS ${quoteIdentifier(database)};`;
    await adminSql(this.server, 'postgres', sql);
  }

  readonly read = async (
    of = database,
    as = this.profile,
    password = this.server.password,
  ): Promise<TargetReading> => {
    const tool = path.join(this.server.binDir, 'psql');
    const connection = buildConnection(as, {
      password,
      database: of,
      applicationName: 'door-test',
      inherited: { PATH: process.env['PATH'] },
      connectTimeoutSeconds: 10,
    });
    const options = { timeoutMs: 10_000 };
    const info = await readServerInfo(tool, connection, options);
    return readTargetContents(tool, connection, info, options);
  };

  /** Runs `act` with a role that may log in and nothing else. */
  async withRole(name: string, act: (profile: ConnectionProfile) => Promise<void>): Promise<void> {
    await adminSql(this.server, 'postgres', `CREATE ROLE ${name} LOGIN PASSWORD 'door';`);
    try {
      await act({ ...this.profile, user: name });
    } finally {
      await adminSql(this.server, 'postgres', `DROP ROLE ${name};`);
    }
  }
}

for (const major of testedMajors.filter((each) => !isBetween(each))) {
  describe(`What is in a database of PostgreSQL ${major} before a restore`, function () {
    this.timeout(120_000);
    let target: Target;
    before(() => {
      target = new Target(testServer(major));
    });
    after(() => target.drop());

    it('is told, whatever it is and however it is called', async () => {
      const { host, port } = target.server;
      await target.make('');
      let before = nothing;
      for (const [title, sql, adds] of additions) {
        if (sql !== '') await adminSql(target.server, database, sql);
        const reading = await target.read();
        assert.deepEqual(added(before, reading.contents), { ...nothing, ...adds }, title);
        assert.deepEqual(
          [reading.database, reading.host, reading.port],
          [database, host, String(port)],
        );
        before = reading.contents;
      }
    });

    it('is told to who may read nothing of it, while somebody locks a table', async () => {
      await target.make(
        `CREATE SCHEMA s; CREATE TABLE s.t AS SELECT 1 AS a; CREATE TABLE e (a int); ANALYZE s.t;
         REVOKE ALL ON SCHEMA s FROM PUBLIC;`,
      );
      const lock = await holdLock(target.server, database, 'LOCK TABLE e;');
      try {
        await target.withRole('door_nobody', async (profile) => {
          const { contents } = await target.read(database, profile, 'door');
          const there = { tables: 2, rows: 1, others: 1, uncountedTables: 1 };
          assert.deepEqual(contents, { ...nothing, ...there });
        });
      } finally {
        await lock.release();
      }
    });
  });
}

describe('The door of restores, at a real server', function () {
  this.timeout(60_000);
  let target: Target;
  before(() => {
    target = new Target(newestServer());
  });
  after(() => target.drop());

  const request: ConfirmationRequest = {
    kind: 'database',
    inputPath: '/nonexistent/file.dump',
    targetDatabase: database,
    createDatabase: false,
    clean: false,
    checksums: false,
  };
  const look = (
    more: Partial<ConfirmationRequest>,
    readTarget = target.read,
  ): ReturnType<typeof findNeededConfirmation> =>
    findNeededConfirmation(
      { ...request, ...more },
      {
        profile: target.profile,
        inherited: {},
        madeHere: () => Promise.resolve(true),
        readInput: () => Promise.reject(new AppError('inputMissing', { path: '' })),
        readTarget: (name) => readTarget(name ?? 'postgres'),
        readDatabases: () => Promise.resolve([]),
      },
    );

  it('asks, with the database that is meant and not that of the connection', async () => {
    await target.make('CREATE TABLE t AS SELECT generate_series(1, 5) AS a; ANALYZE;');
    const { host, port } = target.server;
    const confirmation = await look({});
    assert.deepEqual(confirmation, {
      target: { connection: 'Door', address: `${host}:${port}`, database },
      reasons: [{ code: 'notEmpty', contents: { ...nothing, tables: 1, rows: 5 } }],
      typed: null,
    });
  });

  it('asks nothing of an empty database, nor of one that the restore makes', async () => {
    await target.make('');
    assert.deepEqual((await look({ clean: true })).reasons, []);
    const never = (): Promise<TargetReading> => Promise.reject(new Error('nobody asked for it'));
    assert.deepEqual((await look({ createDatabase: true }, never)).reasons, []);
    assert.deepEqual((await look({ kind: 'trial' }, never)).reasons, []);
  });

  it('asks, with the reason, where a role may not connect', async () => {
    await target.make(`REVOKE CONNECT ON DATABASE ${quoteIdentifier(database)} FROM PUBLIC;`);
    await target.withRole('door_outside', async (profile) => {
      const { reasons } = await look({}, () => target.read(database, profile, 'door'));
      const [reason] = reasons;
      assert.equal(reason?.code, 'contentsUnknown');
      assert.equal(reason.failure.code, 'connectFailed');
      assert.match(JSON.stringify(reason.failure.details), /permission denied for database/);
    });
  });

  it('refuses at once where the database is not there', async () => {
    await target.drop();
    await assert.rejects(look({}), (error) => AppError.is(error, 'databaseMissing'));
  });
});
