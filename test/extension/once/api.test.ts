import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fullExample } from '../../support/forms/apiExample';
import { compareDatabases } from '../../support/machine/compareDatabases';
import { holdLock } from '../../support/machine/heldLock';
import { psql } from '../../support/machine/psql';
import { createSampleDatabase } from '../../support/machine/sampleDatabase';
import { newestServer } from '../../support/servers';
import { connectionTo } from '../../support/workbench/testWorkspace';
import { until } from '../../support/until';
import { api, scratchDir, setConnections } from '../support';

const formats = [
  { format: 'custom', name: 'shop.dump' },
  { format: 'directory', name: 'shop directory' },
  { format: 'tar', name: 'shop.tar' },
  { format: 'plain', name: 'shop.sql' },
] as const;

describe('The command API', function () {
  const server = newestServer();
  let dir: string;
  let remove: () => Promise<void>;

  before(async () => {
    ({ dir, remove } = await scratchDir());
    await createSampleDatabase(server, 'api_shop', 'tiny');
    await setConnections([
      connectionTo(server, 'shop', 'api_shop'),
      { ...connectionTo(server, 'live', 'api_shop'), environment: 'production', readOnly: true },
      { ...connectionTo(server, 'main', 'api_shop'), environment: 'production' },
      { ...connectionTo(server, 'nowhere', 'api_shop'), port: 1 },
      { id: 'broken', port: 'many' },
    ]);
  });
  after(async () => {
    await remove();
    await psql(server, 'postgres', 'DROP DATABASE api_shop;');
  });

  for (const { format, name } of formats) {
    it(`backs up in the ${format} format, tells what is in it and restores all of it`, async () => {
      const outputPath = path.join(dir, name);
      const options = { connectionId: 'shop', outputPath, format, jobs: 2 };
      const backup = await api.createBackup({ jobId: `backup-${format}`, options });
      assert.equal(backup.status, 'completed', backup.errors[0]?.message);
      const says = /1 is used instead of 2/.test(backup.output[0] ?? '');
      assert.equal(says, format === 'plain' || format === 'tar', backup.output[0]);
      assert.equal(backup.id, `backup-${format}`);
      assert.equal(backup.exitCode, 0);
      assert.equal(backup.outputPath, outputPath);
      assert.ok(backup.sizeBytes !== null && backup.sizeBytes > 0);
      assert.ok(Date.parse(backup.endTime ?? '') >= Date.parse(backup.startTime ?? ''));
      assert.ok(server.password && !JSON.stringify(backup).includes(server.password));

      const info = await api.getBackupInfo({ path: outputPath });
      assert.equal(info.format, format);
      assert.ok(info.contents.tables.some((t) => t.schema === 'app' && t.name === 'orders'));

      const target = `api_restored_${format}`;
      const restore = await api.restoreBackup({
        options: {
          connectionId: 'shop',
          inputPath: outputPath,
          targetDatabase: target,
          createDatabase: true,
          profile: format === 'custom' ? 'allOrNothing' : 'recommended',
        },
      });
      assert.equal(restore.status, 'completed', JSON.stringify(restore.errors[0]));
      try {
        assert.deepEqual(await compareDatabases(server, 'api_shop', server, target), []);
      } finally {
        await psql(server, 'postgres', `DROP DATABASE ${target};`);
      }
    });
  }

  it('says what a restore will do, and changes nothing', async () => {
    const outputPath = path.join(dir, 'ahead.dump');
    await api.createBackup({ options: { connectionId: 'shop', outputPath } });
    const look = (options: object): ReturnType<typeof api.preflight> =>
      api.preflight({ options: { connectionId: 'shop', inputPath: outputPath, ...options } });
    const fresh = await look({ targetDatabase: 'api_ahead', createDatabase: true });
    assert.deepEqual(fresh.findings, []);
    assert.equal(fresh.verdict.worst, null);
    assert.equal(fresh.verdict.target, 'new');
    const over = await look({ clean: true });
    const drops = over.findings.find(({ code }) => code === 'drops');
    assert.equal(drops?.severity, 'loses');
    assert.ok(drops.objects.includes('app.orders'));
    assert.equal(over.verdict.drops, drops.count);
    const readOnly = await look({ connectionId: 'live' });
    assert.equal(readOnly.findings[0]?.code, 'connectionReadOnly');
    await assert.rejects(api.preflight({ options: { connectionId: 'shop' } }), /inputPath/);
  });

  it('takes a full example as it stands', async () => {
    const outputPath = path.join(dir, 'example.dump');
    const job = await api.createBackup({
      jobId: 'test-job',
      options: { ...fullExample, connectionId: 'shop', outputPath },
    });
    assert.equal(job.status, 'completed', job.errors[0]?.message);
    await psql(server, 'postgres', 'CREATE DATABASE api_example TEMPLATE template0;');
    try {
      const restore = await api.restoreBackup({
        jobId: 'restore-job',
        options: {
          connectionId: 'shop',
          targetDatabase: 'api_example',
          inputPath: outputPath,
          clean: false,
          noOwner: true,
          exitOnError: true,
          jobs: 4,
        },
      });
      assert.equal(restore.status, 'completed', JSON.stringify(restore.errors[0]));
    } finally {
      await psql(server, 'postgres', 'DROP DATABASE api_example;');
    }
  });

  it('looks up tables written as one text, and says when none or two fit', async () => {
    const outputPath = path.join(dir, 'tables.dump');
    const options = { connectionId: 'shop', outputPath };
    const job = await api.createBackup({ options: { ...options, tables: ['app.orders'] } });
    assert.equal(job.status, 'completed', job.errors[0]?.message);
    const { contents } = await api.getBackupInfo({ path: outputPath });
    assert.deepEqual(contents.tables, [{ schema: 'app', name: 'orders' }]);

    const unknown = await api.createBackup({
      options: { ...options, outputPath: path.join(dir, 'x.dump'), tables: ['app.order'] },
    });
    assert.equal(unknown.status, 'failed');
    assert.match(unknown.errors[0]?.message ?? '', /app\.order/);
    assert.equal(existsSync(path.join(dir, 'x.dump')), false);
  });

  it('lists the errors of a restore that went through with some', async () => {
    const inputPath = path.join(dir, 'again.dump');
    await api.createBackup({ options: { connectionId: 'shop', outputPath: inputPath } });
    const database = 'api_again';
    await psql(server, 'postgres', `CREATE DATABASE ${database} TEMPLATE template0;`);
    try {
      await psql(server, database, 'CREATE SCHEMA app; CREATE TABLE app.orders (id int);');
      const options = {
        connectionId: 'shop',
        inputPath,
        targetDatabase: database,
        exitOnError: false,
        singleTransaction: false,
      };
      // VS Code shows no dialog in tests, and says in the error which one it would have shown.
      await assert.rejects(
        api.restoreBackup({ options }),
        /refused to show dialog in tests.*Restore into the database "api_again"/,
      );
      const job = await api.restoreBackup({ options, confirmed: true });
      assert.equal(job.status, 'completedWithErrors');
      const error = job.errors.find(({ object }) => object?.includes('orders'));
      assert.ok(error, JSON.stringify(job.errors.slice(0, 3)));
      assert.ok(error.sql);
    } finally {
      await psql(server, 'postgres', `DROP DATABASE ${database};`);
    }
  });

  it('asks before a trial restore on a production server, unless somebody vouches for it', async () => {
    const inputPath = path.join(dir, 'trial.dump');
    await api.createBackup({ options: { connectionId: 'shop', outputPath: inputPath } });
    const options = { inputPath, level: 'trialRestore', connectionId: 'main' } as const;
    await assert.rejects(
      api.verifyBackup({ options }),
      /refused to show dialog in tests.*PRODUCTION server/,
    );
    const job = await api.verifyBackup({ options, confirmed: true });
    assert.equal(job.status, 'completed', job.errors[0]?.message);
  });

  it('refuses a file that is not the one of its manifest, whoever vouches for the target', async () => {
    const inputPath = path.join(dir, 'cut.sql');
    await api.createBackup({
      options: { connectionId: 'shop', outputPath: inputPath, format: 'plain' },
    });
    await appendFile(inputPath, '-- somebody was here\n');
    const options = {
      connectionId: 'shop',
      inputPath,
      targetDatabase: 'api_cut',
      createDatabase: true,
    };
    await assert.rejects(
      api.restoreBackup({ options }),
      /refused to show dialog in tests.*Restore into the database "api_cut"/,
    );
    const job = await api.restoreBackup({ options, confirmed: true });
    assert.equal(job.status, 'failed');
    assert.equal(job.failure?.code, 'inputDiffers');
    assert.equal(job.targetState, 'untouched');
  });

  it('resolves with a failed job when the server cannot be reached', async () => {
    const outputPath = path.join(dir, 'nowhere.dump');
    const job = await api.createBackup({ options: { connectionId: 'nowhere', outputPath } });
    assert.equal(job.status, 'failed');
    assert.ok(job.errors.length > 0);
    assert.equal(existsSync(outputPath), false);
  });

  it('cancels a backup that waits for a lock, and leaves nothing behind', async () => {
    const { dir: place, remove: removePlace } = await scratchDir();
    const older = path.join(place, 'older.dump');
    await writeFile(older, 'an older file');
    const lock = await holdLock(server, 'api_shop', 'LOCK TABLE app.orders;');
    const waitFor = (sql: string): Promise<true> =>
      until(async () => (await psql(server, 'postgres', sql)).trim() === 't', sql);
    try {
      const job = api.createBackup({
        jobId: 'to-cancel',
        options: {
          connectionId: 'shop',
          outputPath: path.join(place, 'new.dump'),
          lockWaitTimeout: 0,
        },
      });
      await waitFor(
        `SELECT count(*) > 0 FROM pg_locks l
         JOIN pg_database d ON d.oid = l.database AND d.datname = 'api_shop'
         WHERE l.mode = 'AccessShareLock' AND NOT l.granted;`,
      );
      const cancelled = await api.cancelJob({ jobId: 'to-cancel' });
      assert.equal(cancelled.status, 'cancelled');
      assert.equal((await job).status, 'cancelled');
      assert.deepEqual(await readdir(place), ['older.dump']);
      assert.equal(await readFile(older, 'utf8'), 'an older file');
      await waitFor(
        `SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'pgbackup-%';`,
      );
    } finally {
      await lock.release();
      await removePlace();
    }
  });

  const malformed: [string, keyof typeof api, unknown, RegExp][] = [
    ['no argument', 'createBackup', undefined, /options|request/i],
    ['no connection', 'createBackup', { options: {} }, /connectionId/],
    [
      'an unknown format',
      'createBackup',
      { options: { connectionId: 'shop', format: 'zip' } },
      /format/,
    ],
    ['a number as text', 'createBackup', { options: { connectionId: 'shop', jobs: '2' } }, /jobs/],
    ['an unknown field', 'createBackup', { options: { connectionId: 'shop', job: 2 } }, /job/],
    ['no input', 'restoreBackup', { options: { connectionId: 'shop' } }, /inputPath/],
    ['no path', 'getBackupInfo', {}, /path/],
    ['no job', 'cancelJob', {}, /jobId/],
    ['an unknown job', 'cancelJob', { jobId: 'nobody' }, /nobody/],
    [
      'an unknown connection',
      'createBackup',
      { options: { connectionId: 'nobody', outputPath: '/tmp/x.dump' } },
      /nobody/,
    ],
    [
      'a malformed settings entry',
      'createBackup',
      { options: { connectionId: 'broken', outputPath: '/tmp/x.dump' } },
      /broken.*port/,
    ],
    [
      'a read-only connection',
      'restoreBackup',
      { options: { connectionId: 'live', inputPath: '/tmp/x.dump' } },
      /read-only/,
    ],
  ];
  for (const [what, command, request, message] of malformed) {
    it(`rejects ${what} and names it (${command})`, async () => {
      await assert.rejects(api[command](request), message);
    });
  }
});
