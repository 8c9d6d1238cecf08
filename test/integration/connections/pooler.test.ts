import assert from 'node:assert/strict';
import path from 'node:path';
import { runCommand, runQuery } from '../../../src/core/catalog/psql';
import { tellingPooler } from '../../../src/core/catalog/restore/tellingPooler';
import { PsqlSession } from '../../../src/core/catalog/psqlSession';
import { buildConnection, type LibpqConnection } from '../../../src/core/connections/libpq';
import type { BackupJob } from '../../../src/core/model/job';
import type { BackupOptions } from '../../../src/core/model/options';
import { holdLock, type HeldLock } from '../../support/machine/heldLock';
import { Pooler } from '../../support/machine/pooler';
import { psql } from '../../support/machine/psql';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer } from '../../support/servers';
import { until } from '../../support/until';
import { JobHarness, STAYS_OPEN } from '../harness/jobHarness';

const NOBODY_ELSE = { applicationName: 'x', inherited: {}, connectTimeoutSeconds: 15 };
const ORDERS = 'SELECT count(*) FROM app.orders;';

describe('through a pooler (pgbouncer)', () => {
  const server = newestServer();
  const database = 'pooled';
  let jobs: JobHarness;
  const poolers: Pooler[] = [];
  const portOf = new Map<string, number>();

  before(async () => {
    jobs = await JobHarness.create([server.binDir]);
    await createSampleDatabase(server, database, 'tiny');
    for (const mode of ['transaction', 'session'] as const) {
      const pooler = await Pooler.start(server, mode);
      poolers.push(pooler);
      portOf.set(mode, pooler.port);
      jobs.connect(mode, server, database, { host: '127.0.0.1', port: pooler.port });
    }
  });

  after(async () => {
    await jobs?.dispose();
    await Promise.all(poolers.map((pooler) => pooler.stop()));
  });

  // In transaction mode pg_dump can lose the settings of its session to another client of the pool.
  it('session mode: back up by two jobs, restore by two jobs', async () => {
    const connectionId = 'session';
    const outputPath = jobs.path(connectionId);
    const saved = await jobs.backup({
      ...{ connectionId, outputPath, format: 'directory', jobs: 2 },
    });
    assert.equal(saved.status, 'completed', String(jobs.manager.failure(saved.id)));
    const targetDatabase = `${database}_${connectionId}`;
    await createDatabase(server, targetDatabase);
    const restored = await jobs.restore({
      ...{ connectionId, inputPath: outputPath, targetDatabase, jobs: 2 },
    });
    assert.equal(restored.status, 'completed', String(jobs.manager.failure(restored.id)));
    assert.equal(await psql(server, targetDatabase, ORDERS), await psql(server, database, ORDERS));
  });

  /**
   * One session for all jobs, and whoever waits for it waits for ever: a job that held it while its tool
   * waits would never end, and neither would one that waited for what watches its tool.
   */
  describe('that gives one session alone', () => {
    const target = `${database}_alone`;
    let alone: JobHarness;
    /** For a database that is there, a supervisor keeps no psql open: a restore asks it once. */
    let askingOnce: JobHarness;
    let pooled: ServerCoordinates;

    before(async () => {
      const settings = { default_pool_size: 1, query_wait_timeout: 0 };
      const pooler = await Pooler.start(server, 'session', settings);
      poolers.push(pooler);
      pooled = { ...server, host: '127.0.0.1', port: pooler.port };
      alone = await JobHarness.create([server.binDir], { askedAhead: STAYS_OPEN });
      alone.connect('source', pooled, database);
      alone.connect('target', pooled, target);
      askingOnce = await JobHarness.create([server.binDir]);
      askingOnce.connect('target', pooled, target);
    });
    after(async () => {
      await alone?.dispose();
      await askingOnce?.dispose();
      await dropDatabase(server, target);
    });

    /** How many clients of the pooler wait for the session of this database? */
    async function waiting(name: string): Promise<number> {
      const pools = await psql(pooled, 'pgbouncer', 'SHOW POOLS;');
      const [, , , clients = '0'] =
        pools
          .split('\n')
          .map((row) => row.split('|'))
          .find(([pool]) => pool === name) ?? [];
      return Number(clients);
    }

    /** Lets a job's tool stop at a lock until what watches it waits for the session that the tool has. */
    async function watchedInVain(
      where: string,
      handle: { finished: Promise<BackupJob> },
      lock: HeldLock,
    ): Promise<void> {
      try {
        await until(async () => (await waiting(where)) > 0, 'another session is wanted');
      } finally {
        await lock.release();
      }
      const { status, output } = await handle.finished;
      assert.equal(status, 'completed', output.join('\n'));
      await until(async () => (await waiting(where)) === 0, 'nobody waits for a session any more');
    }

    for (const part of [{}, { schemas: ['app'] }] satisfies Partial<BackupOptions>[]) {
      it(`a backup is made of ${part.schemas?.join() ?? 'everything'}`, async () => {
        const lock = await holdLock(server, database, 'LOCK TABLE app.orders;');
        const options = { connectionId: 'source', outputPath: alone.path('alone.dump'), ...part };
        await watchedInVain(database, alone.startBackup(options, true), lock);
      });
    }

    it('and is restored into a new database, and into one that is there', async () => {
      const source = { connectionId: 'source', outputPath: alone.path('all.dump') };
      assert.equal((await alone.backup(source)).status, 'completed');
      const options = { connectionId: 'target', inputPath: source.outputPath, jobs: 1 };
      const made = await alone.restore({
        ...options,
        targetDatabase: target,
        createDatabase: true,
      });
      assert.equal(made.status, 'completed', made.output.join('\n'));
      await psql(server, target, 'TRUNCATE app.orders CASCADE;');
      const lock = await holdLock(server, target, 'LOCK TABLE app.orders IN SHARE MODE;');
      const tables = [{ schema: 'app', name: 'orders' }];
      const again = askingOnce.startRestore({ ...options, dataOnly: true, tables });
      await watchedInVain(target, again, lock);
      assert.equal(await psql(server, target, ORDERS), await psql(server, database, ORDERS));
    });
  });

  for (const connectionId of ['transaction', 'session', 'direct']) {
    it(`${connectionId}: a pooler in between is told from the server itself`, async () => {
      const port = portOf.get(connectionId);
      const { host, user } = server;
      const to = port === undefined ? { host, port: server.port } : { host: '127.0.0.1', port };
      const connection = buildConnection(
        { id: 'x', user, ...to },
        { ...NOBODY_ELSE, password: server.password, database },
      );
      const tool = path.join(server.binDir, 'psql');
      const ask = (there: LibpqConnection): Promise<unknown> =>
        runQuery(tool, there, 'SELECT 1', { timeoutMs: 20_000 });
      const told = await tellingPooler(connection, ask);
      assert.deepEqual(told, { answer: 1, pooled: port !== undefined });
    });
  }

  for (const connectionId of ['transaction', 'session']) {
    it(`${connectionId} mode: questions leave nothing behind in a session of the pool`, async () => {
      const pooled = { ...server, host: '127.0.0.1', port: portOf.get(connectionId) ?? 0 };
      const target = buildConnection(
        { id: 'x', host: pooled.host, port: pooled.port, user: server.user, database: 'postgres' },
        { password: server.password, ...NOBODY_ELSE },
      );
      const file = path.join(server.binDir, 'psql');
      // All clients share the one session of this database.
      const settings = `SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
        WHERE source = 'session' AND name <> 'client_encoding' AND name <> 'application_name';`;
      const before = await psql(pooled, 'postgres', settings);
      const session = new PsqlSession(file, target);
      assert.deepEqual(await session.ask(`SELECT '[1]'`), [1]);
      // The transaction of one that fails is over, too.
      assert.equal(await session.ask('SELECT 1/0'), null);
      assert.deepEqual(await session.ask(`SELECT '[1]'`), [1]);
      assert.deepEqual(await runQuery(file, target, `SELECT '[2]'`, { timeoutMs: 60_000 }), [2]);
      await runCommand(file, target, 'ANALYZE pg_class', { timeoutMs: 60_000 });
      await session.end();
      assert.equal(await psql(pooled, 'postgres', settings), before);
    });

    it(`${connectionId} mode: a cancelled backup ends on the server, too`, async () => {
      const lock = await holdLock(server, database, 'LOCK TABLE app.orders;');
      const waiting = async (): Promise<boolean> =>
        (await psql(
          server,
          'postgres',
          `SELECT count(*) FROM pg_stat_activity
           WHERE datname = '${database}' AND wait_event_type = 'Lock';`,
        )) === '1';
      try {
        const outputPath = jobs.path(`cancelled-${connectionId}`);
        const { job, finished } = jobs.startBackup({ connectionId, outputPath });
        await until(waiting, 'the dump waits for the lock');
        await jobs.manager.cancel(job.id);
        assert.equal((await finished).status, 'cancelled');
        await until(async () => !(await waiting()), 'nothing waits on the server any more');
        assert.deepEqual(await jobs.leftovers(), []);
      } finally {
        await lock.release();
      }
    });
  }
});
