// What a job costs whatever its size: from the request through the command API to the result, less
// the time in which its tool ran, and less what the same tool takes from a shell, alone on the machine;
// and each step on the way. With and without an open form.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { BackupJob } from '../../src/core/model/job';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../src/core/forms/restore/restoreDefaults';
import { JOB_STEPS } from '../../src/core/jobs/job/steps';
import { vouchedFor } from '../../src/core/jobs/restore/restorePermission';
import type { SupervisedJobs } from '../../src/core/jobs/supervisor/window/supervisedJobs';
import { SupervisorHarness } from '../integration/harness/supervisorHarness';
import { startBenchServer } from '../support/measure/benchServer';
import { libpqEnv } from '../support/machine/psql';
import { createSampleDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import type { PgServer } from '../support/machine/server';
import { figure, report, shown, type Figure } from '../support/measure/figures';
import { SteppedSupervisor, type SteppedJob } from '../support/measure/steppedSupervisor';
import {
  difference,
  inTurns,
  pairwise,
  spreadOf,
  untilIdle,
  type Spread,
} from '../support/measure/turns';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 15);

type Side = 'noForm' | 'form';

/** What was measured of one kind of job, in ms. */
interface Measured {
  /** From request to result, less the time in which its own tool ran. */
  readonly own: Record<Side, Spread>;
  /** Less what the tool takes from a shell: its tool is slowed down by what runs beside it. */
  readonly beyondShell: Record<Side, Spread>;
  readonly processor: Spread;
  readonly steps: Figure[];
}

/** A job of this process, seen from outside and from within. */
interface SeenJob {
  readonly asked: number;
  readonly told: number;
}

class FixedCosts {
  private readonly seen: Record<Side, SeenJob[]> = { noForm: [], form: [] };
  private readonly steps: Record<Side, SteppedJob[]> = { noForm: [], form: [] };
  private stopWarming = (): void => undefined;

  constructor(
    private readonly jobs: SupervisedJobs,
    private readonly stepped: SteppedSupervisor,
    private readonly server: PgServer,
  ) {}

  /** Measures one kind of job; returns its figures, in ms. */
  async measure(
    shell: string,
    ours: () => Promise<BackupJob>,
    prepare: () => Promise<void>,
  ): Promise<Measured> {
    const env = { ...process.env, ...libpqEnv(this.server, 'sample') };
    const run = async (side: Side): Promise<void> => {
      const asked = Date.now();
      const job = await ours();
      this.seen[side].push({ asked, told: Date.now() });
      if (job.status !== 'completed') throw new Error(JSON.stringify(job));
    };
    const shellSide = (): void => {
      const { status, stderr } = spawnSync('/bin/sh', ['-c', shell], { env });
      if (status !== 0) throw new Error(stderr.toString());
    };
    this.seen.noForm = [];
    this.seen.form = [];
    this.steps.noForm = [];
    this.steps.form = [];
    const pairs = {
      noForm: await this.pairs(shellSide, () => run('noForm'), prepare, 'noForm'),
      form: await this.pairs(shellSide, () => run('form'), prepare, 'form'),
    };
    const beyond = (side: Side, of: 'wallSeconds' | 'processorSeconds'): Spread =>
      pairwise(pairs[side].ours, pairs[side].shell, of, (a, b) => 1000 * difference(a, b));
    return {
      own: { noForm: this.withoutTool('noForm'), form: this.withoutTool('form') },
      beyondShell: { noForm: beyond('noForm', 'wallSeconds'), form: beyond('form', 'wallSeconds') },
      processor: beyond('noForm', 'processorSeconds'),
      steps: [...this.stepFigures('noForm'), ...this.stepFigures('form')],
    };
  }

  /** The seen and the steps of a job have the same index: the round to warm up counts as well. */
  private async pairs(
    shell: () => void,
    ours: () => Promise<void>,
    prepare: () => Promise<void>,
    side: Side,
  ) {
    this.stepped.take();
    if (side === 'form') this.stopWarming = this.jobs.prewarm();
    try {
      return await inTurns({
        sides: { shell, ours },
        rounds,
        prepare,
        settle: untilIdle,
        orphans: () => {
          const left = this.stepped.take();
          this.steps[side].push(...left);
          return left.reduce((sum, { guardSeconds }) => sum + guardSeconds, 0);
        },
      });
    } finally {
      this.stopWarming();
    }
  }

  private withoutTool(side: Side): Spread {
    const values = this.steps[side].flatMap(({ steps: { toolStarts, toolEnded } }, i) => {
      const seen = this.seen[side][i];
      if (!seen || toolStarts === undefined || toolEnded === undefined) return [];
      return [seen.told - seen.asked - (toolEnded - toolStarts)];
    });
    return spreadOf(values);
  }

  /** From each step to the next, in ms, as the job's own process saw it. */
  private stepFigures(side: Side): Figure[] {
    const gaps = new Map<string, number[]>();
    const note = (name: string, ms: number): void => {
      gaps.set(name, [...(gaps.get(name) ?? []), ms]);
    };
    for (const [i, job] of this.steps[side].entries()) {
      const seen = this.seen[side][i];
      if (!seen) continue;
      let from = seen.asked;
      if (side === 'noForm') {
        note('asked to process', job.began - from);
        from = job.began;
      }
      for (const step of JOB_STEPS) {
        const at = job.steps[step];
        if (at === undefined || (side === 'form' && at < seen.asked)) continue;
        note(`to ${step}`, at - from);
        from = at;
      }
      note('last step to told', seen.told - from);
    }
    const form = side === 'form' ? 'form' : 'no form';
    return [...gaps].map(([name, values]) => shown(`  ${form}: ${name}`, 'ms', spreadOf(values)));
  }
}

async function measureAll(server: PgServer, harness: SupervisorHarness): Promise<Figure[]> {
  const stepped = new SteppedSupervisor(harness.dir);
  const jobs = await harness.open({ script: stepped.script });
  const costs = new FixedCosts(jobs, stepped, server);
  // The scripts by which a harness starts its tools take some milliseconds themselves.
  const [toolDir = server.binDir] = harness.setup.binDirs;
  const tool = (name: string): string => path.join(toolDir, name);
  const at = (name: string): string => harness.path(name);
  const backup = (outputPath: string): Promise<BackupJob> =>
    jobs.startBackup({
      options: { ...backupDefaults('custom'), connectionId: 'main', outputPath },
      overwrite: false,
      manifest: { workspaceDir: null },
    }).finished;
  const restore = (): Promise<BackupJob> =>
    jobs.startRestore(
      vouchedFor({
        options: {
          ...restoreDefaults(),
          connectionId: 'main',
          inputPath: at('whole'),
          targetDatabase: 'restored',
          createDatabase: true,
        },
      }),
    ).finished;
  const figures: Figure[] = [];
  const dumped = await costs.measure(
    `${tool('pg_dump')} -Fc -f ${at('shell')} sample`,
    () => backup(at('ours')),
    async () => {
      for (const name of ['shell', 'ours', 'ours.backup.json']) rmSync(at(name), { force: true });
    },
  );
  figures.push(
    figure('fixedBackup', dumped.own.noForm),
    figure('fixedBackupForm', dumped.own.form),
    shown('more than pg_dump from a shell, no form', 'ms', dumped.beyondShell.noForm),
    shown('more than pg_dump from a shell, open form', 'ms', dumped.beyondShell.form),
    shown('its processor time', 'ms', dumped.processor),
    ...dumped.steps,
  );
  await backup(at('whole'));
  // Its process leaves its steps when it ends, which is after its result.
  await untilIdle();
  const restored = await costs.measure(
    `${path.join(server.binDir, 'createdb')} --template=template0 restored && ${tool('pg_restore')} -d restored ${at('whole')}`,
    restore,
    () => dropDatabase(server, 'restored'),
  );
  figures.push(
    // What makes the database belongs to both sides.
    figure('fixedRestore', restored.beyondShell.noForm),
    figure('fixedRestoreForm', restored.beyondShell.form),
    shown('its processor time', 'ms', restored.processor),
    ...restored.steps,
  );
  return figures;
}

async function main(): Promise<void> {
  const server = await startBenchServer();
  try {
    await createSampleDatabase(server, 'sample', 'tiny');
    const harness = await SupervisorHarness.create(server, 'sample');
    try {
      report('fixed', await measureAll(server, harness));
    } finally {
      await harness.dispose();
    }
  } finally {
    await server.stop();
  }
}

void main();
