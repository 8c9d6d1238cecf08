// How the work grows with a script (BENCH_SCRIPT_MB, 5000 = 5 GB, which needs that much room), with
// the backups in a directory, and with the job records that are kept.
import { execFileSync } from 'node:child_process';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { CooperativeLoop } from '../../../src/core/cooperativeLoop';
import { openArchiveDocument } from '../../../src/core/archive/document/archiveDocument';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { listBackups } from '../../../src/core/backups/list/listBackups';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { JobFolder } from '../../../src/core/jobs/supervisor/store/jobFolder';
import { identify } from '../../../src/core/jobs/supervisor/store/processIdentity';
import { KnownJobs } from '../../../src/core/jobs/supervisor/window/knownJobs';
import { newJob } from '../../../src/core/jobs/supervisor/window/newJob';
import type { BackupJob } from '../../../src/core/model/job';
import { formatDate, formatRelative } from '../../../src/core/text/formatDate';
import { backupItem, groupBackups, orderBackups } from '../../../src/vscode/views/backupItem';
import { jobItem, sortJobs } from '../../../src/vscode/views/jobItem';
import { ensurePostgres } from '../../support/install/postgres';
import { libpqEnv } from '../../support/machine/psql';
import { startServer } from '../../support/machine/server';
import { report } from '../../support/measure/figures';
import { Growth } from '../../support/measure/growth';

const scriptMegabytes = Number(process.env['BENCH_SCRIPT_MB'] ?? 500);

async function measureScripts(growth: Growth, dir: string): Promise<void> {
  for (const size of [scriptMegabytes / 10, scriptMegabytes]) {
    const file = path.join(dir, 'script.sql');
    await writeScript(file, size);
    const document = (): Promise<unknown> => openArchiveDocument(file);
    await growth.step({ name: 'script as a document, MB', size, in: 'host', action: document });
    const info = (): Promise<unknown> => getBackupInfo(file);
    await growth.step({ name: 'restore form of a script, MB', size, in: 'host', action: info });
    rmSync(file);
  }
}

async function writeScript(file: string, megabytes: number): Promise<void> {
  const rows = Array.from({ length: 10_000 }, (_, i) => `${i}\t${'lorem ipsum '.repeat(8)}${i}\n`);
  const block = rows.join('');
  const out = createWriteStream(file);
  out.write('--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 17.6\n');
  out.write('-- Dumped by pg_dump version 17.6\n\nCREATE TABLE public.t (id int, note text);\n\n');
  out.write('COPY public.t (id, note) FROM stdin;\n');
  for (let written = 0; written < megabytes * 1e6; written += block.length) {
    if (!out.write(block)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  out.end('\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n');
  await finished(out);
}

async function measureBackups(growth: Growth, dir: string, archive: Buffer): Promise<void> {
  const backups = path.join(dir, 'backups');
  mkdirSync(backups);
  let made = 0;
  for (const size of [200, 2000]) {
    for (; made < size; made++) writeFileSync(path.join(backups, `shop_${made}.dump`), archive);
    const { entries } = await growth.step({
      name: 'list of backups in a directory',
      ...{ size, in: 'host' },
      action: () => listBackups(backups),
    });
    const order = { by: 'date', filter: '' } as const;
    const rows = (): unknown => {
      const shown = orderBackups(entries, order);
      groupBackups(shown, order);
      return shown.map((entry) => backupItem(entry, 'date'));
    };
    await growth.step({ name: 'rows of the Backups view', size, in: 'host', action: rows });
  }
}

async function measureJobs(growth: Growth, dir: string): Promise<void> {
  const store = path.join(dir, 'store');
  mkdirSync(store);
  let made = 0;
  for (const size of [1000, 10_000]) {
    for (; made < size; made++) writeRecord(store, made + 1);
    const jobs = await growth.step({
      name: 'job records of earlier windows',
      ...{ size, in: 'host' },
      action: () => openJobs(store, size),
    });
    const context = {
      labelOf: (id: string) => id,
      failureText: () => '',
      dateText: formatDate,
      whenText: (iso: string) => formatRelative(iso),
      isForeign: () => false,
    };
    // As VS Code asks the view for them.
    const rows = async (): Promise<void> => {
      const loop = new CooperativeLoop();
      for (const job of sortJobs(jobs)) {
        if (loop.shouldYield) await loop.yield();
        jobItem(job, context);
      }
    };
    await growth.step({ name: 'rows of the Jobs view', size, in: 'host', action: rows });
  }
}

function writeRecord(store: string, ticket: number): void {
  const id = `00000000-0000-4000-8000-${ticket.toString(16).padStart(12, '0')}`;
  const folder = JobFolder.of(store, id);
  mkdirSync(folder.dir);
  const now = new Date().toISOString();
  const options = { ...backupDefaults(), connectionId: 'x', outputPath: '/b/x.dump' };
  const job = newJob(id, 'backup', options);
  const ended = { ...job, status: 'completed' as const, startTime: now, endTime: now };
  const base = { version: 1 as const, beat: 1, runId: '0123456789ab', tools: [] };
  folder.write({ ...base, ticket, owner: identify(), job: ended });
}

async function openJobs(storeDir: string, count: number): Promise<BackupJob[]> {
  const found: BackupJob[] = [];
  const nothing = (): void => undefined;
  const jobs = new KnownJobs({
    storeDir,
    retention: () => ({ count, days: 30, bytes: 1e10 }),
    events: {
      found: (job) => void found.push(job.snapshot()),
      ...{ changed: nothing, lines: nothing, removed: nothing },
    },
  });
  await jobs.open();
  await jobs.dispose();
  return found;
}

/** The archive of an empty database. */
async function emptyArchive(dir: string): Promise<Buffer> {
  const [install] = await ensurePostgres([17]);
  if (!install) throw new Error('no PostgreSQL 17');
  const server = await startServer(install, { auth: 'trust' });
  try {
    const file = path.join(dir, 'small.dump');
    const env = { ...process.env, ...libpqEnv(server, 'postgres') };
    execFileSync(path.join(server.binDir, 'pg_dump'), ['-w', '-Fc', '-f', file], { env });
    return readFileSync(file);
  } finally {
    await server.stop();
  }
}

async function main(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-scale-'));
  const growth = new Growth();
  try {
    const archive = await emptyArchive(dir);
    Growth.printHead();
    await measureBackups(growth, dir, archive);
    await measureJobs(growth, dir);
    await measureScripts(growth, dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  report('scale-files', growth.figures);
}

void main();
