import assert from 'node:assert/strict';
import path from 'node:path';
import { countBackends, terminateBackends } from '../../../src/core/catalog/backends';
import { OpenPsql, runQuery, sqlStateOf } from '../../../src/core/catalog/psql';
import { readCatalog } from '../../../src/core/catalog/readCatalog';
import { createDatabase, dropDatabase } from '../../../src/core/catalog/restore/databases';
import { readServerInfo } from '../../../src/core/catalog/serverInfo';
import { quoteIdentifier, quoteLiteral } from '../../../src/core/sql';
import type { CatalogRelation, DatabaseCatalog } from '../../../src/core/model/catalog';
import { buildConnection, type LibpqConnection } from '../../../src/core/connections/libpq';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import { AppError } from '../../../src/core/errors';
import { holdLock } from '../../support/machine/heldLock';
import { testedMajors } from '../../support/install/postgres';
import { psql as adminSql, psqlJson } from '../../support/machine/psql';
import {
  createSampleDatabase,
  dropDatabase as dropSample,
} from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { seededRandom } from '../../support/seededRandom';
import { testServer } from '../../support/servers';
import { until } from '../../support/until';

const options = { timeoutMs: 20_000 };
const sample = 'catalog = "sample"';

for (const major of testedMajors) {
  describe(`catalog of PostgreSQL ${major}`, function () {
    let server: ServerCoordinates;
    let psql: string;
    let profile: ConnectionProfile;

    before(async () => {
      server = testServer(major);
      psql = path.join(server.binDir, 'psql');
      profile = { id: 'a', host: server.host, port: server.port, user: server.user };
      await createSampleDatabase(server, sample, 'tiny');
      // Not analysed, unlike the sample: an extension's own objects, foreign tables, deep partitions.
      await adminSql(server, sample, moreObjects);
    });

    after(async () => {
      await dropSample(server, sample);
    });

    const inputOf = (applicationName = 'catalog-test') => ({
      password: server.password,
      applicationName,
      inherited: { PATH: process.env['PATH'] },
      connectTimeoutSeconds: 10,
    });
    const connect = (database: string, applicationName?: string): LibpqConnection =>
      buildConnection(profile, { ...inputOf(applicationName), database });
    const read = async (): Promise<DatabaseCatalog> => {
      const connection = connect(sample);
      const info = await readServerInfo(psql, connection, options);
      return readCatalog(psql, connection, info, options);
    };
    const find = (catalog: DatabaseCatalog, schema: string, name: string): CatalogRelation => {
      const found = catalog.relations.filter((r) => r.schema === schema && r.name === name);
      assert.equal(found.length, 1, `${schema}.${name}`);
      return found[0] as CatalogRelation;
    };

    it('lists exactly what the information schema lists', async () => {
      const catalog = await read();
      const listed = await psqlJson<[string, string, string][]>(server, sample, informationSchema);
      const key = (r: readonly string[]): string => JSON.stringify(r);
      assert.deepEqual(
        catalog.relations.map((r) => key([r.kind, r.schema, r.name])).sort(),
        listed.map(key).sort(),
      );
      assert.ok(listed.length > 50);
      const schemas = [
        'Sales Dept',
        'app',
        'audit',
        'inventory',
        'naïve✓',
        'odd "schema"',
        'public',
      ];
      assert.deepEqual(catalog.schemas.map((s) => s.name).sort(), schemas.sort());
      assert.equal(catalog.database, sample);
    });

    it('knows what needs what', async () => {
      const references = (await read()).references ?? [];
      const has = (from: string, to: string): boolean =>
        references.some((r) => r.from.schema === 'app' && r.from.name === from && r.to.name === to);
      assert.ok(has('orders', 'customer'), 'a foreign key');
      assert.ok(has('v_paid', 'orders'), 'a view');
      assert.ok(references.every(({ to }) => to.schema !== 'pg_catalog'));
    });

    it('knows sizes and rows', async () => {
      const catalog = await read();
      const sizes = await psqlJson<[string, string, number][]>(
        server,
        sample,
        `SELECT json_agg(json_build_array(n.nspname, c.relname, pg_table_size(c.oid)))
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'app' AND c.relkind IN ('r', 'm')`,
      );
      assert.ok(sizes.length >= 7);
      for (const [schema, name, bytes] of sizes) {
        assert.equal(find(catalog, schema, name).bytes, bytes, name);
      }
      assert.equal(find(catalog, 'app', 'orders').rows, 100);
      assert.equal(find(catalog, 'app', 'mv_totals').rows, 20);
      assert.equal(find(catalog, 'odd "schema"', 'fresh').rows, null);
      assert.equal(find(catalog, 'app', 'v_paid').rows, null);
      assert.equal(find(catalog, 'app', 'v_paid').bytes, 0);
      assert.equal(find(catalog, 'app', 'global_seq').rows, null);
    });

    it('knows who belongs to whom', async () => {
      const catalog = await read();
      const log = { schema: 'audit', name: 'log' };
      assert.equal(find(catalog, 'audit', 'log').kind, 'partitionedTable');
      assert.equal(find(catalog, 'audit', 'log').partitionOf, null);
      assert.deepEqual(find(catalog, 'audit', 'log_2023').partitionOf, log);
      assert.deepEqual(find(catalog, 'audit', 'log default').partitionOf, log);
      const deep = find(catalog, 'odd "schema"', 'deep');
      assert.equal(deep.kind, 'partitionedTable');
      assert.deepEqual(deep.partitionOf, log);
      assert.deepEqual(find(catalog, 'odd "schema"', 'deeper').partitionOf, {
        schema: 'odd "schema"',
        name: 'deep',
      });
      // Inheritance is no partitioning: the child is a table of its own.
      assert.equal(find(catalog, 'app', 'child_inh').partitionOf, null);
      // A sequence of serial, one of identity, and one without an owner.
      assert.deepEqual(find(catalog, 'app', 'customer_id_seq').ownedBy, {
        schema: 'app',
        name: 'customer',
      });
      assert.deepEqual(find(catalog, 'app', 'orders_id_seq').ownedBy, {
        schema: 'app',
        name: 'orders',
      });
      assert.equal(find(catalog, 'app', 'global_seq').ownedBy, null);
      assert.equal(find(catalog, 'app', 'orders').ownedBy, null);
    });

    it('knows what extensions bring along', async () => {
      const catalog = await read();
      const members = catalog.relations.filter((r) => r.extension !== null);
      assert.ok(members.length > 0);
      assert.deepEqual([...new Set(members.map((r) => r.extension))], ['pg_stat_statements']);
      assert.deepEqual(
        catalog.extensions.map((e) => [e.name, e.schema]),
        [
          ['file_fdw', 'public'],
          ['pg_stat_statements', 'odd "schema"'],
          ['pg_trgm', 'public'],
          ['plpgsql', 'pg_catalog'],
        ],
      );
      assert.ok(catalog.extensions.every((e) => /^\d/.test(e.version)));
    });

    it('counts what a filter leaves out', async () => {
      const catalog = await read();
      assert.equal(catalog.largeObjects, 6);
      // et_log and pub_all
      assert.equal(catalog.databaseObjects, 2);
    });

    it('is asked on over one connection, until something fails or is cancelled', async () => {
      const on = await OpenPsql.start(psql, connect(sample), options);
      const ask = (sql: string): Promise<unknown> =>
        runQuery(psql, connect(sample), `SELECT pg_catalog.to_json(${sql})`, { ...options, on });
      assert.equal(await ask("E'\\n-- end of answer\\n'::text"), '\n-- end of answer\n');
      const pids = [await ask('pg_backend_pid()'), await ask('pg_backend_pid()')];
      assert.equal(pids[0], pids[1]);
      await assert.rejects(ask('nonsense'), (error: unknown) => sqlStateOf(error) === '42703');
      // The next one has a connection of its own.
      assert.notEqual(await ask('pg_backend_pid()'), pids[0]);
      const other = await OpenPsql.start(psql, connect(sample), options);
      const sleeps = other.ask('SELECT pg_catalog.pg_sleep(5);', AbortSignal.timeout(1));
      await assert.rejects(sleeps, (error: unknown) => AppError.is(error, 'cancelled'));
    });

    it('does not wait for a locked table', async () => {
      const lock = await holdLock(server, sample, 'LOCK TABLE app.orders;');
      try {
        // A catalog query that waits for the lock would not end before the release below.
        const catalog = await read();
        const pages = await adminSql(
          server,
          sample,
          `SELECT relpages * 8192 FROM pg_class WHERE oid = 'app.orders'::regclass`,
        );
        assert.equal(find(catalog, 'app', 'orders').bytes, Number(pages));
      } finally {
        await lock.release();
      }
    });

    it('shows the same to a user without any privilege', async () => {
      const role = 'catalog "reader"';
      const id = quoteIdentifier(role);
      await adminSql(server, 'postgres', `CREATE ROLE ${id} LOGIN PASSWORD 'p';`);
      try {
        const plain = { ...profile, user: role, database: sample };
        const connection = buildConnection(plain, { ...inputOf(), password: 'p' });
        const info = await readServerInfo(psql, connection, options);
        assert.equal(info.isSuperuser, false);
        assert.equal(info.user, role);
        assert.deepEqual(await readCatalog(psql, connection, info, options), await read());
      } finally {
        await adminSql(server, 'postgres', `DROP ROLE ${id};`);
      }
    });

    it('quotes whatever comes (seeded)', async () => {
      const seed = 20261122 + major;
      const random = seededRandom(seed);
      const alphabet = [...`aZ '"\\:;$%=-?*.{}[]()\n\t`, 'é', '😀', ':x', ":'x'", '$$', '--', '/*'];
      const texts = Array.from({ length: 200 }, () =>
        Array.from(
          { length: 1 + Math.floor(random() * 10) },
          () => alphabet[Math.floor(random() * alphabet.length)],
        ).join(''),
      );
      for (const strings of ['on', 'off']) {
        const { user, host, port } = server;
        const profile = { id: 'a', user, host, port, database: 'postgres' };
        const connection = buildConnection(profile, inputOf());
        connection.env['PGOPTIONS'] = `-c standard_conforming_strings=${strings}`;
        const literals = texts.map((text) => quoteLiteral(text)).join(', ');
        // A function takes at most 100 arguments.
        const columns = texts
          .slice(0, 90)
          .map((text) => `(SELECT row_to_json(r) FROM (SELECT 1 AS ${quoteIdentifier(text)}) r)`)
          .join(', ');
        const answer = await runQuery(
          psql,
          connection,
          `SELECT json_build_array(ARRAY[${literals}], json_build_array(${columns}))`,
          options,
        );
        const [back, rows] = answer as [string[], Record<string, number>[]];
        assert.deepEqual(back, texts, `seed ${seed}, standard_conforming_strings ${strings}`);
        assert.deepEqual(
          rows.map((row) => Object.keys(row)[0]),
          texts.slice(0, 90),
          `seed ${seed}`,
        );
      }
    });

    describe('commands', () => {
      const names = ['new one', `we"i'rd \\ = é\n`, '-d', 'postgres://x@y/z', 'a=b'];
      for (const name of names) {
        it(`creates and drops ${JSON.stringify(name)}`, async () => {
          const maintenance = connect('postgres');
          const locale = { collate: 'C', ctype: 'C' };
          const database = { name, encoding: 'UTF8', locale };
          assert.equal(await createDatabase(psql, maintenance, database), 'asAsked');
          const settings = await runQuery(
            psql,
            connect(name),
            `SELECT json_build_array(datname, pg_encoding_to_char(encoding), datcollate, datctype)
             FROM pg_database WHERE datname = current_database()`,
            options,
          );
          assert.deepEqual(settings, [name, 'UTF8', 'C', 'C']);
          await assert.rejects(createDatabase(psql, maintenance, { name }), (e) => {
            assert.ok(AppError.is(e, 'databaseExists'), String(e));
            assert.deepEqual(e.details, { database: name });
            return true;
          });
          await dropDatabase(psql, maintenance, name);
          await assert.rejects(dropDatabase(psql, maintenance, name), (e) =>
            AppError.is(e, 'databaseMissing'),
          );
        });
      }

      it("takes the server's locale where it does not know the one asked for", async () => {
        const cases: [encoding: string, locale: string, outcome: string, collate: string][] = [
          ['UTF8', 'English_United States.1252', 'serverDefault', 'C.UTF-8'],
          ['LATIN1', 'xx_YY', 'c', 'C'],
          // Known, but not for this encoding.
          ['LATIN1', 'C.UTF-8', 'c', 'C'],
        ];
        for (const [encoding, locale, outcome, collate] of cases) {
          const database = {
            name: 'located',
            encoding,
            locale: { collate: locale, ctype: locale },
          };
          assert.equal(
            await createDatabase(psql, connect('postgres'), database),
            outcome,
            encoding,
          );
          const is = await psqlJson(
            server,
            'located',
            `SELECT json_build_array(pg_encoding_to_char(encoding), datcollate)
             FROM pg_database WHERE datname = current_database()`,
          );
          assert.deepEqual(is, [encoding, collate]);
          await dropDatabase(psql, connect('postgres'), 'located');
        }
      });

      it('says what is wrong with an unknown encoding', async () => {
        const database = {
          name: 'never',
          encoding: 'EBCDIC',
          locale: { collate: 'C', ctype: 'C' },
        };
        await assert.rejects(createDatabase(psql, connect('postgres'), database), (e) => {
          assert.ok(AppError.is(e, 'queryFailed'), String(e));
          assert.match(e.details.text, /EBCDIC is not a valid encoding name/);
          return true;
        });
      });

      // The server waits five seconds for other sessions to end, so this runs on one release only.
      if (major === testedMajors.at(-1)) {
        it('does not drop a database in use', async () => {
          const using = connect(sample, 'user');
          const session = runQuery(psql, using, 'SELECT to_json(pg_sleep(60)::text)', {
            timeoutMs: 60_000,
          }).catch(() => undefined);
          await until(
            async () => (await countBackends(psql, connect('postgres'), 'user', options)) > 0,
          );
          await assert.rejects(dropDatabase(psql, connect('postgres'), sample), (e) =>
            AppError.is(e, 'queryFailed'),
          );
          assert.equal(await terminateBackends(psql, connect('postgres'), 'user', options), 1);
          await session;
        });
      }

      it("ends a job's backends, all of them and no others", async () => {
        const job = `job 'one' \\ "x"`;
        const sleep = (applicationName: string): Promise<unknown> =>
          runQuery(psql, connect(sample, applicationName), 'SELECT to_json(pg_sleep(60)::text)', {
            timeoutMs: 60_000,
          }).then(
            () => assert.fail('was left alone'),
            (e: unknown) => e,
          );
        const sessions = [sleep(job), sleep(job), sleep(job)];
        const bystander = sleep('bystander');
        const count = (name: string): Promise<number> =>
          countBackends(psql, connect('postgres'), name, options);
        await until(async () => (await count(job)) === 3 && (await count('bystander')) === 1);
        // Even from a session of the same name, which must not end itself.
        assert.equal(await terminateBackends(psql, connect('postgres', job), job, options), 3);
        assert.equal(await count(job), 0);
        assert.equal(await count('bystander'), 1);
        assert.equal(await terminateBackends(psql, connect('postgres'), job, options), 0);
        await terminateBackends(psql, connect('postgres'), 'bystander', options);
        const ends = await Promise.all([...sessions, bystander]);
        assert.ok(ends.every((e) => AppError.is(e)));
      });
    });
  });
}

const moreObjects = `
CREATE SCHEMA "odd ""schema""";
CREATE TABLE "odd ""schema""".fresh (id int PRIMARY KEY, t text);
CREATE TABLE "odd ""schema""".deep PARTITION OF audit.log
  FOR VALUES FROM ('2030-01-01') TO ('2031-01-01') PARTITION BY RANGE (at);
CREATE TABLE "odd ""schema""".deeper PARTITION OF "odd ""schema""".deep
  FOR VALUES FROM ('2030-01-01') TO ('2030-06-01');
CREATE EXTENSION pg_stat_statements SCHEMA "odd ""schema""";
CREATE EXTENSION file_fdw SCHEMA public;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE app.passwd (line text) SERVER files OPTIONS (filename '/etc/passwd');`;

const informationSchema = `
SELECT json_agg(json_build_array(kind, s, n)) FROM (
  SELECT CASE
      WHEN table_type = 'VIEW' THEN 'view'
      WHEN table_type LIKE 'FOREIGN%' THEN 'foreignTable'
      WHEN EXISTS (SELECT 1 FROM pg_partitioned_table
        WHERE partrelid = format('%I.%I', table_schema, table_name)::regclass)
        THEN 'partitionedTable'
      ELSE 'table' END AS kind,
    table_schema AS s, table_name AS n
  FROM information_schema.tables
  UNION ALL SELECT 'materializedView', schemaname, matviewname FROM pg_matviews
  UNION ALL SELECT 'sequence', schemaname, sequencename FROM pg_sequences
) x WHERE s NOT IN ('pg_catalog', 'information_schema')`;
