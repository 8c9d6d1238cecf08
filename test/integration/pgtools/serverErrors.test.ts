/**
 * Errors of real servers, told by their cause, and the remedies that are offered for them: each is
 * taken, and the same job then goes through. One server of its own, which is small and gets damaged.
 */
import assert from 'node:assert/strict';
import { chmod, cp, mkdtemp, open, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readServerInfo } from '../../../src/core/catalog/serverInfo';
import { buildConnection } from '../../../src/core/connections/libpq';
import type { ErrorProblem } from '../../../src/core/model/findings/errorProblems';
import type { BackupJob } from '../../../src/core/model/job';
import type { BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import { jobProblems } from '../../../src/core/pgtools/stderr/problems/jobProblems';
import { errorProblemText } from '../../../src/core/text/problems/errorProblemText';
import { ensurePostgres } from '../../support/install/postgres';
import { holdLock } from '../../support/machine/heldLock';
import { psql, quoteLiteral } from '../../support/machine/psql';
import { createDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { newestServer } from '../../support/servers';
import { PATIENCE_MS, until } from '../../support/until';
import { jobBackends, JobHarness } from '../harness/jobHarness';

const SOURCE = 'shop';
/** Few connections, and thereby some thousand locks: what one case needs many of has fewer. */
const SMALL = {
  max_connections: '12',
  max_wal_senders: '0',
  max_worker_processes: '1',
  autovacuum_max_workers: '1',
  autovacuum_worker_slots: '1',
};
/** For each of those connections; with them the server locks some 400 tables at once. */
const FEW_LOCKS = 10;
const TABLES = 600;

const SHOP = `CREATE SCHEMA app;
  CREATE TABLE app.customers (id int PRIMARY KEY);
  CREATE TABLE app.orders (id int PRIMARY KEY, customer int REFERENCES app.customers, note text);
  ALTER TABLE app.orders ALTER note SET STORAGE EXTERNAL;
  INSERT INTO app.customers SELECT generate_series(1, 5);
  INSERT INTO app.orders SELECT n, 1 + n % 5, repeat('x', 5000) FROM generate_series(1, 20) n;
  CREATE TABLE app.log (line text);
  INSERT INTO app.log SELECT 'line ' || n || U&' \\20AC' FROM generate_series(1, 9) n;
  CREATE EXTENSION pg_surgery;`;

/** What is in the way of a restore: each of it is an error of its own kind. */
const IN_THE_WAY = `CREATE SCHEMA app; CREATE TABLE app.log (line text);
  CREATE TABLE app.customers (id int PRIMARY KEY); INSERT INTO app.customers VALUES (1);`;

describe('errors of a server, and their remedies', function () {
  this.timeout(120_000);
  let server: PgServer;
  let jobs: JobHarness;
  let locales: string;

  before(async () => {
    const { major } = newestServer();
    const [install] = await ensurePostgres([major]);
    assert.ok(install);
    locales = await mkdtemp(path.join(tmpdir(), 'pgbr-locales-'));
    await chmod(locales, 0o755);
    // A language needs a locale of its name. Which one it is makes no difference for messages.
    const known = path.join(install.serverEnv['LOCPATH'] ?? '/usr/lib/locale', 'C.utf8');
    for (const name of ['C.utf8', 'de_DE.utf8', 'ja_JP.utf8']) {
      await cp(known, path.join(locales, name), { recursive: true });
    }
    server = await startServer(
      { ...install, serverEnv: { ...install.serverEnv, LOCPATH: locales } },
      { settings: SMALL },
    );
    jobs = await JobHarness.create([server.binDir]);
    await createDatabase(server, SOURCE);
    await psql(server, SOURCE, `CREATE ROLE boss; ${SHOP} ALTER TABLE app.orders OWNER TO boss;`);
    await psql(
      server,
      'postgres',
      `CREATE ROLE ann LOGIN PASSWORD ${quoteLiteral(server.password)};`,
    );
    jobs.connect('main', server, SOURCE);
    jobs.connect('reader', server, SOURCE, { user: 'ann' });
    await finished(jobs.backup({ connectionId: 'main', outputPath: jobs.path('shop.dump') }));
  });
  after(async () => {
    await jobs.dispose();
    await server.stop();
    await rm(locales, { recursive: true, force: true });
  });

  async function finished(job: Promise<BackupJob>): Promise<BackupJob> {
    const done = await job;
    assert.equal(done.status, 'completed', done.output.slice(-20).join('\n'));
    return done;
  }

  /** The one problem of this kind that a job that failed has. */
  function problemOf(job: BackupJob, kind: ErrorProblem['kind']): ErrorProblem {
    assert.notEqual(job.status, 'completed');
    const problems = jobProblems(job);
    const problem = problems.find((each) => each.kind === kind);
    assert.ok(problem, JSON.stringify([problems, job.errors, job.output.slice(-10)], null, 1));
    return problem;
  }

  /** The options of a job with what a remedy sets. */
  function taken<T extends BackupOptions | RestoreOptions>(
    job: BackupJob,
    problem: ErrorProblem,
    id: string,
  ): T {
    const remedy = problem.remedies.find((each) => each.id === id);
    assert.ok(remedy !== undefined && 'options' in remedy, JSON.stringify(problem));
    return { ...job.options, ...remedy.options } as T;
  }

  const restore = (change: Partial<RestoreOptions>): Promise<BackupJob> => {
    const options = { inputPath: jobs.path('shop.dump'), connectionId: 'target', ...change };
    return jobs.restore(options, Object.keys(options) as (keyof RestoreOptions)[]);
  };

  /** Runs what a remedy puts into the clipboard, as the owner would. */
  async function asOwner(database: string, problem: ErrorProblem, id: string): Promise<string> {
    const remedy = problem.remedies.find((each) => each.id === id);
    assert.ok(remedy?.kind === 'copy', JSON.stringify(problem));
    return psql(server, database, remedy.text);
  }

  async function target(name: string, sql = '', language = 'C.utf8'): Promise<void> {
    await createDatabase(server, name);
    await psql(server, name, `ALTER DATABASE ${name} SET lc_messages = '${language}';`);
    if (sql !== '') await psql(server, name, sql);
    jobs.connect('target', server, name);
  }

  it('are told alike in every language of the server', async () => {
    const told: unknown[] = [];
    const firsts: (string | undefined)[] = [];
    await psql(server, SOURCE, 'ALTER TABLE app.orders OWNER TO postgres; DROP ROLE boss;');
    for (const [name, language] of [
      ['english', 'C.utf8'],
      ['german', 'de_DE.utf8'],
      ['japanese', 'ja_JP.utf8'],
    ] as const) {
      await target(name, IN_THE_WAY, language);
      const job = await restore({ exitOnError: false });
      assert.equal(job.status, 'completedWithErrors');
      firsts.push(job.errors[0]?.message);
      told.push(
        jobProblems(job).map(({ kind, objects, count, remedies }) => {
          return { kind, objects, count, remedies: remedies.map(({ id }) => id) };
        }),
      );
    }
    assert.equal(new Set(firsts).size, 3, firsts.join('\n'));
    const [english, german, japanese] = told;
    assert.deepEqual(german, english);
    assert.deepEqual(japanese, english);
    const kinds = (english as ErrorProblem[]).map(({ kind }) => kind);
    assert.deepEqual(kinds.sort(), ['duplicateKey', 'exists', 'foreignKey', 'roleMissing']);
  });

  it('a script tells the codes of its errors, and its log reads as without', async () => {
    const inputPath = jobs.path('shop.sql');
    await finished(jobs.backup({ connectionId: 'main', outputPath: inputPath, format: 'plain' }));
    await target('scripted', IN_THE_WAY, 'de_DE.utf8');
    const job = await restore({ inputPath, exitOnError: false });
    const states = job.errors.map(({ sqlState = '' }) => sqlState);
    assert.deepEqual([...new Set(states)].sort(), ['23503', '23505', '42P06', '42P07', '42P16']);
    assert.deepEqual(
      job.output.filter((line) => /^LOCATION: |NAME: |: [0-9A-Z]{5}: /.test(line)),
      [],
    );
    const [problem] = jobProblems(job);
    assert.deepEqual([problem?.kind, problem?.sqlStates], ['exists', ['42P06', '42P07', '42P16']]);
  });

  it('a role with few rights: each button leads to the next error, until all goes through', async () => {
    await target('rights');
    jobs.connect('target', server, 'rights', { user: 'ann' });
    const options: Partial<RestoreOptions> = {
      ...{ singleTransaction: true, noOwner: true, noPrivileges: true },
    };
    const refused = problemOf(await restore(options), 'permission');
    await asOwner('rights', refused, 'copyGrants');
    const extension = problemOf(await restore(options), 'extensionRefused');
    await asOwner('rights', extension, 'copyExtensions');
    const comment = await restore(options);
    const owned = problemOf(comment, 'extensionOwner');
    await finished(restore(taken<RestoreOptions>(comment, owned, 'noComments')));
  });

  it('a reader with few rights backs up what it may, or gets the right', async () => {
    const outputPath = jobs.path('read.dump');
    const job = await jobs.backup({ connectionId: 'reader', outputPath });
    const problem = problemOf(job, 'permission');
    const left = await finished(jobs.backup(taken<BackupOptions>(job, problem, 'withoutRefused')));
    assert.deepEqual((left.options as BackupOptions).excludeSchemas, ['app']);
    await asOwner(SOURCE, problem, 'copyGrants');
    const table = problemOf(
      await jobs.backup({ connectionId: 'reader', outputPath }, true),
      'permission',
    );
    await asOwner(SOURCE, table, 'copyGrants');
    const roles = await jobs.backup({
      ...{ connectionId: 'reader', outputPath: jobs.path('roles.sql') },
      ...{ format: 'plain', scope: 'globals' },
    });
    await finished(
      jobs.backup(taken<BackupOptions>(roles, problemOf(roles, 'permission'), 'noRolePasswords')),
    );
    const latin = await jobs.backup({
      ...{ connectionId: 'main', outputPath: jobs.path('latin.dump'), encoding: 'LATIN1' },
    });
    await finished(
      jobs.backup(taken<BackupOptions>(latin, problemOf(latin, 'encoding'), 'ownEncoding')),
    );
  });

  /** Meanwhile the server has room for few locks. */
  async function withFewLocks(work: () => Promise<void>): Promise<void> {
    const set = `ALTER SYSTEM SET max_locks_per_transaction = ${FEW_LOCKS};`;
    await psql(server, 'postgres', set);
    await server.restart();
    try {
      await work();
    } finally {
      await psql(server, 'postgres', 'ALTER SYSTEM RESET max_locks_per_transaction;');
      await server.restart();
    }
  }

  /** A session gives its locks back when it has ended, a moment after its tool. */
  async function nobodyLeft(): Promise<void> {
    await until(async () => (await jobBackends(server)).length === 0, 'no session is left');
  }

  it('too many locks for one transaction, and for one backup', async () => {
    const other = newestServer();
    await createDatabase(other, 'many_tables');
    const create = `SELECT format('CREATE TABLE t%s (a int)', n) FROM generate_series(1, ${TABLES}) n \\gexec`;
    await psql(other, 'many_tables', create);
    jobs.connect('many', other, 'many_tables');
    const inputPath = jobs.path('many.dump');
    await finished(jobs.backup({ connectionId: 'many', outputPath: inputPath }));
    await psql(other, 'postgres', 'DROP DATABASE many_tables;');
    await target('locks');
    await withFewLocks(async () => {
      const job = await restore({ inputPath, singleTransaction: true });
      const problem = problemOf(job, 'locks');
      await nobodyLeft();
      await finished(restore(taken(job, problem, 'noSingleTransaction')));
      const outputPath = jobs.path('locks.dump');
      const backup = await jobs.backup({ connectionId: 'target', outputPath });
      const sentence = errorProblemText(problemOf(backup, 'locks'));
      assert.equal(sentence, errorProblemText({ ...problem, count: 1 }));
      await nobodyLeft();
    });
    await psql(server, 'postgres', 'DROP DATABASE locks;');
  });

  it('no connections left: fewer jobs need fewer', async () => {
    const { host, port, user, password, binDir } = server;
    const target = buildConnection(
      { id: 'x', host, port, user, database: SOURCE },
      { password, applicationName: 'x', inherited: {}, connectTimeoutSeconds: 15 },
    );
    const limits = async (): Promise<boolean> => {
      const options = { timeoutMs: PATIENCE_MS };
      const told = await readServerInfo(path.join(binDir, 'psql'), target, options);
      return told.limitsSessions === true;
    };
    await nobodyLeft();
    await until(async () => !(await limits()));
    const holders = [];
    for (let n = 0; n < 9; n++) holders.push(await holdLock(server, 'postgres', 'SELECT 1;'));
    assert.ok(await limits());
    const outputPath = jobs.path('connections');
    const job = await jobs.backup({
      ...{ connectionId: 'main', outputPath, format: 'directory', jobs: 8 },
    });
    const problem = problemOf(job, 'connections');
    await nobodyLeft();
    await finished(jobs.backup(taken<BackupOptions>(job, problem, 'fewerJobs')));
    for (const holder of holders) await holder.release();
  });

  it('values and pages that cannot be read: everything else is backed up', async () => {
    const damaged = ['damaged_page', 'damaged_file', 'damaged_value'] as const;
    const files = new Map<string, [heap: string, toast: string]>();
    for (const name of damaged) {
      await createDatabase(server, name);
      await psql(server, name, SHOP);
      const relations = `SELECT pg_relation_filepath(oid), pg_relation_filepath(reltoastrelid)
        FROM pg_class WHERE oid = 'app.orders'::regclass;`;
      const [heap = '', toast = ''] = (await psql(server, name, relations)).trim().split('|');
      files.set(name, [path.join(server.dataDir, heap), path.join(server.dataDir, toast)]);
    }
    const kill = `SELECT heap_force_kill(reltoastrelid, ARRAY['(0,1)'::tid])
      FROM pg_class WHERE oid = 'app.orders'::regclass; DROP EXTENSION pg_surgery;`;
    await psql(server, 'damaged_value', kill);
    await psql(server, 'postgres', 'CHECKPOINT;');
    await server.crash();
    const heap = await open(files.get('damaged_page')?.[0] ?? '', 'r+');
    await heap.write(Buffer.alloc(64, 0xa5), 0, 64, 0);
    await heap.close();
    await truncate(files.get('damaged_file')?.[1] ?? '', 0);
    await server.restart();
    for (const name of damaged) await backUpTheRest(name);
    await target('of_the_rest');
    await finished(restore({ inputPath: jobs.path('damaged_page.dump') }));
    const rows = await psql(server, 'of_the_rest', 'SELECT count(*) FROM app.log;');
    assert.equal(rows.trim(), '9');
  });

  /** Backs up a database whose `app.orders` is damaged: at first all, then what is left. */
  async function backUpTheRest(database: string): Promise<void> {
    jobs.connect('damaged', server, database);
    const outputPath = jobs.path(`${database}.dump`);
    const job = await jobs.backup({ connectionId: 'damaged', outputPath });
    const problem = problemOf(job, 'damaged');
    const options = taken<BackupOptions>(job, problem, 'withoutDamaged');
    assert.deepEqual(options.excludeTableData, [{ schema: 'app', name: 'orders' }]);
    await finished(jobs.backup(options));
  }
});
