/** A restore that failed in part, and the run that brings what it has not brought. */
import assert from 'node:assert/strict';
import { countRows } from '../../../src/core/catalog/restore/countRows';
import { doPreflightStep } from '../../../src/core/catalog/restore/preflightSteps';
import { violatingRowsSql } from '../../../src/core/pgtools/stderr/problems/foreignKeySql';
import { buildConnection, type LibpqConnection } from '../../../src/core/connections/libpq';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { restOptions } from '../../../src/core/jobs/restore/again/restOptions';
import type { PreflightStep } from '../../../src/core/model/findings/findings';
import { tableKey } from '../../../src/core/preflight/countedRows';
import type { BackupJob } from '../../../src/core/model/job';
import type { RestoreOptions } from '../../../src/core/model/options';
import { waysBack } from '../../../src/core/text/ways/waysBack';
import { compareDatabases } from '../../support/machine/compareDatabases';
import { holdLock } from '../../support/machine/heldLock';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer } from '../../support/servers';
import { until } from '../../support/until';
import { JobHarness } from '../harness/jobHarness';

const SOURCE = 'rest "source" %';
const TARGET = 'rest "target" %';

/** `big` counts its limits in another table, whose rows an archive has later. */
const SQL = `
  CREATE SCHEMA app;
  CREATE FUNCTION app.allowed(n int) RETURNS boolean LANGUAGE plpgsql
    AS $$BEGIN RETURN EXISTS (SELECT FROM app.limits l WHERE n <= l.most); END$$;
  CREATE TABLE app.limits (id int PRIMARY KEY, most int);
  INSERT INTO app.limits VALUES (1, 100);
  CREATE TABLE app.big (id serial PRIMARY KEY, n int CHECK (app.allowed(n)));
  INSERT INTO app.big (n) SELECT generate_series(1, 100);
  CREATE TABLE app."a ""quoted"" 'one'" (id int PRIMARY KEY, big int REFERENCES app.big);
  INSERT INTO app."a ""quoted"" 'one'" SELECT n, n FROM generate_series(1, 50) n;
  CREATE INDEX ON app."a ""quoted"" 'one'" (big);
  CREATE TABLE public.zeta (id int PRIMARY KEY, note text);
  INSERT INTO public.zeta VALUES (1, 'one');
  COMMENT ON TABLE public.zeta IS 'the last';
  CREATE VIEW app.totals AS SELECT count(*) FROM public.zeta;`;

const CASES: readonly [
  title: string,
  before: string,
  first: Partial<RestoreOptions>,
  /** SQL that is run, and options that are set, before the rest is restored. */
  fix: { sql?: string; how?: Partial<RestoreOptions> },
  status: BackupJob['status'],
][] = [
  [
    'rows that were checked against rows that came later',
    '',
    { exitOnError: false },
    {},
    'completedWithErrors',
  ],
  [
    'a table that was there in another form, dropped with what depends on it',
    'CREATE SCHEMA app; CREATE TABLE public.zeta (id text); CREATE TABLE app.big (n int);',
    { exitOnError: false },
    { how: { clean: true, ifExists: true, safetyBackup: false } },
    'completedWithErrors',
  ],
  [
    'what comes after the first error, where that was the end',
    'CREATE TABLE public.zeta (id text);',
    { exitOnError: true },
    { sql: 'DROP TABLE public.zeta;' },
    'failed',
  ],
  [
    'what a table was missing for that somebody else has made',
    'CREATE SCHEMA app; CREATE TABLE app.limits (id int);',
    { exitOnError: false },
    { sql: 'DROP TABLE app.limits;' },
    'completedWithErrors',
  ],
];

describe('the rest of a restore that failed in part', function () {
  this.timeout(120_000);
  let server: ServerCoordinates;
  let jobs: JobHarness;
  let inputPath: string;

  before(async () => {
    server = newestServer();
    await createDatabase(server, SOURCE);
    await psql(server, SOURCE, SQL);
    jobs = await JobHarness.create([server.binDir]);
    jobs.connect('source', server, SOURCE);
    jobs.connect('target', server, TARGET);
    inputPath = jobs.path('rest.dump');
    const options = { ...backupDefaults('custom'), connectionId: 'source', outputPath: inputPath };
    const made = await jobs.backup(options);
    assert.equal(made.status, 'completed');
  });
  afterEach(() => dropDatabase(server, TARGET));
  after(async () => {
    await jobs.dispose();
    await dropDatabase(server, SOURCE);
  });

  async function rest(job: BackupJob, how: Partial<RestoreOptions>) {
    assert.ok(waysBack(job).includes('restoreRest'), JSON.stringify([job.status, job.errors]));
    const options = job.options as RestoreOptions;
    const world = { inputPath, psql: `${server.binDir}/psql`, target: target() };
    return restOptions({ ...job, options }, { ...options, ...how }, world);
  }

  function target(): LibpqConnection {
    const { host, port, user, password } = server;
    return buildConnection(
      { id: 'target', host, port, user, database: TARGET },
      {
        password,
        database: TARGET,
        applicationName: 'rest-test',
        inherited: { PATH: process.env['PATH'] },
        connectTimeoutSeconds: 60,
      },
    );
  }

  it('keys that rows violate are added for new rows, and sequences set', async () => {
    await createDatabase(server, TARGET);
    const table = 'app."a ""quoted"" \'one\'"';
    await psql(server, TARGET, `${SQL} ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS "k""k";`);
    await psql(
      server,
      TARGET,
      `INSERT INTO ${table} VALUES (99); SELECT setval('app.big_id_seq', 5);`,
    );
    const key = {
      table: { schema: 'app', name: `a "quoted" 'one'` },
      name: 'k"k; DROP',
      columns: ['id'],
      to: { schema: 'app', name: 'big' },
      toColumns: ['id'],
      ...({ onUpdate: 'NO ACTION', onDelete: 'CASCADE' } as const),
    };
    const tool = `${server.binDir}/psql`;
    const options = { timeoutMs: 60_000 };
    const rows = await psql(server, TARGET, violatingRowsSql({ ...key, columns: ['id'] }));
    assert.equal(rows.trim(), '', 'no row is violated yet');
    await psql(server, TARGET, `INSERT INTO ${table} (id) VALUES (700);`);
    assert.match(await psql(server, TARGET, violatingRowsSql(key)), /^700/);
    await doPreflightStep(tool, target(), { do: 'addForeignKeys', keys: [key] }, options);
    const extensions = [{ name: 'earthdistance', schema: 'public' }];
    await doPreflightStep(tool, target(), { do: 'createExtensions', extensions }, options);
    await doPreflightStep(tool, target(), { do: 'setSequences' }, options);
    const valid = `SELECT convalidated FROM pg_constraint WHERE conname = 'k"k; DROP'`;
    assert.equal((await psql(server, TARGET, valid)).trim(), 'f');
    const next = await psql(server, TARGET, `SELECT nextval('app.big_id_seq')`);
    assert.equal(next.trim(), '101');
    const [other, ours] = await Promise.all([
      holdLock(server, TARGET, 'LOCK TABLE app.big;'),
      holdLock(server, TARGET, 'SELECT 1;', 'pgbackup-other'),
    ]);
    const counted = await countRows(
      tool,
      target(),
      [key.table, key.to, { schema: 'app', name: 'gone' }],
      options,
    );
    const there = await psql(server, TARGET, `SELECT count(*) FROM ${table}`);
    // What somebody holds is not waited for, and what is not there is in no answer.
    const expected = new Map([
      [tableKey(key.table), Number(there)],
      [tableKey(key.to), null],
    ]);
    assert.deepEqual(counted, expected);
    const ended: PreflightStep = { do: 'endAllSessions', databases: [TARGET] };
    await doPreflightStep(tool, target(), ended, options);
    const alive = `SELECT string_agg(pid::text, ' ') FROM pg_stat_activity
      WHERE pid IN (${other.pid}, ${ours.pid})`;
    await until(async () => (await psql(server, TARGET, alive)).trim() === String(ours.pid));
    await Promise.all([other.release(), ours.release()]);
  });

  for (const [title, before, first, { sql = '', how = {} }, status] of CASES) {
    it(title, async () => {
      await createDatabase(server, TARGET);
      if (before !== '') await psql(server, TARGET, before);
      const base = { ...restoreDefaults(), connectionId: 'target', inputPath, ...first };
      const job = await jobs.restore(base, ['exitOnError']);
      assert.equal(job.status, status, JSON.stringify(job.errors));
      if (sql !== '') await psql(server, TARGET, sql);
      let last = job;
      // The check of the restored table can again fail for rows that refer to later ones.
      for (const more of [how, {}]) {
        if (last.status === 'completed') break;
        const options = await rest(last, {
          exitOnError: false,
          clean: false,
          ifExists: false,
          ...more,
        });
        assert.ok(options?.dumpIds);
        last = await jobs.restore(options, ['exitOnError']);
      }
      assert.equal(last.status, 'completed', JSON.stringify([last.errors, last.output]));
      const differences = await compareDatabases(...([server, SOURCE, server, TARGET] as const));
      assert.deepEqual(differences, []);
    });
  }
});
