/**
 * Processes of jobs are killed at random moments. `PGBR_SOAK_TIMES=50` makes fifty times as many
 * rounds, `SEED` repeats those of an earlier run.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { isFinished, type BackupJob } from '../../../src/core/model/job';
import { JobFolder } from '../../../src/core/jobs/supervisor/store/jobFolder';
import type { SupervisedJobs } from '../../../src/core/jobs/supervisor/window/supervisedJobs';
import { reservationsDir } from '../../../src/core/jobs/supervisor/store/storeDir';
import { newestServer } from '../../support/servers';
import { endProcess, runs } from '../../support/hold/processState';
import type { ServerCoordinates } from '../../support/machine/server';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { seededRandom } from '../../support/seededRandom';
import { soak } from '../../support/tiers/soak';
import { until } from '../../support/until';
import { jobBackends, processesWith, seedOfRun } from '../harness/jobHarness';
import { SupervisorHarness, type JobWindow } from '../harness/supervisorHarness';

const database = 'killed_jobs';
const target = 'killed_jobs_target';

describe('jobs of which anything is killed at any moment', function () {
  let server: ServerCoordinates;
  let harness: SupervisorHarness;
  let bystander: ChildProcess;
  const rounds = soak.rounds(2);
  this.timeout(rounds * 120_000);

  before(async () => {
    server = newestServer();
    await createSampleDatabase(server, database, 6);
    bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  });
  after(async () => {
    bystander.kill('SIGKILL');
    await dropDatabase(server, database);
  });
  beforeEach(async () => (harness = await SupervisorHarness.create(server, database)));
  afterEach(async () => {
    await harness.dispose();
    await dropDatabase(server, target);
  });

  /** Starts one job of each kind; some have to wait for their turn. */
  function start(window: JobWindow, round: number): string[] {
    const restored = { inputPath: harness.path('whole.dump'), targetDatabase: target };
    return [
      // Every other one is joined from members.
      window.startBackup(
        { outputPath: harness.path('older.dump'), compression: 6, jobs: 1 + (round % 2) },
        true,
      ),
      window.startBackup({
        outputPath: harness.path(`${round}.dir`),
        format: 'directory',
        jobs: 2,
      }),
      window.startRestore({ ...restored, createDatabase: true }),
      window.startVerify({ inputPath: harness.path('whole.dump'), level: 'fullRead' }),
    ];
  }

  /** Everything that may be killed now: windows, supervisors, guards and tools. */
  function victims(window: JobWindow): number[] {
    const others = processesWith(harness.dir).map((line) => Number(line.split(' ')[0]));
    return [window.process.pid ?? 0, ...others].filter((pid) => pid > 1 && runs(pid));
  }

  function stored(): string[] {
    const { storeDir } = harness.setup;
    return readdirSync(storeDir).filter(
      (name) => JobFolder.isName(name) && existsSync(path.join(storeDir, name, 'status.json')),
    );
  }

  async function allEnd(jobs: SupervisedJobs, at: string): Promise<BackupJob[]> {
    const running = (): BackupJob[] => jobs.list().filter(({ status }) => !isFinished(status));
    await until(() => running().length === 0, `${at}: all end`);
    return jobs.list();
  }

  it('end, are listed, leave nothing behind and harm nobody', async () => {
    const random = seededRandom(seedOfRun());
    const whole = harness.path('whole.dump');
    const older = harness.path('older.dump');
    const setup = { limits: { concurrency: 2 }, script: harness.ownBundles() };
    const first = await harness.open(setup);
    const options = { ...backupDefaults('custom'), connectionId: 'main', outputPath: whole };
    const made = await first.startBackup({ options, overwrite: false, manifest: null }).finished;
    assert.equal(made.status, 'completed', JSON.stringify(made.failure));
    const took = made.progress?.elapsedMs ?? 1000;
    await first.dispose();
    for (let round = 0; round < rounds; round++) {
      copyFileSync(whole, older);
      const window = await harness.window(setup);
      const ids = start(window, round);
      const killed: string[] = [];
      const kills = 1 + Math.floor(random() * 4);
      for (let i = 0; i < kills; i++) {
        await delay(random() * took);
        const all = victims(window);
        const pid = all[Math.floor(random() * all.length)];
        if (pid === undefined) continue;
        killed.push(pid === window.process.pid ? 'window' : commandOf(pid));
        await endProcess(pid);
      }
      const at = `round ${round}, killed: ${killed.join('; ')}`;
      if (runs(window.process.pid ?? 0)) await window.close();
      const known = new Set(stored());
      const later = await harness.open(setup);
      const ended = await allEnd(later, at);
      for (const id of ids.filter((each) => known.has(each))) {
        assert.ok(
          ended.some((job) => job.id === id),
          `${at}: ${id} is listed`,
        );
      }
      await later.dispose();
      assert.ok(await until(() => processesWith(harness.dir).length === 0, `${at}: no process`));
      assert.ok(await until(async () => (await jobBackends(server)).length === 0, at));
      await nothingIsLeft(at);
      assert.equal(bystander.exitCode ?? bystander.signalCode, null, at);
      await dropDatabase(server, target);
    }
  });

  /**
   * Holds that nothing is left, once the next window has tidied up, and that all backups are whole.
   */
  async function nothingIsLeft(at: string): Promise<void> {
    const last = await harness.open();
    for (const name of readdirSync(harness.dir).filter((each) => /\.(dump|dir)$/.test(each))) {
      const inputPath = harness.path(name);
      const options = { inputPath, level: 'structure' as const };
      const { status, failure } = await last.startVerify({ options, manifest: false }).finished;
      assert.equal(status, 'completed', `${at}: ${name} ${JSON.stringify(failure)}`);
    }
    await last.dispose();
    await (await harness.open()).dispose();
    assert.ok(await until(() => processesWith(harness.dir).length === 0, `${at}: no process`));
    assert.deepEqual(harness.leftovers(), [], at);
    const held = reservationsDir(harness.setup.storeDir);
    assert.ok(await until(() => !existsSync(held) || readdirSync(held).length === 0, at));
  }
});

/** The program of a process and its first argument, without their folders. */
function commandOf(pid: number): string {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    return words
      .slice(0, 2)
      .map((word) => path.basename(word))
      .join(' ');
  } catch {
    return 'one that had ended';
  }
}
