import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { BackupOptions } from '../../../src/core/model/options';
import type { BackupJob } from '../../../src/core/model/job';
import { compareDatabases } from '../../support/machine/compareDatabases';
import { holdLock } from '../../support/machine/heldLock';
import { ensurePostgres } from '../../support/install/postgres';
import { psql } from '../../support/machine/psql';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { seededRandom } from '../../support/seededRandom';
import { soak } from '../../support/tiers/soak';
import { AT_ONCE_MS, until } from '../../support/until';
import {
  backendsLeft,
  jobBackends,
  JobHarness,
  processesWith,
  seedOfRun,
  STAYS_OPEN,
} from '../harness/jobHarness';

const formats = ['custom', 'directory', 'tar', 'plain'] as const;

/** Milliseconds from the request until everything is ended and cleaned up. */

describe('cancelling a job', function () {
  let server: PgServer;
  let jobs: JobHarness;
  const random = seededRandom(seedOfRun());
  /** Milliseconds that a backup takes when nobody disturbs it, by format. */
  const took = new Map<BackupOptions['format'], number>();

  before(async () => {
    const [install] = await ensurePostgres([17]);
    assert.ok(install);
    server = await startServer(install);
    await createSampleDatabase(server, 'sample', 30);
    jobs = await JobHarness.create([install.binDir]);
    jobs.connect('main', server, 'sample');
    for (const format of formats) {
      const started = performance.now();
      const job = await jobs.backup({
        connectionId: 'main',
        outputPath: jobs.path(`old.${format}`),
        format,
      });
      assert.equal(job.status, 'completed');
      took.set(format, performance.now() - started);
    }
  });
  after(async () => {
    await jobs?.dispose();
    await server?.stop();
  });

  async function cancel(id: string, { manager } = jobs): Promise<BackupJob> {
    const started = performance.now();
    const job = await manager.cancel(id);
    const took = performance.now() - started;
    assert.ok(took < AT_ONCE_MS, `cancelling took ${took} ms`);
    return job;
  }

  async function nothingIsLeft(job: BackupJob, at: string): Promise<void> {
    assert.deepEqual(await jobs.leftovers(), [], at);
    // A session ends a moment after the process that held it.
    let backends: string[] = [];
    const none = async (): Promise<boolean> => (backends = await jobBackends(server)).length === 0;
    assert.ok(await until(none), `${at}: ${backends.join(', ')}`);
    assert.deepEqual(processesWith(jobs.dir), [], at);
    assert.equal(jobs.manager.get(job.id)?.status, job.status);
  }

  for (const format of formats) {
    it(`leaves nothing of a ${format} backup at any moment, and the older file as it was`, async () => {
      const outputPath = jobs.path(`replaced.${format}`);
      let cancelled = 0;
      const rounds = soak.rounds(4);
      for (let round = 0; round < rounds; round++) {
        await rm(outputPath, { recursive: true, force: true });
        await writeFile(outputPath, 'older');
        // One moment in each quarter of its time: the first is before any backup can be done.
        const wait = ((round + random()) / rounds) * (took.get(format) ?? 0);
        const at = `${format} after ${wait.toFixed(0)} ms`;
        const workers = format === 'directory' ? 3 : 1;
        const { job } = jobs.startBackup(
          { connectionId: 'main', outputPath, format, jobs: workers },
          true,
        );
        await delay(wait);
        const ended = await cancel(job.id);
        await nothingIsLeft(ended, at);
        if (ended.status === 'completed') continue;
        cancelled++;
        assert.equal(ended.status, 'cancelled', at);
        assert.equal(await readFile(outputPath, 'utf8'), 'older', at);
      }
      assert.ok(cancelled > 0);
    });
  }

  it('works before anything has been started', async () => {
    const { job } = jobs.startBackup({ connectionId: 'main', outputPath: jobs.path('never') });
    const ended = await cancel(job.id);
    assert.equal(ended.status, 'cancelled');
    assert.deepEqual(ended.command, []);
    await nothingIsLeft(ended, 'at once');
  });

  it('works in every phase', async () => {
    const seen = new Set<string>();
    for (const phase of ['starting', 'reading', 'dumping', 'finishing']) {
      const outputPath = jobs.path(`phase.${phase}`);
      const { job, finished } = jobs.startBackup({ connectionId: 'main', outputPath });
      await until(() => {
        const now = jobs.manager.get(job.id);
        return now?.progress?.phase === phase || now?.endTime !== null;
      }, phase);
      await cancel(job.id);
      const ended = await finished;
      seen.add(ended.status);
      await nothingIsLeft(ended, phase);
      assert.equal(await exists(outputPath), ended.status === 'completed', phase);
    }
    assert.ok(seen.has('cancelled'));
  });

  it('drops the database that a restore has created', async () => {
    for (let round = 0; round < 4; round++) {
      const wait = random() * 1200;
      const { job } = jobs.startRestore({
        connectionId: 'main',
        inputPath: jobs.path(round % 2 === 0 ? 'old.custom' : 'old.directory'),
        targetDatabase: 'made',
        createDatabase: true,
        jobs: 1 + (round % 3),
      });
      await delay(wait);
      const ended = await cancel(job.id);
      const at = `after ${wait.toFixed(0)} ms`;
      await nothingIsLeft(ended, at);
      if (ended.status === 'completed') await dropDatabase(server, 'made');
      else {
        assert.equal(ended.status, 'cancelled', at);
        assert.ok(['databaseDropped', 'untouched'].includes(String(ended.targetState)), at);
      }
      assert.equal(await databaseExists('made'), false, at);
    }
  });

  it('does not wait for a server that does not get on with the new database', async () => {
    const mine = await JobHarness.create([server.binDir], { askedAhead: STAYS_OPEN });
    const lock = await holdLock(server, 'sample', 'LOCK TABLE pg_database IN EXCLUSIVE MODE;');
    try {
      mine.connect('main', server, 'sample');
      const { job } = mine.startRestore({
        ...{ connectionId: 'main', inputPath: jobs.path('old.custom') },
        ...{ targetDatabase: 'late', createDatabase: true },
      });
      const creates = `SELECT count(*) FROM pg_stat_activity
        WHERE query LIKE 'CREATE DATABASE%' AND wait_event_type = 'Lock';`;
      await until(async () => (await psql(server, 'postgres', creates)).trim() === '1');
      const ended = await cancel(job.id, mine);
      assert.deepEqual([ended.status, ended.targetState], ['cancelled', 'unknown']);
      assert.equal(ended.createdDatabase, 'late');
      await lock.release();
      // Nobody wants it any more.
      await until(() => !mine.manager.get(job.id)?.createdDatabase);
      assert.equal(await databaseExists('late'), false);
    } finally {
      await lock.release();
      await mine.dispose();
    }
  });

  it('keeps a database that was created while somebody else is connected to it', async () => {
    const { job } = jobs.startRestore({
      connectionId: 'main',
      inputPath: jobs.path('old.custom'),
      targetDatabase: 'watched',
      createDatabase: true,
    });
    assert.ok(await until(() => (jobs.manager.get(job.id)?.progress?.objectsCompleted ?? 0) > 5));
    const visitor = await holdLock(server, 'watched', 'SELECT pg_advisory_xact_lock(1);');
    const ended = await jobs.manager.cancel(job.id);
    assert.equal(ended.status, 'cancelled');
    assert.equal(ended.targetState, 'partial');
    assert.equal(await databaseExists('watched'), true);
    await visitor.release();
    await dropDatabase(server, 'watched');
  });

  for (const [name, options, state] of [
    ['custom', {}, 'partial'],
    ['custom', { singleTransaction: true }, 'rolledBack'],
    ['directory', { jobs: 3 }, 'partial'],
    ['plain', {}, 'partial'],
  ] as const) {
    it(`says what is left of a restore into an existing database: ${name} ${JSON.stringify(options)}`, async () => {
      await createDatabase(server, 'empty');
      await createDatabase(server, 'target');
      const { job } = jobs.startRestore({
        connectionId: 'main',
        inputPath: jobs.path(`old.${name}`),
        targetDatabase: 'target',
        ...options,
      });
      assert.ok(
        await until(() => (jobs.manager.get(job.id)?.progress?.objectsCompleted ?? 0) > 20),
      );
      const ended = await cancel(job.id);
      assert.equal(ended.status, 'cancelled');
      assert.equal(ended.targetState, state);
      await nothingIsLeft(ended, name);
      const differences = await compareDatabases(server, 'empty', server, 'target');
      assert.equal(differences.length === 0, state === 'rolledBack');
      await dropDatabase(server, 'empty');
      await dropDatabase(server, 'target');
    });
  }

  it('ends the statement that a script is running', async () => {
    const inputPath = jobs.path('slow.sql');
    await writeFile(inputPath, 'CREATE TABLE slow (i int);\nSELECT pg_sleep(600);\n');
    await createDatabase(server, 'slow');
    const { job } = jobs.startRestore({ connectionId: 'main', inputPath, targetDatabase: 'slow' });
    assert.ok(
      await until(async () => (await jobBackends(server)).some((b) => b.includes('pg_sleep'))),
    );
    const ended = await cancel(job.id);
    assert.equal(ended.status, 'cancelled');
    await nothingIsLeft(ended, 'slow script');
  });

  it('ends a tool that waits for a lock', async () => {
    const lock = await holdLock(server, 'sample', 'LOCK TABLE app.orders;');
    try {
      const { job } = jobs.startBackup({
        connectionId: 'main',
        outputPath: jobs.path('locked'),
        lockWaitTimeout: 0,
      });
      const waits = async (): Promise<boolean> =>
        (await jobBackends(server)).some((backend) => backend.includes('LOCK TABLE'));
      assert.ok(await until(waits));
      const ended = await cancel(job.id);
      assert.equal(ended.status, 'cancelled');
      await nothingIsLeft(ended, 'lock');
    } finally {
      await lock.release();
    }
  });

  it('leaves a job that has ended as it is, and does not know others', async () => {
    const done = await jobs.backup({ connectionId: 'main', outputPath: jobs.path('done') });
    assert.equal(done.status, 'completed');
    assert.deepEqual(await jobs.manager.cancel(done.id), done);
    await assert.rejects(jobs.manager.cancel('nobody'), { code: 'jobUnknown' });
  });

  it('ends everything when the manager is disposed of', async () => {
    const other = await JobHarness.create([server.binDir]);
    try {
      other.connect('main', server, 'sample');
      const handles = ['a', 'b'].map((name) =>
        other.startBackup({ connectionId: 'main', outputPath: other.path(name), format: 'tar' }),
      );
      await until(async () => (await jobBackends(server)).length > 1);
      await other.manager.dispose();
      for (const { finished } of handles) assert.equal((await finished).status, 'cancelled');
      assert.deepEqual(await readdir(other.dir), []);
      assert.deepEqual(await backendsLeft(server), []);
      const late = other.startBackup({ connectionId: 'main', outputPath: other.path('c') });
      assert.equal((await late.finished).status, 'cancelled');
    } finally {
      await other.dispose();
    }
  });

  async function databaseExists(name: string): Promise<boolean> {
    const found = await psql(
      server,
      'postgres',
      `SELECT 1 FROM pg_database WHERE datname = '${name}';`,
    );
    return found.trim() !== '';
  }
});

async function exists(where: string): Promise<boolean> {
  return stat(where).then(
    () => true,
    () => false,
  );
}
