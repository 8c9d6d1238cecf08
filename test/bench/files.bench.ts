// Files as people have them against the tools from a shell: a part of a large script against psql that
// reads this part alone from a prepared file, and a packed archive against gunzip piped into pg_restore.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { BackupInfoCache } from '../../src/core/archive/inspect/backupInfoCache';
import { restoreDefaults } from '../../src/core/forms/restore/restoreDefaults';
import { vouchedFor } from '../../src/core/jobs/restore/restorePermission';
import type { RestoreOptions } from '../../src/core/model/options';
import { JobHarness } from '../integration/harness/jobHarness';
import { ensurePostgres } from '../support/install/postgres';
import { libpqEnv, psql } from '../support/machine/psql';
import { createDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../support/machine/server';
import { compare, printRow } from '../support/measure/measure';
import { unpackedDumps } from '../support/packed/unpackedDumps';
import { BUDGETS } from './budgets';

/** Of the script; the part that is chosen has half of it. */
const scriptMegabytes = Number(process.env['BENCH_MB'] ?? 1000);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SCRIPT_BUDGET = BUDGETS.partOfScript.budget;
const PACKED_BUDGET = BUDGETS.packedArchive.budget;
const MEMORY_BUDGET_MB = BUDGETS.partOfScriptMemory.budget;

/** A row has some 560 bytes of digits, which a compression halves. */
const ROW_BYTES = 560;

interface Contest {
  name: string;
  shell: string;
  options: Partial<RestoreOptions> & Pick<RestoreOptions, 'inputPath'>;
  budget: number;
}

async function makeFiles(server: PgServer, at: (name: string) => string): Promise<void> {
  await createDatabase(server, 'source');
  const rows = Math.round((scriptMegabytes * 1e6) / 2 / ROW_BYTES);
  const texts = Array.from({ length: 17 }, (_, i) => `md5((n * 17 + ${i})::text)`).join(' || ');
  await psql(
    server,
    'source',
    `CREATE SCHEMA app;
     CREATE TABLE app.kept AS SELECT n, ${texts} AS t FROM generate_series(1, :rows) n;
     CREATE TABLE app.left AS SELECT * FROM app.kept;
     CREATE TABLE app.few AS SELECT * FROM app.kept LIMIT :rows / 5;`,
    { rows },
  );
  const dump = path.join(server.binDir, 'pg_dump');
  sh(
    server,
    `${dump} source > ${at('whole.sql')} && ${dump} -t app.few source > ${at('small.sql')} &&
     { echo 'CREATE SCHEMA app;'; ${dump} -t app.kept source; } > ${at('part.sql')} &&
     ${dump} -Fc -Z0 -T app.left source | gzip > ${at('kept.dump.gz')}`,
  );
}

function sh(server: PgServer, script: string): void {
  const env = { ...process.env, ...libpqEnv(server, 'restored') };
  const { status, stderr } = spawnSync('/bin/bash', ['-eo', 'pipefail', '-c', script], { env });
  if (status !== 0) throw new Error(`${script}\n${stderr.toString()}`);
}

/** Megabytes by which this process grows while it works, at most. */
async function growth(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
  await work();
  clearInterval(look);
  return (most - before) / 1e6;
}

async function measure(server: PgServer, jobs: JobHarness): Promise<boolean> {
  const at = (name: string): string => jobs.path(name);
  await makeFiles(server, at);
  const tool = (name: string): string => path.join(server.binDir, name);
  // What a form has read or unpacked is not done again.
  const dumps = unpackedDumps();
  const files = new BackupInfoCache(dumps);
  const fresh = async (): Promise<void> => {
    await dropDatabase(server, 'restored');
    await createDatabase(server, 'restored');
    await psql(server, 'postgres', 'CHECKPOINT;');
  };
  const restore = async (given: Contest['options']): Promise<void> => {
    const options = { ...restoreDefaults(), connectionId: 'main', targetDatabase: 'restored' };
    const known = await files.known(given.inputPath);
    const request = vouchedFor({ options: { ...options, ...given }, known });
    const job = await jobs.manager.startRestore(request).finished;
    if (job.status !== 'completed') throw new Error(job.output.join('\n'));
  };
  const tables = [{ schema: 'app', name: 'kept' }];
  const contests: Contest[] = [
    {
      name: `half of a script of ${scriptMegabytes} MB`,
      shell: `${tool('psql')} -X -q -v ON_ERROR_STOP=1 -f ${at('part.sql')} > /dev/null`,
      options: { inputPath: at('whole.sql'), tables },
      budget: SCRIPT_BUDGET,
    },
    {
      name: 'a custom archive in gzip',
      shell: `gunzip -c ${at('kept.dump.gz')} | ${tool('pg_restore')} -d restored`,
      options: { inputPath: at('kept.dump.gz') },
      budget: PACKED_BUDGET,
    },
  ];
  printRow('', 'shell s', 'extension s', 'ratio', 'budget');
  let fine = true;
  const verdict = (over: boolean, budget: number): string => {
    if (over) fine = false;
    return `${budget} ${over ? 'over' : 'kept'}`;
  };
  for (const { name, shell, options, budget } of contests) {
    await files.info(options.inputPath);
    const { ours, theirs, ratio } = await compare(
      rounds,
      () => restore(options),
      () => sh(server, shell),
      fresh,
    );
    const cells = [theirs.toFixed(2), ours.toFixed(2), ratio.toFixed(3)];
    printRow(name, ...cells, verdict(ratio > budget, budget));
  }
  const few = { inputPath: at('small.sql') };
  await fresh();
  await psql(server, 'restored', 'CREATE SCHEMA app;');
  await restore(few);
  await fresh();
  const grown = await growth(() => restore({ inputPath: at('whole.sql'), tables }));
  printRow(
    'memory, MB more than before',
    '',
    grown.toFixed(0),
    '',
    verdict(grown > MEMORY_BUDGET_MB, MEMORY_BUDGET_MB),
  );
  dumps.dispose();
  return fine;
}

async function main(): Promise<void> {
  const [install] = await ensurePostgres([17]);
  if (!install) throw new Error('no PostgreSQL 17');
  const server = await startServer(install, { auth: 'trust', settings: { max_wal_size: '8GB' } });
  const jobs = await JobHarness.create([server.binDir]);
  try {
    jobs.connect('main', server, 'postgres');
    if (!(await measure(server, jobs))) process.exitCode = 1;
  } finally {
    await jobs.dispose();
    await server.stop();
  }
}

void main();
