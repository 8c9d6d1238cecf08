import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { AppError, type ErrorCode } from '../../../src/core/errors';
import type { BackupOptions } from '../../../src/core/model/options';
import type { LockWait } from '../../../src/core/model/catalog';
import { spawnTool } from '../../../src/core/jobs/tool/toolProcess';
import { holdLock } from '../../support/machine/heldLock';
import { ensurePostgres } from '../../support/install/postgres';
import { psql } from '../../support/machine/psql';
import { createDatabase, createSampleDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { until } from '../../support/until';
import { failedBackup, refusedBackup } from './failedBackups';
import { backendsLeft, JobHarness } from '../harness/jobHarness';

describe('a backup that cannot be made', function () {
  let server: PgServer;
  let jobs: JobHarness;
  let older: { binDir: string };
  before(async () => {
    const [old, install] = await ensurePostgres([15, 17]);
    assert.ok(install && old);
    older = old;
    server = await startServer(install, {
      hbaLines: ['host "closed" all all reject'],
    });
    await createSampleDatabase(server, 'sample', 'small');
    await createDatabase(server, 'closed');
    jobs = await JobHarness.create([install.binDir]);
    jobs.connect('main', server, 'sample');
  });
  after(async () => {
    await jobs?.dispose();
    await server?.stop();
  });

  const refused = <C extends ErrorCode>(
    code: C,
    options: Partial<BackupOptions>,
    harness = jobs,
  ): Promise<AppError<C>['details']> => refusedBackup(harness, code, options, server.password);

  it('unknown connection', () => refused('connectionUnknown', { connectionId: 'nobody' }));

  it('unknown host', async () => {
    jobs.connect('nohost', server, 'sample', { host: 'no-such-host.invalid' });
    const { text } = await refused('connectFailed', { connectionId: 'nohost' });
    assert.match(text, /no-such-host\.invalid/);
  });

  it('nobody listening', async () => {
    jobs.connect('noport', server, 'sample', { port: 1 });
    const { text } = await refused('connectFailed', { connectionId: 'noport' });
    assert.match(text, /refused/);
  });

  it('database that does not exist', async () => {
    jobs.connect('nodb', server, `no "such" 'db' =`);
    const { database } = await refused('databaseMissing', { connectionId: 'nodb' });
    assert.equal(database, `no "such" 'db' =`);
  });

  it('database that the server refuses', async () => {
    jobs.connect('closed', server, 'closed');
    const { text } = await refused('connectFailed', { connectionId: 'closed' });
    assert.match(text, /pg_hba\.conf rejects/);
  });

  it('no password, and the user gives none', async () => {
    jobs.connect('nopw', server, 'sample');
    jobs.setPassword('nopw', undefined);
    await refused('passwordRequired', { connectionId: 'nopw' });
    assert.equal(jobs.asked.at(-1), 'nopw missing');
  });

  it('wrong password, and the user gives none', async () => {
    jobs.connect('badpw', server, 'sample');
    jobs.setPassword('badpw', 'wrong');
    await refused('authenticationFailed', { connectionId: 'badpw' });
    assert.equal(jobs.asked.at(-1), 'badpw rejected');
  });

  it('no tools, or only older ones', async () => {
    const none = await JobHarness.create([]);
    const old = await JobHarness.create([older.binDir]);
    try {
      for (const harness of [none, old]) harness.connect('main', server, 'sample');
      await refused('toolsNotFound', {}, none);
      const { newest, server: version } = await refused('serverNewerThanTools', {}, old);
      assert.match(newest, /^15\./);
      assert.match(version, /^17\./);
    } finally {
      await none.dispose();
      await old.dispose();
    }
  });

  it('a tool that has vanished since it was found', async () => {
    const gone = await JobHarness.create([server.binDir], {
      startTool: (command, io) => spawnTool({ ...command, file: '/nonexistent/pg_dump' }, io),
    });
    try {
      gone.connect('main', server, 'sample');
      const { tool } = await refused('toolMissing', {}, gone);
      assert.equal(tool, 'pg_dump');
    } finally {
      await gone.dispose();
    }
  });

  it('output that cannot be', async () => {
    await refused('outputDirectoryMissing', { outputPath: jobs.path('no/such/dir/x') });
    await refused('outputNotWritable', { outputPath: '/proc/x.dump' });
    await refused('outputNotReplaceable', { outputPath: '/dev/null' });
    await refused('optionInvalid', { outputPath: 'relative.dump' });
    await writeFile(jobs.path('exists'), 'older');
    await refused('outputExists', { outputPath: jobs.path('exists') });
    assert.equal(await readFile(jobs.path('exists'), 'utf8'), 'older');
  });

  it('options that the tools refuse, or take and ignore', async () => {
    const fields: [keyof BackupOptions, Partial<BackupOptions>][] = [
      ['jobs', { format: 'tar', compression: 0, jobs: 2 }],
      ['compression', { format: 'tar', compression: 3 }],
      ['includeData', { includeSchema: false, includeData: false }],
      ['includeOwnership', { includeOwnership: false }],
      ['encoding', { encoding: 'NO_SUCH' }],
    ];
    for (const [field, options] of fields) {
      const details = await refused('optionInvalid', options);
      assert.equal(details.field, field);
    }
  });

  for (const extra of [
    '-f',
    '--file=/tmp/elsewhere',
    '-Fp',
    '-d',
    '--dbname=postgres',
    '--help',
    '-hevil',
    '--fil=x',
  ]) {
    it(`extra argument ${extra}`, async () => {
      const { field, problem } = await refused('optionInvalid', { extraArgs: [extra, 'x'] });
      assert.equal(field, 'extraArgs');
      assert.ok(JSON.stringify(problem).includes(extra.slice(0, 2)), JSON.stringify(problem));
    });
  }

  it('tables that are not there, or could be two', async () => {
    await psql(
      server,
      'sample',
      'CREATE SCHEMA a; CREATE SCHEMA "a.b"; CREATE TABLE a."b.c" (); CREATE TABLE "a.b".c ();',
    );
    const strings = (tables: string[]): Partial<BackupOptions> => ({ tables: tables as never });
    const { name } = await refused('objectUnknown', strings(['app.orders', 'app.nothing']));
    assert.equal(name, 'app.nothing');
    const { candidates } = await refused('objectAmbiguous', strings(['a.b.c']));
    assert.equal(candidates, '"a"."b.c", "a.b"."c"');
    await refused('objectUnknown', { schemas: ['APP'] });
  });

  it('a job id twice', async () => {
    const options = { connectionId: 'nobody' } as BackupOptions;
    const request = {
      jobId: 'mine',
      options: {
        ...options,
        outputPath: '/x',
        tables: null,
        excludeTables: [],
        excludeTableData: [],
      },
      overwrite: false,
    };
    await jobs.manager.startBackup(request).finished;
    assert.throws(() => jobs.manager.startBackup(request), { code: 'jobIdTaken' });
  });

  it('two jobs at once to one path, also by another name: one is made, whole', async () => {
    await mkdir(jobs.path('real'));
    await symlink(jobs.path('real'), jobs.path('alias'));
    const handles = ['real/x.dump', 'alias/x.dump'].map((name) =>
      jobs.startBackup({ connectionId: 'main', outputPath: jobs.path(name) }, true),
    );
    const ended = await Promise.all(handles.map(({ finished }) => finished));
    assert.deepEqual(ended.map((job) => job.status).sort(), ['completed', 'failed']);
    const failed = ended.find((job) => job.status === 'failed');
    assert.ok(AppError.is(jobs.manager.failure(failed?.id ?? ''), 'outputBusy'));
    assert.deepEqual(await readdir(jobs.path('real')), ['x.dump']);
    // The path is free again.
    const next = await jobs.backup(
      { connectionId: 'main', outputPath: jobs.path('alias/x.dump') },
      true,
    );
    assert.equal(next.status, 'completed');
  });

  it('permission denied', async () => {
    await psql(server, 'postgres', `CREATE ROLE poor LOGIN PASSWORD 'poor';`);
    jobs.connect('poor', server, 'sample', { user: 'poor' });
    jobs.setPassword('poor', 'poor');
    const outputPath = jobs.path('poor');
    await writeFile(outputPath, 'older');
    await failedBackup(
      jobs,
      'permission',
      jobs.startBackup({ connectionId: 'poor', outputPath }, true),
    );
    assert.equal(await readFile(outputPath, 'utf8'), 'older');
  });

  const told: [
    string,
    Partial<BackupOptions>,
    AppError<'toolFailed'>['details']['cause'],
    RegExp,
  ][] = [
    [
      'a role that does not exist',
      { toolOptions: { role: 'nobody at all' } },
      'roleMissing',
      /role "nobody at all" does not exist/,
    ],
    [
      'a snapshot that is gone',
      { toolOptions: { snapshot: '00000003-00000001-1' } },
      'snapshotMissing',
      /snapshot/,
    ],
    [
      'names that match nothing',
      { toolOptions: { 'strict-names': true, 'include-foreign-data': ['nowhere'] } },
      'nothingMatches',
      /no matching foreign servers were found/,
    ],
  ];
  for (const [name, options, cause, text] of told) {
    it(name, async () => {
      const outputPath = jobs.path('told');
      const handle = jobs.startBackup({ connectionId: 'main', outputPath, ...options });
      const job = await failedBackup(jobs, cause, handle);
      assert.match(job.errors.map(({ message }) => message).join(), text);
    });
  }

  it('a filter file with an error: its line is told', async () => {
    const filter = path.join(jobs.dir, 'bad.filter');
    await writeFile(filter, 'exclude table app.totals\ninclude nonsense x\n');
    const outputPath = jobs.path('filtered');
    const handle = jobs.startBackup({ connectionId: 'main', outputPath, toolOptions: { filter } });
    const job = await failedBackup(jobs, 'filterFile', handle);
    assert.match(job.errors.map(({ message }) => message).join(), /on line 2/);
  });

  it('what is known before: contradictions, older tools, encodings without conversion', async () => {
    const { field, problem } = await refused('optionInvalid', {
      includeData: false,
      extraArgs: ['--data-only'],
    });
    assert.equal(field, 'extraArgs');
    assert.match(JSON.stringify(problem), /--data-only/);
    const twice = await refused('optionInvalid', {
      toolOptions: { 'no-comments': true },
      extraArgs: ['--no-comments'],
    });
    assert.match(JSON.stringify(twice.problem), /--no-comments/);
    const newer = await refused('optionInvalid', { extraArgs: ['--sequence-data'] });
    assert.match(JSON.stringify(newer.problem), /--sequence-data.*18.*17/);
    const option = await refused('optionInvalid', { toolOptions: { 'sequence-data': true } });
    assert.equal(option.field, 'toolOptions.sequence-data');
    const encoding = await refused('optionInvalid', { encoding: 'MULE_INTERNAL' });
    assert.equal(encoding.field, 'encoding');
    const schema = await refused('objectUnknown', { excludeSchemas: ['gone'] });
    assert.equal(schema.name, 'gone');
  });

  it('a lock that is not given in time', async () => {
    const lock = await holdLock(server, 'sample', 'LOCK TABLE app.orders;');
    try {
      const outputPath = jobs.path('locked');
      const options = { connectionId: 'main', outputPath, lockWaitTimeout: 3 };
      const { failure } = await failedBackup(jobs, 'lockTimeout', jobs.startBackup(options));
      // pg_dump does not say which lock it waited for, and who held it.
      const lock = failure?.details['lock'] as LockWait | undefined;
      assert.equal(lock?.object, 'app.orders');
      assert.equal(lock.blockers.length, 1);
    } finally {
      await lock.release();
    }
  });

  // A file that is open stays with pg_dump; those in a directory are not made yet.
  for (const format of ['custom', 'directory'] as const) {
    it(`an output whose folder is removed while it is written: ${format}`, async () => {
      const dir = jobs.path('removed');
      await mkdir(dir);
      const lock = await holdLock(server, 'sample', 'LOCK TABLE app.orders;');
      const to = { connectionId: 'main', outputPath: path.join(dir, 'x'), format };
      const handle = jobs.startBackup(to);
      try {
        const waiting = `SELECT count(*) FROM pg_stat_activity
          WHERE application_name LIKE 'pgbackup-%' AND wait_event_type = 'Lock'`;
        await until(async () => (await psql(server, 'postgres', waiting)).trim() === '1');
        await rm(dir, { recursive: true });
      } finally {
        await lock.release();
      }
      const failure = jobs.manager.failure((await handle.finished).id);
      assert.equal(AppError.is(failure, 'outputRemoved') && failure.details.path, dir);
    });
  }

  it('too many connections', async () => {
    await psql(
      server,
      'postgres',
      `CREATE ROLE two LOGIN PASSWORD 'two' CONNECTION LIMIT 2; GRANT pg_read_all_data TO two;`,
    );
    jobs.connect('two', server, 'sample', { user: 'two' });
    jobs.setPassword('two', 'two');
    const outputPath = jobs.path('two');
    const handle = jobs.startBackup({
      connectionId: 'two',
      outputPath,
      format: 'directory',
      jobs: 4,
      schemas: ['audit'],
    });
    await failedBackup(jobs, 'tooManyConnections', handle);
  });

  it('disk full: the older file stays, nothing else does', async () => {
    const disk = path.join(jobs.dir, 'disk');
    await mkdir(disk);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', disk]);
    // A user who may not mount a small file system gets the same effect by a limit on the size of
    // files.
    const small = isRoot
      ? jobs
      : await JobHarness.create([server.binDir], {
          startTool: (command, io) =>
            spawnTool(
              {
                ...command,
                file: '/usr/bin/prlimit',
                args: ['--fsize=100000', command.file, ...command.args],
              },
              io,
            ),
        });
    try {
      small.connect('main', server, 'sample');
      for (const format of ['custom', 'directory', 'plain', 'tar'] as const) {
        const outputPath = path.join(disk, `x.${format}`);
        await writeFile(outputPath, 'older');
        const handle = small.startBackup(
          { connectionId: 'main', outputPath, format, compression: 0 },
          true,
        );
        await failedBackup(small, isRoot ? 'diskFull' : null, handle);
        assert.deepEqual(await readdir(disk), [`x.${format}`]);
        assert.equal(await readFile(outputPath, 'utf8'), 'older');
        execFileSync('/usr/bin/rm', [outputPath]);
      }
    } finally {
      if (isRoot) execFileSync('/usr/bin/umount', [disk]);
      else await small.dispose();
    }
  });

  it('server that goes down in the middle', async () => {
    await createSampleDatabase(server, 'large', 20);
    jobs.connect('large', server, 'large');
    for (const format of ['custom', 'directory'] as const) {
      const outputPath = jobs.path(`crash.${format}`);
      await writeFile(outputPath, 'older');
      const handle = jobs.startBackup(
        { connectionId: 'large', outputPath, format, jobs: format === 'directory' ? 3 : 1 },
        true,
      );
      assert.ok(
        await until(() => jobs.manager.get(handle.job.id)?.progress?.currentObject !== null),
      );
      await server.crash();
      await failedBackup(jobs, 'connectionLost', handle);
      assert.equal(await readFile(outputPath, 'utf8'), 'older');
      await server.restart();
    }
    assert.deepEqual(await backendsLeft(server), []);
  });
});
