// What a job costs whatever its size: from the request through the command API to the result, less
// what the tool takes alone; and each step on the way. With and without an open form.
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

/** A job of this process, seen from outside and from within. */
interface SeenJob {
  readonly asked: number;
  readonly told: number;
}

class FixedCosts {
  private readonly seen: Record<'noForm' | 'form', SeenJob[]> = { noForm: [], form: [] };
  private readonly steps: Record<'noForm' | 'form', SteppedJob[]> = { noForm: [], form: [] };
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
  ): Promise<{ fixed: Record<'noForm' | 'form', Spread>; processor: Spread; steps: Figure[] }> {
    const env = { ...process.env, ...libpqEnv(this.server, 'sample') };
    const run = async (side: 'noForm' | 'form'): Promise<void> => {
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
    const fixed = (side: 'noForm' | 'form', of: 'wallSeconds' | 'processorSeconds'): Spread =>
      pairwise(pairs[side].ours, pairs[side].shell, of, (a, b) => 1000 * difference(a, b));
    return {
      fixed: { noForm: fixed('noForm', 'wallSeconds'), form: fixed('form', 'wallSeconds') },
      processor: fixed('noForm', 'processorSeconds'),
      steps: [...this.stepFigures('noForm'), ...this.stepFigures('form')],
    };
  }

  /** The seen and the steps of a job have the same index: the round to warm up counts as well. */
  private async pairs(
    shell: () => void,
    ours: () => Promise<void>,
    prepare: () => Promise<void>,
    side: 'noForm' | 'form',
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

  /** From each step to the next, in ms, as the job's own process saw it. */
  private stepFigures(side: 'noForm' | 'form'): Figure[] {
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
    figure('fixedBackup', dumped.fixed.noForm),
    figure('fixedBackupForm', dumped.fixed.form),
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
    figure('fixedRestore', restored.fixed.noForm),
    figure('fixedRestoreForm', restored.fixed.form),
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
