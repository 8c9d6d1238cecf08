import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { readManifest } from '../../../src/core/backups/manifest/readManifest';
import { AppError } from '../../../src/core/errors';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { BackupOptions } from '../../../src/core/model/options';
import type { BackupJob } from '../../../src/core/model/job';
import { leaveAdminSessions } from '../../support/machine/adminSession';
import { compareDatabases } from '../../support/machine/compareDatabases';
import { holdLock } from '../../support/machine/heldLock';
import { ensurePostgres } from '../../support/install/postgres';
import { psql, psqlJson } from '../../support/machine/psql';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { until } from '../../support/until';
import { backendsLeft, JobHarness, processesWith } from '../harness/jobHarness';

const odd = `odd "db' = x`;
const accented = 'Café.*';

describe('backups of more than a database', function () {
  let source: PgServer;
  let target: PgServer;
  let jobs: JobHarness;

  before(async () => {
    const [old, recent] = await ensurePostgres([17, 18]);
    assert.ok(old && recent);
    [source, target] = await Promise.all([startServer(old), startServer(recent)]);
    await createSampleDatabase(source, 'shop', 'tiny');
    for (const name of [odd, accented]) await createDatabase(source, name);
    await psql(
      source,
      'postgres',
      `CREATE ROLE "Alice" LOGIN PASSWORD 'secret'; CREATE ROLE staff; GRANT staff TO "Alice";
       ALTER ROLE staff SET work_mem = '1MB'; COMMENT ON ROLE staff IS 'people';
       CREATE TABLE kept (n int); INSERT INTO kept VALUES (1);`,
    );
    await psql(source, odd, `CREATE TABLE t AS SELECT '\\! touch /tmp/x'::text AS c;`);
    await psql(source, 'template1', 'CREATE TABLE in_template (n int);');
    jobs = await JobHarness.create([old.binDir, recent.binDir]);
    jobs.connect('source', source, 'shop');
    jobs.connect('target', target, 'postgres');
  });
  after(async () => {
    await jobs?.dispose();
    await source?.stop();
    await target?.stop();
  });

  async function backup(name: string, options: Partial<BackupOptions>): Promise<BackupJob> {
    return jobs.backup({
      connectionId: 'source',
      outputPath: jobs.path(name),
      format: 'plain',
      compression: 0,
      ...options,
    });
  }

  it('takes the whole server to another one: every database equal, all roles there', async () => {
    const totals: (number | null)[] = [];
    const stop = jobs.manager.onUpdate(({ progress }) => {
      if (progress?.phase === 'dumping') totals.push(progress.objectsTotal);
    });
    const job = await backup('all.sql', { scope: 'server' });
    stop();
    assert.equal(job.status, 'completed', JSON.stringify(job.errors));
    assert.match(job.command[0] ?? '', /17\/bin\/pg_dumpall$/);
    assert.ok(!JSON.stringify(job).includes(source.password));
    // template1, postgres and the three databases of the test.
    assert.ok(totals.includes(5), JSON.stringify(totals));
    assert.equal(job.progress?.objectsCompleted, 5);
    assert.equal((await stat(jobs.path('all.sql'))).size, job.sizeBytes);
    assert.deepEqual(await jobs.leftovers(), []);

    const info = await getBackupInfo(jobs.path('all.sql'));
    assert.equal(info.cluster, true);
    assert.equal(info.complete, true);
    const { created, roles, dropped } = info.clusterContents ?? {};
    assert.deepEqual(created?.sort(), [accented, odd, 'shop'].sort());
    assert.ok(roles?.includes('Alice') && roles.includes('postgres'));
    assert.deepEqual(dropped, []);

    const lines: string[] = [];
    const stopLines = jobs.manager.onLines((_id, more) => lines.push(...more));
    const restored = await jobs.restore(
      { connectionId: 'target', inputPath: jobs.path('all.sql'), wholeServer: true },
      ['wholeServer'],
    );
    stopLines();
    // The role that everything is restored as is there already; that is no error.
    assert.equal(restored.status, 'completed', JSON.stringify(restored.errors));
    assert.deepEqual(restored.errors, []);
    assert.match(lines.join('\n'), /role "postgres" already exists/);
    for (const database of ['shop', odd, accented, 'postgres', 'template1']) {
      const found = await compareDatabases(source, database, target, database);
      assert.deepEqual(found, [], database);
    }
    const rolesSql = `SELECT json_agg(json_build_array(rolname, rolcanlogin, rolconfig,
        shobj_description(oid, 'pg_authid'),
        (SELECT rolpassword FROM pg_authid a WHERE a.oid = r.oid AND rolname <> 'postgres'),
        ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid))
      ORDER BY rolname COLLATE "C") FROM pg_roles r WHERE rolname !~ '^pg_'`;
    assert.deepEqual(
      await psqlJson(target, 'postgres', rolesSql),
      await psqlJson(source, 'postgres', rolesSql),
    );
  });

  it('restores databases that are chosen of its script, into others, past roles that are there', async () => {
    const databases = [
      { name: 'shop', target: 'shop "two" ü' },
      { name: 'postgres', target: 'copy of postgres' },
      { name: odd, target: 'there' },
    ];
    await createDatabase(target, 'there');
    const names = `SELECT json_agg(datname ORDER BY datname) FROM pg_database`;
    const before = await psqlJson<string[]>(target, 'postgres', names);
    const job = await jobs.restore(
      { connectionId: 'target', inputPath: jobs.path('all.sql'), databases },
      ['databases'],
    );
    assert.equal(job.status, 'completed', job.output.join('\n'));
    assert.deepEqual(job.errors, []);
    for (const { name, target: database } of databases) {
      const found = await compareDatabases(source, name, target, database);
      assert.deepEqual(found, [], database);
    }
    const after = await psqlJson<string[]>(target, 'postgres', names);
    const made = after.filter((name) => !before.includes(name));
    assert.deepEqual(made, ['copy of postgres', 'shop "two" ü']);
    // Roles that own something in them could not be dropped.
    for (const { target: database } of databases) await dropDatabase(target, database);
  });

  it('leaves out databases by exact names and by patterns', async () => {
    const job = await backup('some.sql', {
      scope: 'server',
      excludeDatabases: [accented, odd],
      toolOptions: { 'exclude-database': ['post*'] },
    });
    assert.equal(job.status, 'completed', JSON.stringify(job.errors));
    const { connects } = await getBackupInfo(jobs.path('some.sql'));
    assert.deepEqual(connects.sort(), ['shop', 'template1']);
  });

  it('takes globals, roles or tablespaces alone, and no passwords when told so', async () => {
    const scopes: Record<'globals' | 'roles' | 'tablespaces', boolean> = {
      globals: true,
      roles: true,
      tablespaces: false,
    };
    for (const [scope, hasRoles] of Object.entries(scopes)) {
      const job = await backup(`${scope}.sql`, { scope: scope as keyof typeof scopes });
      assert.equal(job.status, 'completed', JSON.stringify(job.errors));
      const text = await readFile(jobs.path(`${scope}.sql`), 'utf8');
      assert.equal(/CREATE ROLE "Alice"/.test(text), hasRoles);
      assert.equal(/SCRAM-SHA-256/.test(text), hasRoles);
      assert.doesNotMatch(text, /\\connect|CREATE DATABASE/);
    }
    const toolOptions = { 'no-role-passwords': true };
    const job = await backup('nopw.sql', { scope: 'roles', toolOptions });
    assert.equal(job.status, 'completed');
    assert.doesNotMatch(await readFile(jobs.path('nopw.sql'), 'utf8'), /PASSWORD/);
  });

  const refused: [keyof BackupOptions, Partial<BackupOptions>][] = [
    ['format', { format: 'custom' }],
    ['compression', { compression: 6 }],
    ['jobs', { jobs: 2 }],
    ['tables', { tables: [{ schema: 'app', name: 'orders' }] }],
    ['excludeDatabases', { excludeDatabases: ['nowhere'] }],
    ['excludeDatabases', { scope: 'globals', excludeDatabases: ['shop'] }],
    ['includeData', { scope: 'roles', includeData: false }],
    ['extraArgs', { extraArgs: ['--globals-only'] }],
    ['extraArgs', { extraArgs: ['--schema=app'] }],
  ];
  for (const [field, options] of refused) {
    it(`refuses ${JSON.stringify(options)} at ${field}`, async () => {
      const job = await backup('refused.sql', { scope: 'server', ...options });
      const failure = jobs.manager.failure(job.id);
      assert.ok(AppError.is(failure, 'optionInvalid'), failure?.message ?? job.status);
      assert.equal(failure.details.field, field, JSON.stringify(failure.details.problem));
      assert.equal(job.exitCode, null);
    });
  }

  it('computes the checksum while databases are dumped that are appended one by one', async () => {
    const names = ['zz 1 large', 'zz 2 locked'];
    for (const name of names) {
      await createDatabase(source, name);
      const rows = `SELECT repeat(md5(g::text), 32) FROM generate_series(1, 12000) g`;
      await psql(source, name, `CREATE TABLE t (c) AS ${rows};`);
    }
    const lock = await holdLock(source, 'zz 2 locked', 'LOCK TABLE t;');
    try {
      const outputPath = jobs.path('followed.sql');
      const { finished } = jobs.manager.startBackup({
        options: {
          ...backupDefaults('plain'),
          connectionId: 'source',
          outputPath,
          compression: 0,
          scope: 'server',
        },
        overwrite: false,
        manifest: { workspaceDir: null },
      });
      // The dump waits for the lock. Only what computes checksums of the growing script opens it
      // for reading.
      assert.ok(await until(() => openFiles().some((file) => file.startsWith(jobs.dir))));
      await lock.release();
      const job = await finished;
      assert.equal(job.status, 'completed', JSON.stringify(job.errors));
      const script = await readFile(outputPath);
      assert.ok(script.length > 2 * 12_000 * 1024);
      const sha256 = createHash('sha256').update(script).digest('hex');
      assert.deepEqual((await readManifest(outputPath))?.files, [
        { name: 'followed.sql', sizeBytes: script.length, sha256 },
      ]);
      assert.ok(!openFiles().some((file) => file.startsWith(jobs.dir)));
      assert.deepEqual(await jobs.leftovers(), []);
    } finally {
      await lock.release();
      for (const name of names) await dropDatabase(source, name);
    }
  });

  it('cancelled, it leaves the older file and no process', async () => {
    await createSampleDatabase(source, 'zz large', 12);
    const outputPath = jobs.path('cancelled.sql');
    await writeFile(outputPath, 'older');
    const handle = jobs.startBackup(
      { connectionId: 'source', outputPath, format: 'plain', compression: 0, scope: 'server' },
      true,
    );
    const begun = (): boolean =>
      jobs.manager.get(handle.job.id)?.progress?.currentObject?.startsWith('zz large: ') === true;
    assert.ok(await until(begun));
    const job = await jobs.manager.cancel(handle.job.id);
    assert.equal(job.status, 'cancelled');
    assert.equal(await readFile(outputPath, 'utf8'), 'older');
    assert.deepEqual(await jobs.leftovers(), []);
    assert.deepEqual(processesWith(path.basename(jobs.dir)), []);
    assert.deepEqual(await backendsLeft(source), []);
  });

  it('says why it failed, and leaves nothing: a role that may not read passwords', async () => {
    await psql(source, 'postgres', `CREATE ROLE poor LOGIN PASSWORD 'poor'`);
    jobs.connect('poor', source, 'postgres', { user: 'poor' });
    jobs.setPassword('poor', 'poor');
    const before = await readdir(jobs.dir);
    const job = await backup('poor.sql', { connectionId: 'poor', scope: 'globals' });
    const failure = jobs.manager.failure(job.id);
    assert.ok(AppError.is(failure, 'toolFailed'), failure?.message ?? job.status);
    assert.equal(failure.details.cause, 'permission');
    assert.equal(failure.details.tool, 'pg_dumpall');
    assert.deepEqual(await readdir(jobs.dir), before);
    const without = await backup('poor2.sql', {
      connectionId: 'poor',
      scope: 'globals',
      toolOptions: { 'no-role-passwords': true },
    });
    assert.equal(without.status, 'completed', JSON.stringify(without.errors));
  });

  describe('restoring such a script', () => {
    it('is refused unless the whole server is meant, and into one database always', async () => {
      const inputPath = jobs.path('all.sql');
      for (const [options, field] of [
        [{}, 'wholeServer'],
        [{ wholeServer: true, targetDatabase: 'postgres' }, 'targetDatabase'],
        [{ wholeServer: true, singleTransaction: true }, 'singleTransaction'],
        [{ wholeServer: true, exitOnError: true }, 'exitOnError'],
      ] as const) {
        const given = Object.keys(options) as never[];
        const job = await jobs.restore({ connectionId: 'target', inputPath, ...options }, given);
        const failure = jobs.manager.failure(job.id);
        assert.ok(AppError.is(failure, 'optionInvalid'), failure?.message ?? job.status);
        assert.equal(failure.details.field, field);
        assert.equal(job.targetState, 'untouched');
      }
    });

    it('goes on after errors, lists them, and follows no command that the script hides', async () => {
      const trace = jobs.path('hidden-command-ran');
      const script = jobs.path('hostile.sql');
      // What psql takes for rows depends on whether the COPY before them works.
      await writeFile(
        script,
        [
          '--\n-- PostgreSQL database cluster dump\n--\n',
          'CREATE ROLE "Alice";',
          'CREATE ROLE fresh;',
          'CREATE DATABASE hostile;',
          '\\connect hostile',
          'CREATE TABLE here (n int);',
          'COPY nowhere FROM stdin;',
          `\\! touch ${trace}`,
          '\\connect postgres',
          '\\.',
          'CREATE TABLE here_too (n int);',
          '--\n-- PostgreSQL database cluster dump complete\n--\n',
        ].join('\n'),
      );
      const job = await jobs.restore(
        { connectionId: 'target', inputPath: script, wholeServer: true },
        ['wholeServer'],
      );
      assert.equal(job.status, 'completedWithErrors', JSON.stringify(job.errors));
      assert.ok(job.errors.some(({ message }) => /role "Alice" already exists/.test(message)));
      assert.ok(!(await readdir(jobs.dir)).includes(path.basename(trace)));
      assert.equal(
        (await psql(target, 'hostile', `SELECT to_regclass('here_too') IS NOT NULL`)).trim(),
        't',
      );
      assert.equal(
        (
          await psql(target, 'postgres', `SELECT count(*) FROM pg_roles WHERE rolname = 'fresh'`)
        ).trim(),
        '1',
      );
    });

    it('ends when a database cannot be connected to, and says so', async () => {
      const script = jobs.path('lost.sql');
      await writeFile(
        script,
        '-- PostgreSQL database cluster dump\n\\connect "no such"\nCREATE TABLE lost (n int);\n-- PostgreSQL database cluster dump complete\n',
      );
      const job = await jobs.restore(
        { connectionId: 'target', inputPath: script, wholeServer: true },
        ['wholeServer'],
      );
      assert.equal(job.status, 'failed');
      const failure = jobs.manager.failure(job.id);
      assert.ok(AppError.is(failure, 'toolFailed'));
      assert.equal(failure.details.cause, 'databaseMissing');
      assert.equal(
        (await psql(target, 'postgres', `SELECT to_regclass('lost') IS NULL`)).trim(),
        't',
      );
    });

    it('drops what the script drops: restored twice, the server is the same', async () => {
      const toolOptions = { clean: true, 'if-exists': true };
      const job = await backup('clean.sql', {
        scope: 'server',
        toolOptions,
        excludeDatabases: ['zz large'],
      });
      assert.equal(job.status, 'completed', JSON.stringify(job.errors));
      const { clusterContents } = await getBackupInfo(jobs.path('clean.sql'));
      assert.ok(clusterContents?.dropped.includes('shop'));
      assert.ok(clusterContents?.droppedRoles.includes('Alice'));
      await leaveAdminSessions();
      const restored = await jobs.restore(
        { connectionId: 'target', inputPath: jobs.path('clean.sql'), wholeServer: true },
        ['wholeServer'],
      );
      assert.deepEqual(restored.errors, []);
      assert.equal(restored.status, 'completed');
      assert.deepEqual(await compareDatabases(source, 'shop', target, 'shop'), []);
    });
  });
});

/** What this process has open (Linux). */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // The file was closed meanwhile, as is the one by which the list was read.
      return [];
    }
  });
}
