import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import type { FailureCause } from '../../../src/core/errors';
import { buildScriptArgs } from '../../../src/core/pgtools/args/psqlArgs';
import { buildRestoreArgs } from '../../../src/core/pgtools/args/restoreArgs';
import { ErrorCollector } from '../../../src/core/pgtools/stderr/errorCollector';
import { classifyFailure } from '../../../src/core/pgtools/stderr/failureCause';
import { startsEntry } from '../../../src/core/pgtools/stderr/toolEvents';
import { StderrParser } from '../../../src/core/pgtools/stderr/stderrParser';
import { holdLock } from '../../support/machine/heldLock';
import { psql } from '../../support/machine/psql';
import { testServer, testServers } from '../../support/servers';
import { toolVersion } from '../harness/formsHarness';
import { dump, restore, restoreOptions, run, Scratch } from './pgtoolsHarness';

function read(stderr: string): { collector: ErrorCollector; entries: number } {
  const collector = new ErrorCollector();
  let entries = 0;
  const parser = new StderrParser((_line, events) => {
    for (const event of events) {
      collector.add(event);
      if (startsEntry(event)) entries++;
    }
  });
  parser.push(Buffer.from(stderr));
  parser.end();
  collector.end();
  return { collector, entries };
}

describe('what the tools say', function () {
  let scratch: Scratch;
  before(async () => {
    scratch = await Scratch.create();
  });
  after(async () => {
    await scratch?.dispose();
  });

  it('says one line for each entry that pg_restore goes through, and every error once', async () => {
    for (const server of testServers()) {
      const database = await scratch.createDatabase(server, 'pgtools_entries');
      await psql(
        server,
        database,
        `CREATE SCHEMA app;
         CREATE TABLE app.parent (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
         CREATE TABLE app.child (id int REFERENCES app.parent, t text);
         CREATE INDEX ON app.child (t);
         COMMENT ON TABLE app.child IS 'x';
         CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'select 1';
         INSERT INTO app.parent DEFAULT VALUES;
         INSERT INTO app.child VALUES (1, 'a');
         SELECT lo_from_bytea(0, 'x');`,
      );
      const file = scratch.path(`${String(server.major)}.entries`);
      assert.equal((await dump(server, database, file)).exitCode, 0);
      const listed = (await run(server, 'pg_restore', ['--list', file])).stdout;
      const entries = listed.split('\n').filter((line) => /^\d+;/.test(line)).length;

      const target = await scratch.createDatabase(server, 'pgtools_entries_copy');
      const first = await restore(server, target, file);
      assert.equal(first.exitCode, 0, first.stderr);
      assert.equal(read(first.stderr).entries, entries, server.version);

      const again = await restore(server, target, file);
      assert.equal(again.exitCode, 1);
      const { collector } = read(again.stderr);
      assert.equal(collector.total, collector.ignored);
      assert.ok(collector.total >= 8, String(collector.total));
      assert.ok(collector.errors.every((e) => e.dumpId !== undefined && e.object !== undefined));
      const table = collector.errors.find((e) => e.message === 'relation "child" already exists');
      assert.match(table?.sql ?? '', /^CREATE TABLE app\.child \(\n.*\);$/s);

      const parallel = await restore(server, target, file, { jobs: 3 });
      // Workers write prefix and text by themselves: a line can be torn beyond recognition.
      const { total } = read(parallel.stderr).collector;
      assert.ok(total <= collector.total && total >= collector.total - 1, parallel.stderr);
      await psql(server, 'postgres', 'DROP DATABASE pgtools_entries_copy');
    }
  });

  it('takes only the one harmless error of a newer pg_restore for harmless', async () => {
    const old = testServer(15);
    const database = await scratch.createDatabase(old, 'pgtools_harmless');
    const file = scratch.path('harmless');
    await psql(old, database, 'CREATE TABLE a (i int)');
    assert.equal((await dump(old, database, file)).exitCode, 0);
    for (const newer of [testServer(17), testServer(18)]) {
      const target = await scratch.createDatabase(old, `pgtools_harmless_${String(newer.major)}`);
      const args = buildRestoreArgs(
        {
          options: restoreOptions,
          listFile: null,
          archive: file,
          connectionArgs: [`--dbname=${target}`],
        },
        toolVersion(newer),
      );
      const env = { PGHOST: old.host, PGPORT: String(old.port), PGPASSWORD: old.password };
      const result = await run(newer, 'pg_restore', args, env);
      assert.equal(result.exitCode, 1);
      const { collector } = read(result.stderr);
      assert.deepEqual([collector.total, collector.harmless, collector.ignored], [0, 1, 1]);
    }
  });

  it("reads psql's errors, and its statements", async () => {
    const file = scratch.path('a script: 1.sql');
    await writeFile(
      file,
      `CREATE TABLE a (i int);\nCREATE TABLE a (i int);\nSELECT\n  nosuch;\n` +
        `DO $$ BEGIN RAISE NOTICE 'x'; RAISE WARNING 'y'; END $$;\n\\nosuch\n`,
    );
    for (const server of testServers()) {
      const database = await scratch.createDatabase(server, 'pgtools_script');
      const args = (exitOnError: boolean): string[] =>
        buildScriptArgs(
          {
            options: { exitOnError, singleTransaction: false, toolOptions: {}, extraArgs: [] },
            file,
            connectionArgs: [`--dbname=${database}`],
          },
          toolVersion(server),
        );
      const result = await run(server, 'psql', args(false));
      assert.equal(result.exitCode, 0);
      assert.deepEqual(result.stdout.split('\n'), ['CREATE TABLE', 'DO']);
      assert.deepEqual(
        read(result.stderr).collector.errors.map((e) => [e.line, e.message.split('\n')[0], e.sql]),
        [
          [2, 'relation "a" already exists', 'CREATE TABLE a (i int);'],
          [4, 'column "nosuch" does not exist', 'SELECT\n  nosuch;'],
          [6, 'invalid command \\nosuch', undefined],
        ],
        server.version,
      );
      assert.equal((await run(server, 'psql', args(true))).exitCode, 3);
      await psql(server, 'postgres', 'DROP DATABASE pgtools_script');
    }
  });

  it('tells why tools fail, in the words of every version', async () => {
    const newest = testServer(18);
    for (const server of testServers()) {
      const database = await scratch.createDatabase(server, 'pgtools_failures');
      await psql(
        server,
        database,
        `CREATE TABLE a AS SELECT generate_series(1, 20000) AS i, md5('x') AS t;
         DROP ROLE IF EXISTS pgtools_nobody; CREATE ROLE pgtools_nobody LOGIN PASSWORD 'p'`,
      );
      const file = scratch.path(`${String(server.major)}.failures`);
      const args = [`--file=${file}`, '--no-password', '--verbose', '--lock-wait-timeout=200'];
      const cases: [FailureCause, args: string[], env?: Record<string, string>][] = [
        ['databaseMissing', ['--dbname=nosuch']],
        ['connection', ['--dbname=postgres'], { PGPORT: '1' }],
        ['connection', ['--dbname=postgres'], { PGHOST: 'nosuch.invalid' }],
        ['connection', ['--dbname=postgres'], { PGSERVICE: 'nosuch' }],
        ['authentication', ['--dbname=postgres'], { PGPASSWORD: 'wrong' }],
        ['passwordMissing', ['--dbname=postgres'], { PGPASSWORD: '' }],
        ['permission', [`--dbname=${database}`], { PGUSER: 'pgtools_nobody', PGPASSWORD: 'p' }],
        ['nothingMatches', [`--dbname=${database}`, '--table=nosuch']],
        ['roleMissing', [`--dbname=${database}`, '--role=nosuch']],
        ['snapshotMissing', [`--dbname=${database}`, '--snapshot=00000003-0000001B-1']],
        ['encoding', [`--dbname=${database}`, '--encoding=nosuch']],
      ];
      for (const [cause, more, env] of cases) {
        const result = await run(server, 'pg_dump', [...args, ...more], env);
        const what = `${server.version} ${more.join(' ')} ${JSON.stringify(env)}: ${result.stderr}`;
        assert.equal(result.exitCode, 1, what);
        assert.equal(classifyFailure(result.stderr), cause, what);
      }
      if (server.major < newest.major) {
        const env = {
          PGHOST: newest.host,
          PGPORT: String(newest.port),
          PGPASSWORD: newest.password,
        };
        const result = await run(server, 'pg_dump', [...args, '--dbname=postgres'], env);
        assert.equal(classifyFailure(result.stderr), 'serverNewer', result.stderr);
      }
      const lock = await holdLock(server, database, 'LOCK TABLE a;');
      try {
        const result = await run(server, 'pg_dump', [...args, `--dbname=${database}`]);
        assert.equal(classifyFailure(result.stderr), 'lockTimeout', result.stderr);
      } finally {
        await lock.release();
      }

      assert.equal((await dump(server, database, file)).exitCode, 0);
      await truncate(file, Math.floor((await readFile(file)).length * 0.8));
      const target = await scratch.createDatabase(server, 'pgtools_failures_copy');
      const truncated = await restore(server, target, file);
      assert.equal(classifyFailure(truncated.stderr), 'archiveDamaged', truncated.stderr);
      await writeFile(
        file,
        Buffer.concat([Buffer.from('PGDMP'), Buffer.from([1, 99, 0, 4, 8, 1])]),
      );
      const newer = await restore(server, target, file);
      assert.equal(classifyFailure(newer.stderr), 'archiveVersion', newer.stderr);
      await psql(server, database, 'DROP ROLE pgtools_nobody');
    }
  });
});
