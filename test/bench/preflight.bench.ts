// How long the look ahead of a restore takes, by the number of tables: into an empty database, and
// into one that has them all, with what is dropped and what depends on it. Beside the time, the
// processor's seconds that the extension, psql and the server need together: other work on the
// machine does not count.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { getBackupInfo } from '../../src/core/archive/inspect/backupInfo';
import { readTargetFacts } from '../../src/core/catalog/restore/readTargetFacts';
import { readServerInfo } from '../../src/core/catalog/serverInfo';
import { buildConnection, type LibpqConnection } from '../../src/core/connections/libpq';
import { AppError } from '../../src/core/errors';
import { restoreDefaults } from '../../src/core/forms/restore/restoreDefaults';
import { lookAhead } from '../../src/core/jobs/restore/ahead/lookAhead';
import type { Preflight } from '../../src/core/model/findings/findings';
import type { RestoreOptions } from '../../src/core/model/options';
import { ensurePostgres } from '../support/install/postgres';
import { libpqEnv, psql } from '../support/machine/psql';
import { run } from '../support/machine/run';
import { createDatabase } from '../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../support/machine/server';
import { figure, report, shown, type Figure } from '../support/measure/figures';
import { printRow } from '../support/measure/measure';
import { spreadOf } from '../support/measure/turns';
import type { BudgetName } from './budgets';

/** Tables, and what one look may take. */
const SIZES: readonly (readonly [tables: number, limit: BudgetName])[] = [
  [1000, 'preflightFew'],
  [20_000, 'preflightMany'],
];
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
/** One of the sizes alone. */
const only = process.env['BENCH_TABLES'];
const major = Number(process.env['BENCH_MAJOR'] ?? 17);
/** Milliseconds after which a look is cancelled, and until it has to have ended. */
const CANCEL_AFTER_MS = 100;
const CANCELLED_WITHIN_MS = 1000;
/** Clock ticks of /proc in one second. */
const TICKS = 100;

/** Every table has a key and an index, every fifth refers to the one before it. */
const tablesSql = (count: number): string => `
  SELECT format('CREATE TABLE %I.table_%s (id int PRIMARY KEY, name text NOT NULL, at timestamptz,
    amount numeric, other int %s)', 'schema_' || n % 20, n,
    CASE WHEN n % 5 = 0 AND n > 20 THEN format('REFERENCES %I.table_%s', 'schema_' || n % 20, n - 20) END)
  FROM generate_series(1, ${count}) n \\gexec
  SELECT format('CREATE INDEX ON %I.table_%s (name)', 'schema_' || n % 20, n)
  FROM generate_series(1, ${count}) n \\gexec
  SELECT format('INSERT INTO %I.table_%s SELECT 1, ''x''', 'schema_' || n % 20, n)
  FROM generate_series(1, ${count}) n \\gexec
  ANALYZE;`;

/** Seconds of the processor: of this process and its ended children, and of the server's. */
function processorSeconds(server: PgServer): number {
  const fields = (pid: string): number[] => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15)
      .map(Number);
  };
  const postmaster = readFileSync(path.join(server.dataDir, 'postmaster.pid'), 'latin1');
  const [, , ...ended] = fields(postmaster.split('\n')[0] ?? '');
  return [...fields('self'), ...ended].reduce((sum, each) => sum + each, 0) / TICKS;
}

/** Looks ahead as a panel does. */
class Looking {
  constructor(
    private readonly server: PgServer,
    private readonly inputPath: string,
  ) {}

  async look(database: string, change: Partial<RestoreOptions>, signal?: AbortSignal) {
    const { host, port, user, password, binDir } = this.server;
    const tool = path.join(binDir, 'psql');
    const profile = { id: 'bench', host, port, user };
    const inherited = { PATH: process.env['PATH'] };
    const more = { password, database, applicationName: 'pgbackup-bench', inherited };
    const to: LibpqConnection = buildConnection(profile, { ...more, connectTimeoutSeconds: 10 });
    const timeout = { timeoutMs: 60_000, signal };
    const server = await readServerInfo(tool, to, timeout);
    const info = await getBackupInfo(this.inputPath);
    const connection = { id: 'bench', label: 'Bench', environment: null, readOnly: false };
    const options = {
      ...restoreDefaults(),
      ...{ connectionId: 'bench', inputPath: this.inputPath, targetDatabase: database },
      ...change,
    };
    return lookAhead(options, info, {
      context: { connection, server, info, tool: null },
      host,
      readFacts: (_, wanted) => readTargetFacts(tool, to, { ...wanted, server }, timeout),
      signal,
    });
  }
}

/** Measures wall and processor time; only the processor's counts against the budget. */
async function measure(
  name: string,
  server: PgServer,
  { limit, look }: { limit: BudgetName; look: () => Promise<Preflight> },
): Promise<Figure[]> {
  const took: { wall: number[]; processor: number[] } = { wall: [], processor: [] };
  let found: Preflight | undefined;
  // The first round warms the caches.
  for (let round = -1; round < rounds; round++) {
    const before = processorSeconds(server);
    const began = performance.now();
    found = await look();
    const wall = (performance.now() - began) / 1000;
    // The server counts what its sessions used once they have ended.
    await delay(300);
    if (round < 0) continue;
    took.wall.push(wall);
    took.processor.push(processorSeconds(server) - before);
  }
  const codes = found?.findings.map(({ code, count }) => `${code} ${count}`).join(', ') ?? '';
  const [wall, processor] = [spreadOf(took.wall), spreadOf(took.processor)];
  printRow(name, wall.median.toFixed(2), processor.median.toFixed(2), `  ${codes}`);
  // Of the machine's time only what is used counts; psql and the server work one after the other.
  return [{ ...figure(limit, processor), name: `${name}, processor` }, shown('  wall', 's', wall)];
}

/** Cancels a look: it ends soon, and leaves no session. */
async function cancel(server: PgServer, looking: Looking): Promise<boolean> {
  const stop = new AbortController();
  const look = looking.look('full', { clean: true, ifExists: true }, stop.signal);
  const ended = look.then(
    () => 'in time',
    (error: unknown) => (AppError.is(error) ? error.code : String(error)),
  );
  await delay(CANCEL_AFTER_MS);
  const began = performance.now();
  stop.abort();
  const how = await ended;
  const took = performance.now() - began;
  printRow('  cancelled', `${Math.round(took)} ms`, how);
  const sessions = `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgbackup-bench';`;
  const since = performance.now();
  while ((await psql(server, 'postgres', sessions)).trim() !== '0') await delay(50);
  printRow('  its session gone after', `${Math.round(performance.now() - since)} ms`);
  return how === 'cancelled' && took < CANCELLED_WITHIN_MS;
}

async function main(): Promise<void> {
  const [install] = await ensurePostgres([major]);
  assert.ok(install, `no PostgreSQL ${major}`);
  const dir = await mkdtemp(path.join(tmpdir(), 'pgbr-preflight-'));
  let good = true;
  const figures: Figure[] = [];
  console.log(`PostgreSQL ${major}, median of ${rounds}`);
  printRow('look ahead of a restore', 'seconds', 'processor s', '  found');
  try {
    for (const [tables, limit] of SIZES) {
      if (only !== undefined && only !== String(tables)) continue;
      const server = await startServer(install, {
        auth: 'trust',
        settings: { max_locks_per_transaction: '1024' },
      });
      try {
        await createDatabase(server, 'full');
        const schemas = `SELECT 'CREATE SCHEMA schema_' || n FROM generate_series(0, 19) n \\gexec\n`;
        await psql(
          server,
          'full',
          `SET client_min_messages = error; ${schemas}${tablesSql(tables)}`,
        );
        await createDatabase(server, 'empty');
        const file = path.join(dir, `${tables}.dump`);
        const env = libpqEnv(server, 'full');
        await run(path.join(server.binDir, 'pg_dump'), ['-Fc', '-f', file], { env });
        const looking = new Looking(server, file);
        const clean = { clean: true, ifExists: true };
        const count = tables.toLocaleString('en');
        const cases: readonly [string, () => Promise<Preflight>][] = [
          [`${count} tables, into nothing`, () => looking.look('empty', {})],
          [`${count} tables, all there`, () => looking.look('full', {})],
          [`${count} tables, dropped first`, () => looking.look('full', clean)],
        ];
        for (const [name, look] of cases) {
          figures.push(...(await measure(name, server, { limit, look })));
        }
        good = (await cancel(server, looking)) && good;
      } finally {
        await server.stop();
      }
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  report('preflight', figures);
  if (!good) process.exitCode = 1;
}

void main();
