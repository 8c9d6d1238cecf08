// A server of many databases (BENCH_DATABASES): how long the list of them takes, and what it costs the
// window to ask for a backup of each at once. They wait in the queue, and are cancelled.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDatabases } from '../../../src/core/catalog/readDatabases';
import { buildConnection } from '../../../src/core/connections/libpq';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { cancelEach, startEach } from '../../../src/core/jobs/manager/batch';
import type { JobHandle } from '../../../src/core/jobs/manager/jobs';
import { inspectOutput } from '../../../src/core/jobs/backup/outputTarget';
import { ensurePostgres } from '../../support/install/postgres';
import { supervisedJobs } from '../../support/jobs/supervisedJobs';
import { createDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { report } from '../../support/measure/figures';
import { Growth } from '../../support/measure/growth';

const most = Number(process.env['BENCH_DATABASES'] ?? 500);

async function measureList(growth: Growth, server: PgServer, size: number): Promise<void> {
  const { host, port, user, password, binDir } = server;
  const connection = buildConnection(
    { id: 'x', host, port, user },
    {
      ...{ password, applicationName: 'pgbackup-scale', connectTimeoutSeconds: 30 },
      inherited: { PATH: process.env['PATH'] },
    },
  );
  const read = (): Promise<unknown> =>
    readDatabases(path.join(binDir, 'psql'), connection, { timeoutMs: 60_000 });
  const name = 'list of databases';
  await growth.step({ name, size, in: 'host', byServer: true, action: read });
}

async function askForAll(server: PgServer, dir: string, size: number): Promise<void> {
  const storeDir = mkdtempSync(path.join(dir, 'store-'));
  const { host, port, user, password } = server;
  const jobs = supervisedJobs({
    storeDir,
    binDirs: [server.binDir],
    profiles: [{ id: 'x', host, port, user }],
    passwords: { x: password },
    limits: { concurrency: 1 },
    keep: size,
  });
  await jobs.known;
  const numbers = Array.from({ length: size }, (_, i) => i);
  const start = async (i: number): Promise<JobHandle> => {
    const outputPath = path.join(dir, `db_${i}.dump`);
    await inspectOutput(outputPath, 'custom');
    const options = { ...backupDefaults(), connectionId: 'x', database: `db_${i}`, outputPath };
    return jobs.startBackup({ options, overwrite: false, manifest: null });
  };
  const ids: string[] = [];
  const ended = startEach(numbers, start, async (_, started) => {
    const handle = await started;
    ids.push(handle.job.id);
    if (ids.length === size) await cancelEach(jobs, ids);
    return handle.finished;
  });
  await ended;
  await jobs.dispose();
}

async function main(): Promise<void> {
  const [install] = await ensurePostgres([17]);
  if (!install) throw new Error('no PostgreSQL 17');
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-scale-'));
  const server = await startServer(install, { auth: 'trust' });
  const growth = new Growth();
  try {
    Growth.printHead();
    let made = 0;
    for (const size of [most / 10, most]) {
      for (; made < size; made++) await createDatabase(server, `db_${made}`);
      await measureList(growth, server, size);
      const name = 'backups asked for and cancelled';
      await growth.step({ name, size, in: 'host', action: () => askForAll(server, dir, size) });
    }
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  report('scale-databases', growth.figures);
}

void main();
