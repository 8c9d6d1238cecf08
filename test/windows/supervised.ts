import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import { JobFolder } from '../../src/core/jobs/supervisor/store/jobFolder';
import type { SupervisedJobs } from '../../src/core/jobs/supervisor/window/supervisedJobs';
import { supervisedJobs } from '../support/jobs/supervisedJobs';
import { adminQuery } from '../support/machine/adminSession';
import { type HeldLock, holdLock } from '../support/machine/heldLock';
import { psql } from '../support/machine/psql';
import { dropDatabase } from '../support/machine/sampleDatabase';
import { newestServer } from '../support/servers';
import { until } from '../support/until';

const DATABASE = 'supervised';

type Started = ReturnType<SupervisedJobs['startBackup']>;

/** A database, a directory for the output, and windows whose jobs share a store in it. */
export class Supervised {
  private readonly windows: SupervisedJobs[] = [];
  private lock: HeldLock | undefined;

  private constructor(readonly dir: string) {}

  static async create(): Promise<Supervised> {
    await adminQuery(newestServer(), `CREATE DATABASE ${DATABASE}`);
    await psql(newestServer(), DATABASE, 'CREATE TABLE held AS SELECT 1 AS a');
    return new Supervised(await mkdtemp(path.join(tmpdir(), 'pgbackup-')));
  }

  async open(): Promise<SupervisedJobs> {
    const { host, port, user, password, binDir } = newestServer();
    const { TEMP = '', TMP = '', SystemRoot = '' } = process.env;
    const jobs = supervisedJobs({
      storeDir: path.join(this.dir, 'store'),
      binDirs: [binDir],
      profiles: [{ id: 'main', host, port, user, database: DATABASE }],
      passwords: { main: password },
      inherited: { TEMP, TMP, SystemRoot },
    });
    this.windows.push(jobs);
    await jobs.ready;
    return jobs;
  }

  start(jobs: SupervisedJobs): Started {
    const outputPath = path.join(this.dir, 'x.dump');
    const options = { ...backupDefaults('custom'), connectionId: 'main', outputPath };
    return jobs.startBackup({ options, overwrite: false });
  }

  /** A job whose tool waits for a lock. */
  async held(jobs: SupervisedJobs): Promise<Started & { folder: JobFolder }> {
    this.lock = await holdLock(newestServer(), DATABASE, 'LOCK TABLE held;');
    const started = this.start(jobs);
    const folder = JobFolder.of(path.join(this.dir, 'store'), started.job.id);
    await until(async () => ((await folder.read())?.tools.length ?? 0) > 0, 'the tool runs');
    return { ...started, folder };
  }

  async dispose(): Promise<void> {
    await this.lock?.release();
    for (const window of this.windows) await window.dispose();
    await rm(this.dir, { recursive: true, force: true, maxRetries: 10 });
    await dropDatabase(newestServer(), DATABASE);
  }
}
