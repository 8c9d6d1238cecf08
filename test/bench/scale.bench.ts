// How each step grows with the size of a database: time, memory that its result keeps, and the
// exponent between the two largest sizes (1 = linear). BENCH_SCRIPT_MB=5000 reads a script of 5 GB.
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
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openArchiveDocument } from '../../src/core/archive/document/archiveDocument';
import { allIds, closeSelection } from '../../src/core/archive/document/selection';
import { readToc } from '../../src/core/archive/file/tocReader';
import { getBackupInfo } from '../../src/core/archive/inspect/backupInfo';
import { restorePlan } from '../../src/core/archive/selection/restorePlan';
import { listBackups } from '../../src/core/backups/list/listBackups';
import { readCatalog } from '../../src/core/catalog/readCatalog';
import { readTargetFacts } from '../../src/core/catalog/restore/readTargetFacts';
import { readServerInfo } from '../../src/core/catalog/serverInfo';
import { buildConnection } from '../../src/core/connections/libpq';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import { estimateBackup } from '../../src/core/forms/backup/backupEstimate';
import { NO_ROW_FACTS } from '../../src/core/model/estimates/estimate';
import { evaluateBackup } from '../../src/core/forms/backup/backupForm';
import { dumpContents } from '../../src/core/forms/backup/dumpContents';
import { restoreDefaults } from '../../src/core/forms/restore/restoreDefaults';
import { deriveBackup } from '../../src/core/forms/selection/derivedBackup';
import { databaseObjects } from '../../src/core/forms/selection/selectionTree';
import { ProgressTracker } from '../../src/core/jobs/job/progressTracker';
import { DumpProgress } from '../../src/core/jobs/progress/dump/dumpProgress';
import { DumpWorkload } from '../../src/core/jobs/progress/dump/dumpWorkload';
import { outlineRestore } from '../../src/core/jobs/progress/restore/restoreOutline';
import { RestoreProgress } from '../../src/core/jobs/progress/restore/restoreProgress';
import { RestoreWorkload } from '../../src/core/jobs/progress/restore/restoreWorkload';
import { lookAhead } from '../../src/core/jobs/restore/ahead/lookAhead';
import { JobFolder } from '../../src/core/jobs/supervisor/store/jobFolder';
import { identify } from '../../src/core/jobs/supervisor/store/processIdentity';
import { KnownJobs } from '../../src/core/jobs/supervisor/window/knownJobs';
import { newJob } from '../../src/core/jobs/supervisor/window/newJob';
import type { BackupOptions, RestoreOptions } from '../../src/core/model/options';
import { planBackup } from '../../src/core/plans/planBackup';
import { ensurePostgres } from '../support/install/postgres';
import { libpqEnv, psql } from '../support/machine/psql';
import { createDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../support/machine/server';
import { exactly, figure, report, shown, type Figure } from '../support/measure/figures';
import { printRow } from '../support/measure/measure';
import { BUDGETS } from './budgets';

/** The largest has an archive of some 200,000 entries. */
const sizes = (process.env['BENCH_TABLES'] ?? '100,1000,10000,20000').split(',').map(Number);
const scriptMegabytes = Number(process.env['BENCH_SCRIPT_MB'] ?? 500);
/** What takes less cannot be told from noise: its growth is only shown. */
const leastSeconds = 0.1;

const PREFLIGHT = 'pre-flight into the same tables';

interface Point {
  size: number;
  seconds: number;
  megabytes: number;
}

setFlagsFromString('--expose_gc');
const gc = runInNewContext('gc') as () => void;

/** What is measured, by step; every size of a step comes after the smaller ones. */
class Growth {
  private readonly steps = new Map<string, Point[]>();
  readonly figures: Figure[] = [];

  /**
   * Measures one step, the better of two runs, and returns what it made. What a step takes is its
   * processor time, which a busy machine does not change; where a server works for it, wall time.
   */
  async step<T>(
    name: string,
    size: number,
    action: () => T | Promise<T>,
    byServer = false,
  ): Promise<T> {
    gc();
    const before = process.memoryUsage();
    const [result, first] = await timed(action, byServer);
    gc();
    const after = process.memoryUsage();
    const kept = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
    const [, second] = await timed(action, byServer);
    this.add(name, { size, seconds: Math.min(first, second), megabytes: kept / 1e6 });
    return result;
  }

  private add(name: string, point: Point): void {
    const points = this.steps.get(name) ?? [];
    this.steps.set(name, points);
    const before = points.at(-1);
    points.push(point);
    const growth = before
      ? Math.log(point.seconds / before.seconds) / Math.log(point.size / before.size)
      : NaN;
    const how = point.seconds > leastSeconds ? 'worse than linear' : 'too short to tell';
    const size = point.size.toLocaleString('en');
    printRow(
      name,
      size,
      `${(1000 * point.seconds).toFixed(0)} ms`,
      `${point.megabytes.toFixed(1)} MB`,
      before ? growth.toFixed(2) : '',
      growth > BUDGETS.growth.budget ? `  ${how}` : '',
    );
    const called = `${name}, ${size}`;
    this.figures.push(
      shown(called, 's', exactly(point.seconds)),
      shown('  memory kept', 'MB', exactly(point.megabytes)),
    );
    if (before === undefined) return;
    const grown = exactly(growth);
    const limit =
      name === PREFLIGHT && point.size === 20_000
        ? [figure('preflightMany', exactly(point.seconds))]
        : [];
    this.figures.push(
      point.seconds > leastSeconds
        ? { ...figure('growth', grown), name: `  ${BUDGETS.growth.name}` }
        : shown(`  ${BUDGETS.growth.name}`, 'ratio', grown),
      ...limit,
    );
  }
}

async function timed<T>(action: () => T | Promise<T>, byServer: boolean): Promise<[T, number]> {
  const used = process.cpuUsage();
  const started = performance.now();
  const result = await action();
  const wall = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(used);
  return [result, byServer ? wall : (user + system) / 1e6];
}

async function addTables(server: PgServer, from: number, to: number): Promise<void> {
  const statements: string[] = [];
  for (let i = from; i < to; i++) {
    const name = `s${i % 10}.tbl_${i}`;
    statements.push(
      `CREATE TABLE ${name} (id bigserial PRIMARY KEY, note text, at timestamptz DEFAULT now());`,
      `COMMENT ON TABLE ${name} IS 'table number ${i}';`,
      `CREATE INDEX ON ${name} (at);`,
    );
    if (i % 500 === 499) statements.push('COMMIT; BEGIN;');
  }
  await psql(server, 'many', ['BEGIN;', ...statements, 'COMMIT; ANALYZE pg_class;'].join('\n'));
}

const backup: BackupOptions = { ...backupDefaults(), connectionId: 'x', outputPath: '/b/x.dump' };
const timeout = { timeoutMs: 600_000 };

/** From the live database to a backup's progress. */
async function measureBackup(growth: Growth, server: PgServer, size: number): Promise<void> {
  const tool = path.join(server.binDir, 'psql');
  const connection = connectionTo(server, 'many');
  const info = await readServerInfo(tool, connection, timeout);
  const read = () => readCatalog(tool, connection, info, timeout);
  const catalog = await growth.step('catalog', size, read, true);
  const { index } = await growth.step('tree', size, () => databaseObjects(catalog));
  const tables = catalog.relations
    .filter(({ kind }, i) => kind === 'table' && i % 2 === 0)
    .map(({ schema, name }) => ({ schema, name }));
  const some = { ...backup, tables };
  const context = { connection: null, server: info, catalog, tool: null };
  const derived = await growth.step('form, half of the tables', size, () => {
    const made = deriveBackup(some, { catalog });
    evaluateBackup(some, context, made);
    return made;
  });
  await growth.step('arguments', size, () =>
    planBackup(some, {
      version: { text: '17.0', major: 17, minor: 0 },
      connectionArgs: [],
      selection: derived.dump,
      database: 'many',
      databaseEncoding: 'UTF8',
      unknownOptions: [],
      windows: false,
      streams: false,
    }),
  );
  const { objects } = deriveBackup(backup, { catalog });
  if (!objects) throw new Error(`no objects of ${index.byKey.size}`);
  const contents = dumpContents(backup, objects);
  await growth.step('estimate', size, () =>
    estimateBackup(backup, contents, { rows: NO_ROW_FACTS, runs: [], database: 'many' }),
  );
  await growth.step('progress of a backup', size, () => {
    const { tracker, tick } = trackerWithClock();
    const work = new DumpWorkload(tracker, backup, contents, 17);
    tracker.setModel(work.model);
    const progress = new DumpProgress(tracker, 1);
    progress.setWorkload(work);
    contents.tables.forEach(({ schema, name }, i) => {
      progress.add({ type: 'dumpingTable', table: `${schema}.${name}` });
      if (i % LINES_PER_LOOK === 0) tick();
    });
    work.finishing();
    return work.times();
  });
}

/** A dump says a thousand tables a second; percent is looked at five times in that time. */
const LINES_PER_LOOK = 200;

function trackerWithClock(): { tracker: ProgressTracker; tick: () => void } {
  let skipped = 0;
  // What an estimate takes itself is seen by this clock as well.
  const tracker = new ProgressTracker(() => skipped + performance.now());
  tracker.start();
  return {
    tracker,
    tick: () => {
      skipped += 200;
      tracker.advance();
    },
  };
}

/** From the archive's first byte to the progress of its restore. */
async function measureRestore(
  growth: Growth,
  server: PgServer,
  { size, file }: { size: number; file: string },
): Promise<void> {
  const toc = await growth.step('contents', size, () => readToc(file));
  if (size === sizes.at(-1)) console.log(`${' '.repeat(34)}${toc.count} entries`);
  const info = await growth.step('what a restore form shows', size, () => getBackupInfo(file));
  const document = await growth.step('document', size, () => openArchiveDocument(file));
  await growth.step('selection in the document', size, () =>
    closeSelection(
      document,
      allIds(document).filter((id) => id % 2 === 0),
    ),
  );
  const { order } = await growth.step('order of a restore', size, () => restorePlan(toc, null));
  await growth.step('progress of a restore', size, async () => {
    const { tracker, tick } = trackerWithClock();
    const outline = await outlineRestore({ toc, order, dataSizes: new Map() }, new Map());
    const work = new RestoreWorkload(tracker, toc, outline, 1);
    tracker.setModel(work.model);
    const progress = new RestoreProgress(tracker, { toc, order, dataSizes: new Map() }, false);
    progress.setWorkload(work);
    order.forEach((_index, i) => {
      progress.add({ type: 'creating', desc: 'TABLE', name: '' });
      if (i % LINES_PER_LOOK === 0) tick();
    });
    progress.finish();
    return work.times();
  });
  const tool = path.join(server.binDir, 'psql');
  const target = connectionTo(server, 'many');
  const serverInfo = await readServerInfo(tool, target, timeout);
  const options: RestoreOptions = {
    ...restoreDefaults(),
    connectionId: 'x',
    inputPath: file,
    targetDatabase: 'many',
  };
  const connection = { id: 'x', label: 'x', environment: null, readOnly: false };
  const look = (): Promise<unknown> =>
    lookAhead(options, info, {
      context: { connection, server: serverInfo, info, tool: null },
      host: server.host,
      readFacts: (_database, wanted) =>
        readTargetFacts(tool, target, { ...wanted, server: serverInfo }, timeout),
    });
  await growth.step(PREFLIGHT, size, look, true);
}

function connectionTo(server: PgServer, database: string): ReturnType<typeof buildConnection> {
  const { host, port, user, password } = server;
  return buildConnection(
    { id: 'x', host, port, user },
    {
      ...{ password, database, applicationName: 'scale', connectTimeoutSeconds: 30 },
      inherited: { PATH: process.env['PATH'] },
    },
  );
}

async function measureDatabases(growth: Growth, server: PgServer, dir: string): Promise<void> {
  await createDatabase(server, 'many');
  await psql(server, 'many', Array.from({ length: 10 }, (_, i) => `CREATE SCHEMA s${i};`).join(''));
  let made = 0;
  for (const size of sizes) {
    await addTables(server, made, size);
    made = size;
    await measureBackup(growth, server, size);
    const file = path.join(dir, 'many.dump');
    const env = { ...process.env, ...libpqEnv(server, 'many') };
    execFileSync(path.join(server.binDir, 'pg_dump'), ['-w', '-Fc', '-f', file, 'many'], { env });
    await measureRestore(growth, server, { size, file });
  }
  await dropDatabase(server, 'many');
}

async function measureScripts(growth: Growth, dir: string): Promise<void> {
  const rows = Array.from({ length: 10_000 }, (_, i) => `${i}\t${'lorem ipsum '.repeat(8)}${i}\n`);
  const block = rows.join('');
  for (const megabytes of [scriptMegabytes / 10, scriptMegabytes]) {
    const file = path.join(dir, 'script.sql');
    const out = createWriteStream(file);
    out.write('--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 17.6\n');
    out.write(
      '-- Dumped by pg_dump version 17.6\n\nCREATE TABLE public.t (id int, note text);\n\n',
    );
    out.write('COPY public.t (id, note) FROM stdin;\n');
    for (let written = 0; written < megabytes * 1e6; written += block.length) {
      if (!out.write(block))
        await new Promise<void>((resolve) => out.once('drain', () => resolve()));
    }
    out.end('\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n');
    await finished(out);
    await growth.step('script as a document, MB', megabytes, () => openArchiveDocument(file));
    rmSync(file);
  }
}

async function measureFolders(growth: Growth, dir: string, archive: Buffer): Promise<void> {
  const backups = path.join(dir, 'backups');
  mkdirSync(backups);
  let made = 0;
  for (const size of [200, 2000]) {
    for (; made < size; made++) writeFileSync(path.join(backups, `shop_${made}.dump`), archive);
    await growth.step('list of backups in a directory', size, () => listBackups(backups));
  }
  const store = path.join(dir, 'store');
  mkdirSync(store);
  made = 0;
  for (const size of [1000, 10_000]) {
    for (; made < size; made++) writeRecord(store, made + 1);
    await growth.step('job records of earlier windows', size, () => openJobs(store, size));
  }
}

function writeRecord(store: string, ticket: number): void {
  const id = `00000000-0000-4000-8000-${ticket.toString(16).padStart(12, '0')}`;
  const folder = JobFolder.of(store, id);
  mkdirSync(folder.dir);
  const now = new Date().toISOString();
  const job = newJob(id, 'backup', backup);
  const ended = { ...job, status: 'completed' as const, startTime: now, endTime: now };
  const base = { version: 1 as const, beat: 1, runId: '0123456789ab', tools: [] };
  folder.write({ ...base, ticket, owner: identify(), job: ended });
}

async function openJobs(storeDir: string, count: number): Promise<void> {
  const nothing = (): void => undefined;
  const jobs = new KnownJobs({
    storeDir,
    retention: () => ({ count, days: 30, bytes: 1e10 }),
    events: { found: nothing, changed: nothing, lines: nothing, removed: nothing },
  });
  await jobs.open();
  await jobs.dispose();
}

async function main(): Promise<void> {
  const [install] = await ensurePostgres([17]);
  if (!install) throw new Error('no PostgreSQL 17');
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-scale-'));
  const server = await startServer(install, {
    auth: 'trust',
    settings: { max_locks_per_transaction: '4000' },
  });
  const growth = new Growth();
  try {
    console.log('Processor time; of catalog and pre-flight, wall time');
    printRow('step', 'size', 'time', 'kept', 'exponent');
    const small = path.join(dir, 'small.dump');
    const env = { ...process.env, ...libpqEnv(server, 'postgres') };
    execFileSync(path.join(server.binDir, 'pg_dump'), ['-w', '-Fc', '-f', small], { env });
    await measureFolders(growth, dir, readFileSync(small));
    await measureScripts(growth, dir);
    await measureDatabases(growth, server, dir);
    report('scale', growth.figures);
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

void main();
