import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import { JobFolder } from '../../src/core/jobs/supervisor/store/jobFolder';
import { livenessOf } from '../../src/core/jobs/supervisor/store/processIdentity';
import type { SupervisedJobs } from '../../src/core/jobs/supervisor/window/supervisedJobs';
import { supervisedJobs } from '../support/jobs/supervisedJobs';
import { adminQuery } from '../support/machine/adminSession';
import { type HeldLock, holdLock } from '../support/machine/heldLock';
import { psql } from '../support/machine/psql';
import { newestServer } from '../support/servers';
import { until } from '../support/until';

const DATABASE = 'supervised';

describe('a job’s supervisor on Windows', () => {
  const server = newestServer();
  const windows: SupervisedJobs[] = [];
  let dir: string;
  let lock: HeldLock | undefined;

  before(async () => {
    await adminQuery(server, `CREATE DATABASE ${DATABASE}`);
    await psql(server, DATABASE, 'CREATE TABLE held AS SELECT 1 AS a');
  });
  beforeEach(async () => (dir = await mkdtemp(path.join(tmpdir(), 'pgbackup-'))));
  afterEach(async () => {
    await lock?.release();
    lock = undefined;
    for (const window of windows.splice(0)) await window.dispose();
    await rm(dir, { recursive: true, force: true, maxRetries: 10 });
  });
  after(() => adminQuery(server, `DROP DATABASE ${DATABASE} WITH (FORCE)`));

  async function open(): Promise<SupervisedJobs> {
    const { host, port, user, password, binDir } = server;
    const { TEMP = '', TMP = '', SystemRoot = '' } = process.env;
    const jobs = supervisedJobs({
      storeDir: path.join(dir, 'store'),
      binDirs: [binDir],
      profiles: [{ id: 'main', host, port, user, database: DATABASE }],
      passwords: { main: password },
      inherited: { TEMP, TMP, SystemRoot },
    });
    windows.push(jobs);
    await jobs.ready;
    return jobs;
  }

  const start = (jobs: SupervisedJobs): ReturnType<SupervisedJobs['startBackup']> =>
    jobs.startBackup({
      options: {
        ...backupDefaults('custom'),
        connectionId: 'main',
        outputPath: path.join(dir, 'x.dump'),
      },
      overwrite: false,
    });

  /** A job whose tool waits for a lock. */
  async function held(
    jobs: SupervisedJobs,
  ): Promise<ReturnType<typeof start> & { folder: JobFolder }> {
    lock = await holdLock(server, DATABASE, 'LOCK TABLE held;');
    const started = start(jobs);
    const folder = JobFolder.of(path.join(dir, 'store'), started.job.id);
    await until(async () => ((await folder.read())?.tools.length ?? 0) > 0, 'the tool runs');
    return { ...started, folder };
  }

  it('carries it out, and a later window knows of it', async () => {
    const jobs = await open();
    const { job, finished } = start(jobs);
    const ended = await finished;
    assert.deepEqual([ended.status, ended.failure], ['completed', null]);
    const later = await open();
    assert.equal(later.get(job.id)?.status, 'completed');
  });

  it('ends it when another window says so, with its tool', async () => {
    const { job, finished } = await held(await open());
    const other = await open();
    await other.cancel(job.id);
    assert.equal((await finished).status, 'cancelled');
    assert.deepEqual((await readdir(dir)).sort(), ['store']);
  });

  it('is missed when it is killed: the job is lost, its tool and output are gone', async () => {
    const { finished, folder } = await held(await open());
    const before = await folder.read();
    const [tool] = before?.tools ?? [];
    assert.ok(before && tool);
    assert.equal(livenessOf(before.owner), 'running');
    process.kill(before.owner.pid, 'SIGKILL');
    assert.equal((await finished).status, 'lost');
    assert.equal(livenessOf(before.owner), 'gone');
    await until(() => livenessOf(tool) === 'gone', 'the tool has ended');
    assert.deepEqual((await readdir(dir)).sort(), ['store']);
  });
});
