// How each step grows with the number of tables (BENCH_TABLES): time, memory, for how long it holds
// its thread, and the exponent between two sizes (1 = linear).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openArchiveDocument } from '../../../src/core/archive/document/archiveDocument';
import { allIds, closeSelection } from '../../../src/core/archive/document/selection';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { writeListLines } from '../../../src/core/archive/selection/restoreList';
import { restorePlan } from '../../../src/core/archive/selection/restorePlan';
import { readCatalog } from '../../../src/core/catalog/readCatalog';
import { readTargetFacts } from '../../../src/core/catalog/restore/readTargetFacts';
import { readServerInfo } from '../../../src/core/catalog/serverInfo';
import { buildConnection } from '../../../src/core/connections/libpq';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { estimateBackup } from '../../../src/core/forms/backup/backupEstimate';
import { NO_ROW_FACTS } from '../../../src/core/model/estimates/estimate';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import { dumpContents } from '../../../src/core/forms/backup/dumpContents';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { evaluateRestore } from '../../../src/core/forms/restore/restoreForm';
import { contentsTree } from '../../../src/core/forms/selection/contentsTree';
import { deriveBackup } from '../../../src/core/forms/selection/derivedBackup';
import { databaseObjects } from '../../../src/core/forms/selection/selectionTree';
import { ProgressTracker } from '../../../src/core/jobs/job/progressTracker';
import { DumpProgress } from '../../../src/core/jobs/progress/dump/dumpProgress';
import { DumpWorkload } from '../../../src/core/jobs/progress/dump/dumpWorkload';
import { outlineRestore } from '../../../src/core/jobs/progress/restore/restoreOutline';
import { RestoreProgress } from '../../../src/core/jobs/progress/restore/restoreProgress';
import { RestoreWorkload } from '../../../src/core/jobs/progress/restore/restoreWorkload';
import { chosenEntries } from '../../../src/core/jobs/restore/chosenEntries';
import { lookAhead } from '../../../src/core/jobs/restore/ahead/lookAhead';
import type { BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import { planBackup } from '../../../src/core/plans/planBackup';
import { ensurePostgres } from '../../support/install/postgres';
import { libpqEnv, psql } from '../../support/machine/psql';
import { createDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { report } from '../../support/measure/figures';
import { Growth, type Thread } from '../../support/measure/growth';

/** The largest has an archive of some 200,000 entries. */
const sizes = (process.env['BENCH_TABLES'] ?? '100,1000,10000,20000').split(',').map(Number);

async function addTables(server: PgServer, from: number, to: number): Promise<void> {
  const statements: string[] = [];
  for (let i = from; i < to; i++) {
    const name = `s${i % 10}.tbl_${i}`;
    statements.push(
      `CREATE TABLE ${name} (id bigserial PRIMARY KEY, note text, at timestamptz DEFAULT now());`,
      `COMMENT ON TABLE ${name} IS 'table number ${i}';`,
      `COMMENT ON COLUMN ${name}.at IS 'when it was added';`,
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
  const catalog = await growth.step({
    name: 'catalog',
    ...{ size, in: 'host', byServer: true },
    action: () => readCatalog(tool, connection, info, timeout),
  });
  const page = <T>(name: string, action: () => T): Promise<T> =>
    growth.step({ name, size, in: 'page', action });
  const { index } = await page('tree', () => databaseObjects(catalog));
  const tables = catalog.relations
    .filter(({ kind }, i) => kind === 'table' && i % 2 === 0)
    .map(({ schema, name }) => ({ schema, name }));
  const some = { ...backup, tables };
  const context = { connection: null, server: info, catalog, tool: null };
  const derived = await page('form, half of the tables', () => {
    const made = deriveBackup(some, context, { index });
    evaluateBackup(some, context, made);
    return made;
  });
  await page('arguments', () =>
    planBackup(some, {
      version: { text: '17.0', major: 17, minor: 0 },
      connectionArgs: [],
      selection: derived.dump,
      databaseEncoding: 'UTF8',
      unknownOptions: [],
      windows: false,
      streams: false,
    }),
  );
  const { objects } = deriveBackup(backup, context);
  if (!objects) throw new Error(`no objects of ${index.byKey.size}`);
  const contents = dumpContents(backup, objects);
  await page('estimate', () =>
    estimateBackup(backup, contents, { rows: NO_ROW_FACTS, runs: [], database: 'many' }),
  );
  const progress = (): unknown => {
    const { tracker, tick } = trackerWithClock();
    const work = new DumpWorkload(tracker, backup, contents, 17);
    tracker.setModel(work.model);
    const lines = new DumpProgress(tracker, 1);
    lines.setWorkload(work);
    contents.tables.forEach(({ schema, name }, i) => {
      lines.add({ type: 'dumpingTable', table: `${schema}.${name}` });
      if (i % LINES_PER_LOOK === 0) tick();
    });
    work.finishing();
    return work.times();
  };
  await growth.step({ name: 'progress of a backup', size, in: 'job', action: progress });
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

interface Archive {
  /** Tables of the database. */
  size: number;
  file: string;
}

/** From the archive's first byte to the progress of its restore. */
async function measureArchive(growth: Growth, { size, file }: Archive): Promise<void> {
  const step = <T>(name: string, where: Thread, action: () => T | Promise<T>): Promise<T> =>
    growth.step({ name, size, in: where, action });
  const toc = await step('contents', 'host', () => readToc(file));
  if (size === sizes.at(-1)) console.log(`${' '.repeat(34)}${toc.count} entries`);
  const info = await step('what a restore form gets', 'host', () => getBackupInfo(file));
  const document = await step('document', 'host', () => openArchiveDocument(file));
  await step('selection in the document', 'host', () =>
    closeSelection(
      document,
      allIds(document).filter((id) => id % 2 === 0),
    ),
  );
  const { tables } = info.contents;
  const some = { ...restoreOptions(file), tables: tables.filter((_table, i) => i % 2 === 0) };
  await step('restore form, half of the tables', 'page', () => {
    contentsTree(info.contents);
    return evaluateRestore(some, { connection: null, server: null, info, tool: null });
  });
  await step('entries of half of the tables', 'host', async () => {
    const chosen = await chosenEntries(toc, some);
    return writeListLines(toc, chosen?.indexes ?? []).length;
  });
  const { order } = await step('order of a restore', 'host', () => restorePlan(toc, null));
  await step('progress of a restore', 'job', async () => {
    const { tracker, tick } = trackerWithClock();
    const outline = await outlineRestore({ toc, order, dataSizes: new Map() }, new Map());
    const work = new RestoreWorkload(tracker, toc, outline, 1);
    tracker.setModel(work.model);
    const lines = new RestoreProgress(tracker, { toc, order, dataSizes: new Map() }, false);
    lines.setWorkload(work);
    order.forEach((_index, i) => {
      lines.add({ type: 'creating', desc: 'TABLE', name: '' });
      if (i % LINES_PER_LOOK === 0) tick();
    });
    lines.finish();
    return work.times();
  });
}

/** What the form finds out about the target before a restore: into the tables that are there. */
async function measurePreflight(
  growth: Growth,
  server: PgServer,
  { size, file }: Archive,
): Promise<void> {
  const info = await getBackupInfo(file);
  const tool = path.join(server.binDir, 'psql');
  const target = connectionTo(server, 'many');
  const serverInfo = await readServerInfo(tool, target, timeout);
  const connection = { id: 'x', label: 'x', environment: null, readOnly: false };
  const look = (options: RestoreOptions) => (): Promise<unknown> =>
    lookAhead(options, info, {
      context: { connection, server: serverInfo, info, tool: null },
      host: server.host,
      readFacts: (_database, wanted) =>
        readTargetFacts(tool, target, { ...wanted, server: serverInfo }, timeout),
    });
  const options = restoreOptions(file);
  const limit = size === 20_000 ? 'preflightMany' : undefined;
  const common = { size, in: 'host', byServer: true, limit } as const;
  await growth.step({ ...common, name: 'pre-flight into the same tables', action: look(options) });
  const tables = info.contents.tables.filter((_table, i) => i % 2 === 0);
  const half = look({ ...options, tables });
  await growth.step({ ...common, name: 'pre-flight of half of the tables', action: half });
}

function restoreOptions(file: string): RestoreOptions {
  const names = { connectionId: 'x', inputPath: file, targetDatabase: 'many' };
  return { ...restoreDefaults(), ...names };
}

function connectionTo(server: PgServer, database: string): ReturnType<typeof buildConnection> {
  const { host, port, user, password } = server;
  return buildConnection(
    { id: 'x', host, port, user },
    {
      ...{ password, database, applicationName: 'pgbackup-scale', connectTimeoutSeconds: 30 },
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
    await measureArchive(growth, { size, file });
    await measurePreflight(growth, server, { size, file });
  }
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
    console.log('Processor time; of catalog and pre-flight, that of psql and the server as well');
    Growth.printHead();
    await measureDatabases(growth, server, dir);
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  report('scale-tables', growth.figures);
}

void main();
