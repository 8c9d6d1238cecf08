import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../src/core/errors';
import type { BackupJob } from '../../../src/core/model/job';
import { manifestPath } from '../../../src/core/backups/manifest/manifest';
import { ensurePostgres } from '../../support/install/postgres';
import { psql } from '../../support/machine/psql';
import { startServer, type PgServer } from '../../support/machine/server';
import { repoPaths } from '../../support/repoPaths';
import { buildArchive, encodingEntry, type BuiltEntry } from '../../unit/archive/buildArchive';
import { JobHarness } from '../harness/jobHarness';

describe('what reaches beyond a scratch database', function () {
  let server: PgServer;
  let jobs: JobHarness;
  let old: JobHarness;
  let mark: string;
  before(async () => {
    const [install15, install17] = await ensurePostgres([15, 17]);
    assert.ok(install15 && install17);
    server = await startServer(install17);
    jobs = await JobHarness.create([install17.binDir]);
    old = await JobHarness.create([install15.binDir]);
    for (const each of [jobs, old]) each.connect('main', server, 'postgres');
    // The server's own user writes there.
    mark = path.join(server.socketDir, 'mark');
  });
  after(async () => {
    await jobs?.dispose();
    await old?.dispose();
    await server?.stop();
  });
  beforeEach(() => rm(mark, { force: true }));

  const trial = (inputPath: string, by = jobs): Promise<BackupJob> =>
    by.verify({ options: { inputPath, level: 'trialRestore', connectionId: 'main' } }).finished;
  /** Everything that a trial must not change. */
  const state = async (): Promise<string> =>
    psql(
      server,
      'postgres',
      `SELECT array_agg(datname ORDER BY 1) FROM pg_database;
       SELECT array_agg(rolname ORDER BY 1) FROM pg_roles;
       SELECT count(*) FROM pg_subscription;
       SELECT count(*) FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf';`,
    );
  const refused = async (file: string, kind: string): Promise<void> => {
    const before = await state();
    const job = await trial(file);
    const failure = jobs.manager.failure(job.id);
    assert.ok(AppError.is(failure, 'trialReachesOut'), failure?.message ?? job.status);
    assert.equal(failure.details.kind, kind);
    assert.equal(await state(), before);
    assert.ok(!existsSync(mark));
    assert.ok(!existsSync(manifestPath(file)), 'no manifest beside the file of somebody else');
  };

  const statements: readonly (readonly [sql: string, kind: string])[] = [
    ['DROP DATABASE postgres', 'databases'],
    ['CREATE ROLE hacker SUPERUSER', 'roles'],
    ['GRANT pg_execute_server_program TO postgres', 'roles'],
    ["ALTER SYSTEM SET work_mem = '1MB'", 'server'],
    ["COPY (SELECT 1) TO PROGRAM 'touch MARK'", 'programs'],
    ["COPY (SELECT 1) TO 'MARK'", 'files'],
    ["DO $$BEGIN EXECUTE 'COPY (SELECT 1) TO ''MARK'''; END$$", 'unjudged'],
    ["SELECT pg_read_file('MARK')", 'files'],
    [
      `CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS
         $$BEGIN EXECUTE 'COPY (SELECT 1) T' || 'O ''MARK'''; RETURN 1; END$$;
       CREATE TABLE x AS SELECT f()`,
      'unjudged',
    ],
    [
      "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)",
      'subscriptions',
    ],
  ];
  for (const [sql, kind] of statements) {
    it(`is refused in a script, and in an archive: ${sql}`, async () => {
      const statement = sql.replaceAll('MARK', mark);
      const script = jobs.path('evil.sql');
      await writeFile(script, `CREATE TABLE t (i int);\n${statement};\n`);
      await refused(script, kind);
      const entry = { dumpId: 3, tag: 't', desc: 'TABLE', schema: 'public' };
      const archive = jobs.path('evil.dump');
      const evil: BuiltEntry = {
        ...entry,
        definition: `CREATE TABLE public.t (i int);\n${statement};\n`,
      };
      await writeFile(archive, buildArchive([encodingEntry('UTF8'), evil]));
      await refused(archive, kind);
    });
  }

  it('is refused where pg_restore sends what no listing shows, or makes statements of it', async () => {
    const archive = jobs.path('unlisted.dump');
    const path = "SELECT pg_catalog.set_config('search_path', '', false);\n";
    const entries: readonly [entry: Partial<BuiltEntry> & { desc: string }, kind: string][] = [
      [{ desc: 'SEARCHPATH', definition: `${path}CREATE ROLE hacker;\n` }, 'roles'],
      [
        { desc: 'BLOB METADATA', definition: "16384\n16385'); CREATE ROLE hacker; SELECT ('\n" },
        'unjudged',
      ],
      [
        {
          desc: 'BLOB',
          tag: '16384 OWNER TO postgres; CREATE ROLE hacker; --',
          definition: "SELECT pg_catalog.lo_create('16384');\n",
        },
        'unjudged',
      ],
      [
        {
          desc: 'FUNCTION',
          definition: "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n",
          dropStatement: '-- xxFUNCTION public.f() OWNER TO postgres; CREATE ROLE hacker; --\n',
        },
        'unjudged',
      ],
    ];
    for (const [entry, kind] of entries) {
      const whole = { tag: entry.desc, ...entry, dumpId: 3 };
      await writeFile(archive, buildArchive([encodingEntry('UTF8'), whole]));
      await refused(archive, kind);
    }
    const harmless: BuiltEntry[] = [
      { dumpId: 3, tag: 'SEARCHPATH', desc: 'SEARCHPATH', definition: path },
      { dumpId: 4, tag: '16384..16385', desc: 'BLOB METADATA', definition: '16384\n16385\n' },
    ];
    await writeFile(archive, buildArchive([encodingEntry('UTF8'), ...harmless]));
    const job = await trial(archive);
    assert.notEqual(jobs.manager.failure(job.id)?.code, 'trialReachesOut');
  });

  it('is refused in rows that are statements', async () => {
    const archive = jobs.path('rows.dump');
    const entry = { tag: 't', schema: 'public' };
    const entries: BuiltEntry[] = [
      encodingEntry('UTF8'),
      { ...entry, dumpId: 3, desc: 'TABLE', definition: 'CREATE TABLE public.t (i int);\n' },
      {
        ...entry,
        dumpId: 4,
        desc: 'TABLE DATA',
        data: 'INSERT INTO public.t VALUES (1);\nCREATE ROLE hacker;\n\n\n',
      },
    ];
    await writeFile(archive, buildArchive(entries));
    await refused(archive, 'roles');
    const harmless = { ...entries[2]!, data: 'INSERT INTO public.t VALUES (1);\n\n\n' };
    await writeFile(archive, buildArchive([...entries.slice(0, 2), harmless]));
    const job = await trial(archive);
    assert.equal(job.verification?.rows, 1, JSON.stringify(job.verification));
  });

  it('is not what a row says, even to a psql that runs rows when their COPY fails', async () => {
    const script = old.path('rows.sql');
    await writeFile(
      script,
      'CREATE TABLE t (s text);\nCOPY nosuch FROM stdin;\nCREATE ROLE from_rows;\n\\.\n',
    );
    const before = await state();
    assert.equal((await trial(script, old)).status, 'failed');
    assert.equal(await state(), before);
    assert.equal((await trial(script)).status, 'completedWithErrors');
    assert.equal(await state(), before);
  });

  it('leaves no manifest beside a script that somebody else made', async () => {
    const script = jobs.path('theirs.sql');
    await writeFile(script, 'CREATE TABLE t (i int);\n');
    const theirs = await trial(script);
    assert.equal(theirs.status, 'completed', JSON.stringify(theirs.verification));
    const dumped = jobs.path('dumped.sql');
    await copyFile(path.join(repoPaths.fixtures, 'archives/mini.17.sql'), dumped);
    assert.equal((await trial(dumped)).verification?.outcome, 'passedWithErrors');
    assert.ok(!existsSync(manifestPath(script)) && !existsSync(manifestPath(dumped)));
  });

  it('is not a subscription in an archive: it is left out, and nothing stays behind', async () => {
    const archive = jobs.path('subscription.dump');
    await copyFile(path.join(repoPaths.fixtures, 'cases/subscription.dump'), archive);
    const before = await state();
    const job = await trial(archive);
    // A materialized view in it cannot be filled, on purpose.
    const problems = job.verification?.problems.map(({ detail }) => detail);
    assert.deepEqual(problems, ['division by zero']);
    assert.deepEqual(job.warnings, undefined);
    assert.equal(await state(), before);
    assert.doesNotMatch(job.output.join('\n'), /creating SUBSCRIPTION/);
  });

  it('goes with a database of a restore that fails, subscription and all', async () => {
    const archive = jobs.path('failing.dump');
    const entry = { schema: null, owner: '' };
    const entries: BuiltEntry[] = [
      encodingEntry('UTF8'),
      {
        ...{ ...entry, dumpId: 3, tag: 's', desc: 'SUBSCRIPTION' },
        definition: `CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, slot_name = 's');\n`,
      },
      { ...entry, dumpId: 4, tag: 'x', desc: 'SCHEMA', definition: 'no statement;\n' },
    ];
    await writeFile(archive, buildArchive(entries));
    const before = await state();
    const job = await jobs.restore({
      ...{ connectionId: 'main', inputPath: archive },
      ...{ targetDatabase: 'made', createDatabase: true, subscriptions: true },
    });
    assert.equal(job.status, 'failed');
    assert.match(job.output.join('\n'), /creating SUBSCRIPTION/);
    assert.equal(job.targetState, 'databaseDropped');
    assert.equal(await state(), before);
  });
});
