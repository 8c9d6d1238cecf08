import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { activityText, percentText } from '../../../src/core/text/jobText';
import type { BackupProgress } from '../../../src/core/model/job';
import type { JobHandle } from '../../../src/core/jobs/manager/jobs';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer, testServer } from '../../support/servers';
import { until } from '../../support/until';
import { JobHarness } from '../harness/jobHarness';
import { LockHolder } from '../harness/lockHolder';

const database = 'lock_wait';
const schema = `
  CREATE SCHEMA app;
  CREATE TABLE app.other WITH (autovacuum_enabled = off) AS SELECT g AS id FROM generate_series(1, 50) g;
  CREATE TABLE app.orders WITH (autovacuum_enabled = off) AS SELECT g AS id, md5(g::text) AS t FROM generate_series(1, 2000) g;
  ANALYZE;`;

describe('a job that waits for a lock', function () {
  const made: JobHarness[] = [];
  let historyDir: string;
  const holders: LockHolder[] = [];
  const servers = (): ServerCoordinates[] => [testServer(13), newestServer()];
  before(async () => {
    historyDir = await mkdtemp(path.join(tmpdir(), 'pg-backup-history-'));
    for (const server of servers()) {
      await createDatabase(server, database);
      await psql(server, database, schema);
    }
  });
  afterEach(async () => {
    await Promise.all(holders.splice(0).map((holder) => holder.letGo()));
  });
  after(async () => {
    await Promise.all(made.map((jobs) => jobs.dispose()));
    await rm(historyDir, { recursive: true, force: true });
    for (const server of servers()) await dropDatabase(server, database);
  });

  async function harness(server: ServerCoordinates): Promise<JobHarness> {
    const jobs = await JobHarness.create([server.binDir], { historyDir });
    made.push(jobs);
    jobs.connect('main', server, database);
    return jobs;
  }

  async function hold(
    server: ServerCoordinates,
    mode: string,
    table = 'app.orders',
  ): Promise<LockHolder> {
    const holder = await LockHolder.open(server, { database, table, mode });
    holders.push(holder);
    return holder;
  }

  /** Starts a job while the lock is held, and lets go of it once the job has been seen to wait. */
  async function waitsAndGoesOn(
    jobs: JobHarness,
    holder: LockHolder,
    start: () => JobHandle,
  ): Promise<BackupProgress[]> {
    const seen: BackupProgress[] = [];
    const lines: string[] = [];
    const stops = [
      jobs.manager.onUpdate(({ progress }) => progress && seen.push(progress)),
      jobs.manager.onLines((_id, more) => lines.push(...more)),
    ];
    const { finished } = start();
    const waits = (): BackupProgress[] => seen.filter(({ lockWait }) => lockWait !== undefined);
    try {
      assert.ok(await until(() => waits().length > 0), 'it is told that it waits');
      // It says so in its output, too, and goes on waiting.
      const note = `Waiting for a lock on ${holder.table}: blocked by ${holder.text}`;
      assert.ok(await until(() => lines.includes(note)), lines.join('\n'));
      // Each query of the server is reported.
      const { length } = waits();
      assert.ok(await until(() => waits().length >= length + 3), 'it still waits');
      assert.equal(lines.filter((line) => line === note).length, 1);
    } finally {
      await holder.letGo();
    }
    const waiting = waits();
    const job = await finished;
    for (const stop of stops) stop();
    assert.equal(job.status, 'completed', JSON.stringify(job.errors));
    assert.equal(job.progress?.lockWait, undefined);
    assert.equal(job.progress?.percent, 100);
    return waiting;
  }

  function checkWords(waiting: readonly BackupProgress[], { table, text }: LockHolder): void {
    for (const progress of waiting) {
      assert.equal(progress.remainingMs, null);
      assert.equal(activityText(progress), `Waiting for a lock: ${table}, blocked by ${text}`);
    }
  }

  for (const major of [13, 0]) {
    const name = major === 0 ? 'the newest server' : `server ${major}`;
    it(`shows no percent of a backup, but who is in its way: ${name}`, async () => {
      const server = major === 0 ? newestServer() : testServer(major);
      const jobs = await harness(server);
      // Once without an earlier run, once with the times of the run before.
      for (const run of [1, 2]) {
        const holder = await hold(server, 'ACCESS EXCLUSIVE');
        const outputPath = jobs.path(`waited${run}.dump`);
        const waiting = await waitsAndGoesOn(jobs, holder, () =>
          jobs.startBackup({ connectionId: 'main', outputPath }),
        );
        checkWords(waiting, holder);
        for (const progress of waiting) {
          assert.equal(progress.percent, null);
          assert.equal(percentText(progress), 'Waiting');
        }
      }
    });
  }

  it('is shown of a restore that drops a table somebody reads', async () => {
    const server = newestServer();
    const jobs = await harness(server);
    const inputPath = jobs.path('whole.dump');
    const made = await jobs.backup({ connectionId: 'main', outputPath: inputPath });
    assert.equal(made.status, 'completed', JSON.stringify(made.errors));
    const holder = await hold(server, 'ACCESS SHARE');
    const options = { connectionId: 'main', inputPath, targetDatabase: database, clean: true };
    const waiting = await waitsAndGoesOn(jobs, holder, () => jobs.startRestore(options));
    checkWords(waiting, holder);
    assert.deepEqual(new Set(waiting.map(({ percent }) => percent)), new Set([null]));
  });

  it('is shown of a script that changes a table somebody reads', async () => {
    const server = newestServer();
    const jobs = await harness(server);
    const inputPath = jobs.path('change.sql');
    await writeFile(
      inputPath,
      "SET client_encoding = 'UTF8';\nALTER TABLE app.orders ALTER t SET DEFAULT 'none';\n",
    );
    const holder = await hold(server, 'ACCESS SHARE');
    const options = { connectionId: 'main', inputPath, targetDatabase: database };
    const waiting = await waitsAndGoesOn(jobs, holder, () => jobs.startRestore(options));
    checkWords(waiting, holder);
  });

  it('leaves the percent where it is when some of the work is done', async () => {
    const server = newestServer();
    const jobs = await harness(server);
    const inputPath = jobs.path('rows.dump');
    await jobs.backup({ connectionId: 'main', outputPath: inputPath });
    const options = { connectionId: 'main', inputPath, targetDatabase: database, dataOnly: true };
    const holder = await hold(server, 'SHARE', 'app.other');
    const waiting = await waitsAndGoesOn(jobs, holder, () => jobs.startRestore(options));
    checkWords(waiting, holder);
    // Rows of app.orders come before those of app.other.
    assert.ok(waiting.every(({ objectsCompleted }) => objectsCompleted > 0));
    const percents = new Set(waiting.map(({ percent }) => percent));
    assert.equal(percents.size, 1, [...percents].join(' '));
  });
});
