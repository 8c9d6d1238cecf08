import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BackupOptions } from '../../../src/core/model/options';
import { isFinished, type BackupJob, type JobStatus } from '../../../src/core/model/job';
import { endProcess, killProcess, runs } from '../../support/hold/processState';
import { psql } from '../../support/machine/psql';
import type { PgServer } from '../../support/machine/server';
import { comesTrue, until } from '../../support/until';
import { childrenOf, type JobWindow, type SupervisorHarness } from '../harness/supervisorHarness';

/** What a fault strikes: a running backup that replaces an older one. */
interface Scene {
  server: PgServer;
  harness: SupervisorHarness;
  window: JobWindow;
  id: string;
  tool: number;
  outputDir: string;
}

/** Something that goes wrong under a running backup. */
export interface Fault {
  name: string;
  /** How the job may end. One that was done before the fault reached it is `completed`. */
  ends: readonly JobStatus[];
  /** Does the backup succeed in spite of the fault? */
  bears: boolean;
  /** Does the fault itself take the files away? */
  takesFiles?: true;
  strike(scene: Scene): Promise<void>;
}

const options: Partial<BackupOptions> = { format: 'directory', compression: 9, jobs: 2 };

/** The processes of the server that copy rows for a job. */
async function copyingBackends(server: PgServer): Promise<number[]> {
  const rows = await psql(
    server,
    'postgres',
    `SELECT pid FROM pg_stat_activity
     WHERE application_name ~ '^pgbackup-[0-9a-f]+$' AND query LIKE 'COPY %';`,
  );
  return rows.split('\n').filter(Boolean).map(Number);
}

async function supervisorOf({ harness, id }: Scene): Promise<number> {
  return (await harness.stored(id)).owner.pid;
}

export const faults: readonly Fault[] = [
  {
    name: "the server's process of a worker is killed",
    ends: ['failed'],
    bears: false,
    strike: async ({ server, tool }) => {
      let pid: number | undefined;
      await until(async () => {
        [pid] = await copyingBackends(server);
        return pid !== undefined || !runs(tool);
      });
      // The tool had ended before.
      if (pid === undefined) return;
      // When one process of a server is killed, the server ends all others and restarts.
      const begun = (): Promise<string> =>
        psql(
          server,
          'postgres',
          `SELECT backend_start FROM pg_stat_activity WHERE backend_type = 'checkpointer';`,
        ).catch(() => '');
      const before = await begun();
      await endProcess(pid);
      await until(async () => !['', before].includes(await begun()), 'the server begins again');
    },
  },
  {
    name: 'the server is killed',
    ends: ['failed'],
    bears: false,
    strike: async ({ server }) => {
      await server.crash();
      await server.restart();
    },
  },
  {
    name: 'pg_dump is killed',
    ends: ['failed'],
    bears: false,
    strike: ({ tool }) => endProcess(tool),
  },
  {
    name: 'one of its workers is killed',
    ends: ['failed'],
    bears: false,
    strike: async ({ tool }) => {
      await until(() => childrenOf(tool).length > 0 || !runs(tool));
      await endProcess(childrenOf(tool)[0]?.pid ?? tool);
    },
  },
  {
    name: "the job's own process is killed",
    ends: ['lost'],
    bears: false,
    strike: async (scene) => endProcess(await supervisorOf(scene)),
  },
  {
    name: 'its guard is killed',
    ends: ['completed'],
    bears: true,
    strike: async (scene) => {
      for (const pid of scene.harness.guardsOf(await supervisorOf(scene))) killProcess(pid);
    },
  },
  {
    name: 'the window is killed',
    ends: ['completed'],
    bears: true,
    strike: async ({ window }) => window.kill(),
  },
  {
    name: 'everything is killed but pg_dump',
    ends: ['lost'],
    bears: false,
    strike: async (scene) => {
      const supervisor = await supervisorOf(scene);
      const guards = scene.harness.guardsOf(supervisor);
      scene.window.kill();
      for (const pid of [...guards, supervisor]) killProcess(pid);
    },
  },
  {
    name: 'the output directory is removed',
    ends: ['failed'],
    bears: false,
    takesFiles: true,
    strike: async ({ outputDir }) => {
      // pg_dump goes on making files: what is being removed may not be empty at first.
      await rm(outputDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    },
  },
];

/**
 * The outcome of a fault. `filesLost`: how many of the files that existed before are gone or
 * changed.
 */
export interface FaultOutcome {
  status: JobStatus;
  filesLost: number;
  /** Violated expectations; empty when all is well. */
  faults: string[];
}

/** Strikes once, `share` (0 to 1) of the way through a backup that takes `took` milliseconds. */
export async function suffer(
  fault: Fault,
  { server, harness, took }: { server: PgServer; harness: SupervisorHarness; took: number },
  share: number,
): Promise<FaultOutcome> {
  const wrong: string[] = [];
  const outputDir = harness.path(`fault-${randomUUID()}`);
  const outputPath = path.join(outputDir, 'older');
  const bystander = path.join(outputDir, 'another.sql');
  await mkdir(outputDir);
  await writeFile(outputPath, 'older');
  await writeFile(bystander, 'another');
  const window = await harness.window();
  const id = window.startBackup({ ...options, outputPath }, true);
  const tool = await harness.toolOf(id);
  await delay(share * took);
  await fault.strike({ server, harness, window, id, tool, outputDir });
  const job = await endOf(harness, window, id);
  window.kill();
  const { status } = job;
  const allowed: readonly JobStatus[] = [...fault.ends, 'completed'];
  if (!allowed.includes(status)) wrong.push(`ended as ${status} ${JSON.stringify(job.failure)}`);
  if (fault.bears && status !== 'completed') wrong.push('was to bear it');
  if (status === 'failed' && job.errors.length === 0) wrong.push('no word of why');
  if (await comesTrue(() => !runs(tool), 20_000)) {
    await harness.nothingIsLeft(id, server).catch((error: unknown) => wrong.push(String(error)));
  } else wrong.push('the tool goes on');
  let filesLost = 0;
  if (fault.takesFiles !== true) {
    const names = await readdir(outputDir).catch(() => []);
    if (
      names.some((name) => name !== 'older' && !/^(another\.sql|older\.backup\.json)$/.test(name))
    )
      wrong.push(`left ${names.join(', ')}`);
    if ((await readFile(bystander, 'utf8').catch(() => null)) !== 'another') filesLost++;
    const kept =
      status === 'completed'
        ? (await stat(path.join(outputPath, 'toc.dat')).catch(() => null))?.isFile() === true
        : (await readFile(outputPath, 'utf8').catch(() => null)) === 'older';
    if (!kept) filesLost++;
  }
  await rm(outputDir, { recursive: true, force: true });
  return { status, filesLost, faults: wrong };
}

/** The end of the job, as this window or, if it is gone, the next window knows it. */
async function endOf(
  harness: SupervisorHarness,
  window: JobWindow,
  id: string,
): Promise<BackupJob> {
  const alive = runs(window.process.pid ?? 0);
  const jobs = await harness.open();
  await until(
    () => isFinished(jobs.get(id)?.status ?? 'running'),
    `the job ends (its window ${alive ? 'lives' : 'is gone'})`,
  );
  const job = jobs.get(id);
  assert.ok(job);
  return job;
}

/** Milliseconds that a backup without a fault takes. */
export async function undisturbed(harness: SupervisorHarness): Promise<number> {
  const window = await harness.window();
  const outputPath = harness.path('undisturbed');
  const id = window.startBackup({ ...options, outputPath });
  await harness.toolOf(id);
  const began = performance.now();
  assert.ok(await until(() => window.jobs.get(id)?.status === 'completed'));
  const took = performance.now() - began;
  window.kill();
  return took;
}
