// The extension's backups and restores against the same tools from a shell: what does it cost to
// let the extension do it? In turns on one server (A B B A), of a small database and of a large one:
// what the small one costs more is paid once, the rest grows with the size. Variables: BENCH_MB,
// BENCH_ROUNDS, BENCH_ONLY (parts of names, with commas between them).
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { vouchedFor } from '../../src/core/jobs/restore/restorePermission';
import { BackupInfoCache } from '../../src/core/archive/inspect/backupInfoCache';
import type { SupervisedJobs } from '../../src/core/jobs/supervisor/window/supervisedJobs';
import type { BackupJob } from '../../src/core/model/job';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import type { BackupOptions, RestoreOptions } from '../../src/core/model/options';
import { restoreDefaults } from '../../src/core/forms/restore/restoreDefaults';
import { SupervisorHarness } from '../integration/harness/supervisorHarness';
import { startBenchServer } from '../support/measure/benchServer';
import { libpqEnv, psql } from '../support/machine/psql';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../support/machine/sampleDatabase';
import type { PgServer } from '../support/machine/server';
import { figure, printFigures, report, shown, type Figure } from '../support/measure/figures';
import { SteppedSupervisor } from '../support/measure/steppedSupervisor';
import {
  difference,
  inTurns,
  pairwise,
  ratio,
  spreadOf,
  untilIdle,
  type Taken,
} from '../support/measure/turns';
import { unpackedDumps } from '../support/packed/unpackedDumps';
import type { BudgetName } from './budgets';

const LARGE_MB = Number(process.env['BENCH_MB'] ?? 300);
const SMALL_MB = 3;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);

/** The shell; the extension by its commands alone; the extension with a form that is open. */
type Side = 'shell' | 'command' | 'form';

interface Contest {
  readonly budget: BudgetName;
  /** What makes all sides start from the same place; not measured. */
  readonly prepare: () => Promise<void>;
  /** A command line for `/bin/sh`. */
  readonly shell: string;
  readonly extension: () => Promise<BackupJob>;
}

/** One server, one window, and the files of its jobs. */
class Arena {
  private readonly stepped: SteppedSupervisor;
  /** What a form has read of a script it does not read again. */
  private readonly files = new BackupInfoCache(unpackedDumps());
  private stopWarming = (): void => undefined;

  private constructor(
    private readonly server: PgServer,
    private readonly harness: SupervisorHarness,
    private readonly jobs: SupervisedJobs,
    stepped: SteppedSupervisor,
  ) {
    this.stepped = stepped;
  }

  static async open(server: PgServer, harness: SupervisorHarness): Promise<Arena> {
    const stepped = new SteppedSupervisor(harness.dir);
    return new Arena(server, harness, await harness.open({ script: stepped.script }), stepped);
  }

  /** Makes the backups that are restored. */
  async fill(database: string): Promise<void> {
    for (const format of ['custom', 'directory', 'plain'] as const) {
      const job = await this.backup({ database, outputPath: this.at(database, format), format });
      if (job.status !== 'completed') throw new Error(JSON.stringify(job.errors));
    }
    await this.files.info(this.at(database, 'plain'));
  }

  contests(database: string): Contest[] {
    const [tools = this.server.binDir] = this.harness.setup.binDirs;
    const tool = (name: string): string => path.join(tools, name);
    const at = (name: string): string => this.at(database, name);
    const dump = (budget: BudgetName, args: string, options: Partial<BackupOptions>): Contest => ({
      budget,
      prepare: () => this.fresh(database),
      shell: `${tool('pg_dump')} ${args} -f ${at('shell')} ${database}`,
      extension: () => this.backup({ database, outputPath: at('extension'), ...options }),
    });
    const make = `${path.join(this.server.binDir, 'createdb')} --template=template0 restored &&`;
    const restored = (inputPath: string, given: Partial<RestoreOptions>) => () =>
      this.restore({ inputPath, ...given });
    const restoring = `${make} ${tool('pg_restore')} -d restored`;
    const quiet = `${tool('psql')} -X -q -v ON_ERROR_STOP=1 -d restored`;
    return [
      dump('backupGzip', '-Fc -Z6', {}),
      dump('backupZstd', '-Fc -Zzstd:3', { toolOptions: { compress: 'zstd:3' } }),
      dump('backupUncompressed', '-Fc -Z0', { compression: 0 }),
      dump('backupDirectory', '-Fd -j2', { format: 'directory', jobs: 2 }),
      dump('backupPlain', '-Fp', { format: 'plain' }),
      {
        budget: 'restoreCustom',
        prepare: () => this.noTarget(),
        shell: `${restoring} ${at('custom')}`,
        extension: restored(at('custom'), { createDatabase: true }),
      },
      {
        budget: 'restoreDirectory',
        prepare: () => this.noTarget(),
        shell: `${restoring} -j2 ${at('directory')}`,
        extension: restored(at('directory'), { createDatabase: true, jobs: 2 }),
      },
      {
        budget: 'restoreScript',
        prepare: () => this.target(),
        shell: `${quiet} -f ${at('plain')} > /dev/null`,
        extension: restored(at('plain'), {}),
      },
    ];
  }

  /** Runs all sides of a contest in turns. */
  run({ prepare, shell, extension }: Contest): Promise<Record<Side, Taken[]>> {
    const env = { ...process.env, ...libpqEnv(this.server, 'postgres') };
    const ours = async (): Promise<void> => {
      const job = await extension();
      if (job.status !== 'completed') throw new Error(JSON.stringify(job.errors));
      this.stopWarming();
    };
    return inTurns<Side>({
      sides: {
        shell: () => {
          const { status, stderr } = spawnSync('/bin/sh', ['-c', shell], { env });
          if (status !== 0) throw new Error(`${shell}\n${stderr.toString()}`);
        },
        command: ours,
        form: ours,
      },
      rounds,
      prepare: async (side) => {
        await prepare();
        if (side !== 'form') return;
        this.stopWarming = this.jobs.prewarm();
        await untilIdle();
      },
      settle: untilIdle,
      orphans: () => this.stepped.take().reduce((sum, job) => sum + job.guardSeconds, 0),
    });
  }

  private at(database: string, name: string): string {
    return this.harness.path(`${database}-${name}`);
  }

  private backup(options: Partial<BackupOptions> & { outputPath: string }): Promise<BackupJob> {
    const defaults = backupDefaults(options.format ?? 'custom');
    return this.jobs.startBackup({
      options: { ...defaults, connectionId: 'main', ...options },
      overwrite: false,
      manifest: { workspaceDir: null },
    }).finished;
  }

  private async restore(given: Partial<RestoreOptions> & { inputPath: string }) {
    const options: RestoreOptions = {
      ...restoreDefaults(),
      connectionId: 'main',
      targetDatabase: 'restored',
      ...given,
    };
    const known = await this.files.known(options.inputPath);
    return this.jobs.startRestore(vouchedFor({ options, known })).finished;
  }

  private async fresh(database: string): Promise<void> {
    for (const name of ['shell', 'extension', 'extension.backup.json']) {
      rmSync(this.at(database, name), { recursive: true, force: true });
    }
    await psql(this.server, 'postgres', 'CHECKPOINT;');
  }

  private async noTarget(): Promise<void> {
    await dropDatabase(this.server, 'restored');
    await psql(this.server, 'postgres', 'CHECKPOINT;');
  }

  private async target(): Promise<void> {
    await this.noTarget();
    await createDatabase(this.server, 'restored');
  }
}

/** What one contest shows; `small` and `large`: the same of both databases. */
function figuresOf(
  budget: BudgetName,
  small: Record<Side, Taken[]>,
  large: Record<Side, Taken[]>,
): Figure[] {
  const { shell, command, form } = large;
  const judged = figure(budget, pairwise(form, shell, 'wallSeconds', ratio));
  const once = pairwise(small.form, small.shell, 'wallSeconds', (a, b) => 1000 * difference(a, b));
  const [all, allSmall] = [large, small].map((sides) =>
    sides.form.map((each, i) => 1000 * (each.wallSeconds - (sides.shell[i]?.wallSeconds ?? NaN))),
  );
  const grows = (all ?? []).map(
    (ms, i) => ((ms - (allSmall?.[i] ?? NaN)) / (LARGE_MB - SMALL_MB)) * 100,
  );
  return [
    judged,
    shown('  without a form', 'ratio', pairwise(command, shell, 'wallSeconds', ratio)),
    shown('  processor time', 'ratio', pairwise(form, shell, 'processorSeconds', ratio)),
    shown('  paid once', 'ms', once),
    shown('  grows by, for each 100 MB', 'ms', spreadOf(grows)),
    shown('  from a shell', 's', spreadOf(shell.map(({ wallSeconds }) => wallSeconds))),
  ];
}

async function measure(server: PgServer, harness: SupervisorHarness): Promise<Figure[]> {
  const arena = await Arena.open(server, harness);
  for (const database of ['small', 'large']) await arena.fill(database);
  const wanted = (process.env['BENCH_ONLY'] ?? '').toLowerCase().split(',');
  const large = arena.contests('large');
  const figures: Figure[] = [];
  for (const [i, small] of arena.contests('small').entries()) {
    const same = large[i];
    const name = small.budget.toLowerCase();
    if (same === undefined || !wanted.some((part) => name.includes(part))) continue;
    const found = figuresOf(small.budget, await arena.run(small), await arena.run(same));
    // At once: a run that is cut off has shown what it measured.
    printFigures(found);
    figures.push(...found);
  }
  return figures;
}

async function main(): Promise<void> {
  const server = await startBenchServer();
  try {
    await createSampleDatabase(server, 'small', SMALL_MB);
    await createSampleDatabase(server, 'large', LARGE_MB);
    const harness = await SupervisorHarness.create(server, 'small');
    try {
      console.log(`Databases of ${SMALL_MB} and ${LARGE_MB} MB, ${rounds} rounds`);
      report('tools', await measure(server, harness));
    } finally {
      await harness.dispose();
    }
  } finally {
    await server.stop();
  }
}

void main();
