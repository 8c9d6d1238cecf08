/** Properties that a restore sets for the database itself, and those that it must not set. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { readToc } from '../../../src/core/archive/file/tocReader';
import type { BackupJob } from '../../../src/core/model/job';
import { adminQuery } from '../../support/machine/adminSession';
import { psql } from '../../support/machine/psql';
import { createDatabase } from '../../support/machine/sampleDatabase';
import { repoPaths } from '../../support/repoPaths';
import { newestServer, testServer } from '../../support/servers';
import { JobHarness } from '../harness/jobHarness';
import type { ServerCoordinates } from '../../support/machine/server';

const cases = path.join(repoPaths.fixtures, 'cases');

/** Numbers of the entries that are rows. */
async function rowsAlone(file: string): Promise<number[]> {
  const toc = await readToc(file, {});
  return toc.withData().map((i) => toc.dumpId(i));
}

describe('a restore', function () {
  this.timeout(120_000);
  let server: ServerCoordinates;
  let jobs: JobHarness;
  const made = new Set<string>();
  before(async () => {
    server = newestServer();
    jobs = await JobHarness.create([server.binDir]);
    jobs.connect('main', server, 'postgres');
  });
  after(async () => {
    for (const name of made) await drop(name);
    await psql(server, 'postgres', 'DROP ROLE IF EXISTS whole_reader;');
    await jobs?.dispose();
  });

  const drop = (name: string): Promise<string> =>
    adminQuery(server, `DROP DATABASE IF EXISTS "${name}";`);
  const make = async (name: string, sql: string, clauses = ''): Promise<void> => {
    made.add(name);
    await drop(name);
    await createDatabase(server, name, `TEMPLATE template0 ${clauses}`);
    if (sql !== '') await psql(server, name, sql);
    jobs.connect(name, server, name);
  };
  const backup = async (name: string, options: object = {}): Promise<string> => {
    const outputPath = jobs.path(`${name}.dump`);
    const job = await jobs.startBackup({ connectionId: name, outputPath, ...options }, true)
      .finished;
    assert.equal(job.status, 'completed', problemOf(job));
    return outputPath;
  };
  const problemOf = (job: BackupJob): string =>
    `${jobs.manager.failure(job.id)?.message ?? job.status}\n${job.output.slice(-15).join('\n')}`;
  const into = async (
    inputPath: string,
    name: string,
    options: object = {},
  ): Promise<BackupJob> => {
    made.add(name);
    if (!('createDatabase' in options)) await drop(name);
    return jobs.restore({
      connectionId: 'main',
      inputPath,
      targetDatabase: name,
      createDatabase: true,
      ...options,
    });
  };

  for (const format of ['custom', 'plain'] as const) {
    it(`of schema "public" alone goes into a new database, and passes its trial: ${format}`, async () => {
      await make(
        'whole_src',
        `CREATE SCHEMA app; CREATE TABLE t AS SELECT generate_series(1, 3) AS a;
         COMMENT ON SCHEMA public IS 'ours';`,
      );
      const file = await backup('whole_src', { schemas: ['public'], format });
      const job = await into(file, 'whole_new');
      assert.equal(job.status, 'completed', problemOf(job));
      const is = `SELECT count(*), obj_description('public'::regnamespace) FROM t;`;
      assert.match(await psql(server, 'whole_new', is), /3.*ours/);
      const trial = await jobs.verify({
        options: { inputPath: file, level: 'trialRestore', connectionId: 'main' },
      }).finished;
      assert.equal(trial.status, 'completed', problemOf(trial));
    });
  }

  it('needs no schema that is there and empty, and stops at one that is not', async () => {
    await make('whole_src', 'CREATE SCHEMA app; CREATE TABLE app.t AS SELECT 1 AS a;');
    const file = await backup('whole_src');
    for (const [there, status] of [
      ['CREATE SCHEMA app;', 'completed'],
      ['CREATE SCHEMA app; CREATE TABLE app.other ();', 'failed'],
    ] as const) {
      await make('whole_there', there);
      const job = await into(file, 'whole_there', { createDatabase: false });
      assert.equal(job.status, status, problemOf(job));
    }
  });

  it('makes no subscription in a copy unless asked to, and drops what has one', async () => {
    const file = path.join(cases, 'subscription.dump');
    const count = "SELECT count(*) FROM pg_subscription WHERE subname = 'app_s1';";
    // The archive is made so that its last entry fails in a database of another name.
    const options = { exitOnError: false };
    const left = await into(file, 'whole_sub', options);
    assert.equal(left.status, 'completedWithErrors', problemOf(left));
    assert.ok(left.output.some((line) => line.includes('app_s1')));
    assert.equal((await psql(server, 'whole_sub', count)).trim(), '0');
    const failed = await into(file, 'whole_sub', { subscriptions: true });
    assert.equal(failed.targetState, 'databaseDropped', problemOf(failed));
    const there = "SELECT count(*) FROM pg_database WHERE datname = 'whole_sub';";
    assert.equal((await psql(server, 'postgres', there)).trim(), '0');
  });

  it('gives a new database the settings, grants and words of the old one', async () => {
    await psql(server, 'postgres', 'CREATE ROLE whole_reader;');
    await make(
      'whole_src',
      `ALTER DATABASE whole_src SET work_mem = '3MB';
       ALTER DATABASE whole_src SET search_path = app, public;
       ALTER ROLE whole_reader IN DATABASE whole_src SET statement_timeout = '7s';
       COMMENT ON DATABASE whole_src IS 'it''s ours';
       REVOKE ALL ON DATABASE whole_src FROM PUBLIC;
       GRANT CONNECT ON DATABASE whole_src TO whole_reader;`,
      'CONNECTION LIMIT 9',
    );
    const file = await backup('whole_src');
    const all = (name: string): string => `SELECT json_build_array(datconnlimit, datacl::text,
      shobj_description(oid, 'pg_database'), (SELECT json_agg(json_build_array(setrole, setconfig)
        ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid))
      FROM pg_database d WHERE datname = '${name}';`;
    const job = await into(file, 'whole_new');
    assert.equal(job.status, 'completed', problemOf(job));
    const [is, was] = [
      await psql(server, 'postgres', all('whole_new')),
      await psql(server, 'postgres', all('whole_src')),
    ];
    assert.match(was, /work_mem=3MB/);
    assert.equal(is, was);
    // The job reports what the server refuses; everything else is set.
    await psql(server, 'postgres', 'DROP OWNED BY whole_reader;');
    for (const name of ['whole_src', 'whole_new']) await drop(name);
    await psql(server, 'postgres', 'DROP ROLE whole_reader;');
    const without = await into(file, 'whole_new');
    assert.equal(without.status, 'completed', problemOf(without));
    const told = without.output.filter((line) => line.startsWith('Not taken over'));
    assert.equal(told.length, 2, told.join('\n'));
    assert.match(told.join('\n'), /whole_reader.*role "whole_reader" does not exist/);
    assert.match(await psql(server, 'postgres', all('whole_new')), /it's ours/);
    // Another role in its place gets what it had.
    await drop('whole_new');
    const mapRoles = [{ name: 'whole_reader', target: server.user }];
    const mapped = await into(file, 'whole_new', { mapRoles });
    assert.equal(mapped.status, 'completed', problemOf(mapped));
    assert.ok(!mapped.output.some((line) => line.startsWith('Not taken over')));
    assert.match(await psql(server, 'postgres', all('whole_new')), /statement_timeout=7s/);
  });

  it('sorts as the old database did: providers of locales, and a note where there is none', async () => {
    const file = path.join(cases, 'icu-database.dump');
    const job = await into(file, 'whole_icu');
    assert.equal(job.status, 'completed', problemOf(job));
    const sql = `SELECT to_jsonb(d)->>'datlocprovider', coalesce(to_jsonb(d)->>'datlocale',
      to_jsonb(d)->>'daticulocale') FROM pg_database d WHERE datname = 'whole_icu';`;
    assert.match(await psql(server, 'postgres', sql), /i.*de-DE/);
    await make('whole_src', '', "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'");
    const builtin = await into(await backup('whole_src'), 'whole_icu');
    assert.equal(builtin.status, 'completed', problemOf(builtin));
    assert.match(await psql(server, 'postgres', sql), /b.*C\.UTF-?8/);
    // A server that has no such provider.
    const old = testServer(13);
    jobs.connect('old', old, 'postgres');
    await psql(old, 'postgres', 'DROP DATABASE IF EXISTS whole_icu;');
    const into13 = await into(file, 'whole_icu', { connectionId: 'old', exitOnError: false });
    assert.equal(into13.status, 'completed', problemOf(into13));
    assert.ok(into13.output.some((line) => line.includes('the server does not take icu de-DE')));
    await psql(old, 'postgres', 'DROP DATABASE whole_icu;');
  });

  it('leaves out what the server does not take, whatever tools made the archive', async () => {
    // Tools of the newest major only.
    const rows = async (on: ServerCoordinates, name: string): Promise<string> => {
      const sql = `SELECT string_agg(c.oid::regclass || ' ' || (xpath('/row/c/text()',
          query_to_xml('SELECT count(*) AS c FROM ' || c.oid::regclass, false, true, '')))[1]::text,
          ', ' ORDER BY c.oid::regclass::text) FROM pg_class c JOIN pg_namespace n
          ON n.oid = c.relnamespace WHERE relkind IN ('r', 'm') AND c.relispopulated
          AND n.nspname !~ '^pg_|^information_schema$';`;
      return (await psql(on, name, sql)).trim();
    };
    for (const [file, into] of [
      ['att17-tools18.dump', [15, 17, 18]],
      ['tools18-small.dump', [15]],
      ['statistics18.dump', [15, 17, 18]],
    ] as const) {
      const counts = new Set<string>();
      for (const major of into) {
        const on = testServer(major);
        jobs.connect('on', on, 'postgres');
        for (const workers of major === 15 ? [1, 2] : [2]) {
          await psql(on, 'postgres', 'DROP DATABASE IF EXISTS whole_into;');
          const job = await jobs.restore(
            {
              ...{ connectionId: 'on', inputPath: path.join(cases, file), jobs: workers },
              ...{ targetDatabase: 'whole_into', createDatabase: true },
            },
            ['connectionId', 'inputPath', 'jobs', 'targetDatabase', 'createDatabase'],
          );
          assert.equal(job.status, 'completed', `${file} ${major}: ${problemOf(job)}`);
          assert.deepEqual(job.errors, []);
          counts.add(await rows(on, 'whole_into'));
        }
        await psql(on, 'postgres', 'DROP DATABASE whole_into;');
      }
      assert.equal(counts.size, 1, `${file}: ${[...counts].join(' | ')}`);
      assert.match([...counts][0] ?? '', / [1-9]/);
    }
  });

  it('tells which sequences stand behind the rows that were loaded', async () => {
    const definitions = `CREATE TABLE "Odd t" (id serial PRIMARY KEY, n int GENERATED BY DEFAULT
      AS IDENTITY UNIQUE, plain int DEFAULT 0); CREATE TABLE fine (id serial PRIMARY KEY);`;
    await make(
      'whole_src',
      `${definitions} INSERT INTO "Odd t" (plain) SELECT 0 FROM generate_series(1, 20);
       INSERT INTO fine DEFAULT VALUES;`,
    );
    const file = await backup('whole_src');
    for (const [dumpIds, behind] of [
      [null, false],
      [await rowsAlone(file), true],
    ] as const) {
      await make('whole_there', definitions);
      const options = { createDatabase: false, dataOnly: true, dumpIds };
      const job = await into(file, 'whole_there', options);
      assert.equal(job.status, 'completed', problemOf(job));
      const note = job.notes?.find(({ code }) => code === 'sequencesBehind');
      const names = ['public.Odd t_id_seq', 'public.Odd t_n_seq', 'public.fine_id_seq'];
      assert.deepEqual(note, behind ? { code: 'sequencesBehind', names } : undefined);
    }
  });

  it('is all or nothing also by the script of an archive', async () => {
    const file = path.join(cases, 'att17-tools18.dump');
    await make('whole_there', 'CREATE TABLE t (mine int);');
    const job = await into(file, 'whole_there', { createDatabase: false, singleTransaction: true });
    assert.equal(job.status, 'failed', problemOf(job));
    assert.equal(job.targetState, 'untouched');
    assert.match(job.errors[0]?.message ?? '', /relation "t" already exists/);
  });
});
