// The extension's backups and restores against the same tools from a shell: what does it cost to
// let the extension do it? Both in turns on one server, medians of the wall times, budget 1.05.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { vouchedFor } from '../../src/core/jobs/restore/restorePermission';
import { BackupInfoCache } from '../../src/core/archive/inspect/backupInfoCache';
import { unpackedDumps } from '../support/packed/unpackedDumps';
import type { BackupJob } from '../../src/core/model/job';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import type { BackupOptions, RestoreOptions } from '../../src/core/model/options';
import { restoreDefaults } from '../../src/core/forms/restore/restoreDefaults';
import { SupervisorHarness } from '../integration/harness/supervisorHarness';
import { ensurePostgres } from '../support/install/postgres';
import { libpqEnv, psql } from '../support/machine/psql';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../support/machine/server';
import { median, printRow, seconds } from '../support/measure/measure';

const megabytes = Number(process.env['BENCH_MB'] ?? 300);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const BUDGET = 1.05;

interface Contest {
  name: string;
  /** What makes both sides start from the same place; not measured. */
  prepare: () => Promise<void>;
  /** A command line for `/bin/sh`. */
  shell: string;
  extension: () => Promise<BackupJob>;
  /** Where the extension does more than the tool from a shell. */
  budget?: number;
}

async function contests(server: PgServer, harness: SupervisorHarness): Promise<Contest[]> {
  const tool = (name: string): string => path.join(server.binDir, name);
  const at = (name: string): string => harness.path(name);
  // As a window does it: each job in a process of its own, with a manifest beside a backup.
  const jobs = await harness.open();
  // Each of them from an open form.
  jobs.prewarm();
  const fresh = async (): Promise<void> => {
    for (const name of ['shell', 'extension', 'extension.backup.json']) {
      rmSync(at(name), { recursive: true, force: true });
    }
    await psql(server, 'postgres', 'CHECKPOINT;');
  };
  const noTarget = async (): Promise<void> => {
    await dropDatabase(server, 'restored');
    await psql(server, 'postgres', 'CHECKPOINT;');
  };
  const target = async (): Promise<void> => {
    await noTarget();
    await createDatabase(server, 'restored');
  };
  const backup = (options: Partial<BackupOptions>): Promise<BackupJob> =>
    jobs.startBackup({
      options: {
        ...backupDefaults(options.format ?? 'custom'),
        connectionId: 'main',
        outputPath: at('extension'),
        ...options,
      },
      overwrite: false,
      manifest: { workspaceDir: null },
    }).finished;
  // What a form has read of a script it does not read again.
  const files = new BackupInfoCache(unpackedDumps());
  const restore = async (given: Partial<RestoreOptions>): Promise<BackupJob> => {
    const options: RestoreOptions = {
      ...restoreDefaults(),
      connectionId: 'main',
      inputPath: at('custom'),
      targetDatabase: 'restored',
      ...given,
    };
    const known = await files.known(options.inputPath);
    return jobs.startRestore(vouchedFor({ options, known })).finished;
  };
  for (const format of ['custom', 'directory', 'plain'] as const) {
    const job = await backup({ outputPath: at(format), format });
    if (job.status !== 'completed') throw new Error(job.output.join('\n'));
  }
  await files.info(at('plain'));
  const make = `${tool('createdb')} --template=template0 restored &&`;
  return [
    {
      name: 'backup, custom, gzip 6',
      prepare: fresh,
      shell: `${tool('pg_dump')} -Fc -Z6 -f ${at('shell')} sample`,
      extension: () => backup({}),
    },
    {
      name: 'backup, custom, uncompressed',
      prepare: fresh,
      shell: `${tool('pg_dump')} -Fc -Z0 -f ${at('shell')} sample`,
      extension: () => backup({ compression: 0 }),
    },
    {
      name: 'backup, directory, 2 jobs',
      prepare: fresh,
      shell: `${tool('pg_dump')} -Fd -j2 -f ${at('shell')} sample`,
      extension: () => backup({ format: 'directory', jobs: 2 }),
    },
    {
      name: 'one file by 2 jobs, gzip 6',
      prepare: fresh,
      shell: `${tool('pg_dump')} -Fc -Z6 -f ${at('shell')} sample`,
      extension: () => backup({ jobs: 2 }),
      budget: 0.6,
    },
    {
      name: 'one file by 2 jobs, zstd 3',
      prepare: fresh,
      shell: `${tool('pg_dump')} -Fc -Zzstd:3 -f ${at('shell')} sample`,
      extension: () => backup({ jobs: 2, toolOptions: { compress: 'zstd:3' } }),
      budget: 0.6,
    },
    {
      name: 'restore, custom',
      prepare: noTarget,
      shell: `${make} ${tool('pg_restore')} -d restored ${at('custom')}`,
      extension: () => restore({ createDatabase: true }),
    },
    {
      name: 'restore, directory, 2 jobs',
      prepare: noTarget,
      shell: `${make} ${tool('pg_restore')} -j2 -d restored ${at('directory')}`,
      extension: () => restore({ createDatabase: true, inputPath: at('directory'), jobs: 2 }),
    },
    {
      name: 'restore, plain script',
      prepare: target,
      shell: `${tool('psql')} -X -q -v ON_ERROR_STOP=1 -d restored -f ${at('plain')} > /dev/null`,
      extension: () => restore({ inputPath: at('plain') }),
    },
  ];
}

async function measure(server: PgServer, harness: SupervisorHarness): Promise<boolean> {
  const env = { ...process.env, ...libpqEnv(server, 'sample') };
  printRow('', 'shell s', 'extension s', 'ratio', 'budget');
  let fine = true;
  const only = process.env['BENCH_ONLY'] ?? '';
  for (const contest of await contests(server, harness)) {
    if (!contest.name.includes(only)) continue;
    const times: { shell: number[]; extension: number[] } = { shell: [], extension: [] };
    const byShell = (): void => {
      const { status, stderr } = spawnSync('/bin/sh', ['-c', contest.shell], { env });
      if (status !== 0) throw new Error(`${contest.shell}\n${stderr.toString()}`);
    };
    const byExtension = async (): Promise<void> => {
      const job = await contest.extension();
      if (job.status !== 'completed') throw new Error(JSON.stringify(job.errors));
    };
    // One round to warm the caches, and whoever begins has no advantage.
    for (let round = -1; round < rounds; round++) {
      const order =
        round % 2 === 0 ? (['shell', 'extension'] as const) : (['extension', 'shell'] as const);
      for (const side of order) {
        await contest.prepare();
        const took = await seconds(side === 'shell' ? byShell : byExtension);
        if (round >= 0) times[side].push(took);
      }
    }
    // Of pairs that ran one after the other: the machine may be busier at one time than at another.
    const ratio = median(times.extension.map((t, i) => t / (times.shell[i] ?? NaN)));
    const budget = contest.budget ?? BUDGET;
    if (ratio > budget) fine = false;
    printRow(
      contest.name,
      median(times.shell).toFixed(2),
      median(times.extension).toFixed(2),
      ratio.toFixed(3),
      `${budget} ${ratio > budget ? 'over' : 'kept'}`,
    );
  }
  return fine;
}

async function main(): Promise<void> {
  const [install] = await ensurePostgres([17]);
  if (!install) throw new Error('no PostgreSQL 17');
  const server = await startServer(install, { auth: 'trust' });
  try {
    await createSampleDatabase(server, 'sample', megabytes);
    const harness = await SupervisorHarness.create(server, 'sample');
    try {
      console.log(`Database of ${megabytes} MB, median of ${rounds} rounds each`);
      if (!(await measure(server, harness))) process.exitCode = 1;
    } finally {
      await harness.dispose();
    }
  } finally {
    await server.stop();
  }
}

void main();
