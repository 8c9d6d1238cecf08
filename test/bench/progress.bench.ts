// Percent and time left against the truth: the same job for the first time and once it is remembered.
// Also what the looking costs the server. Needs Linux for the latter (/proc).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isFinished, type BackupJob } from '../../src/core/model/job';
import type { JobHandle } from '../../src/core/jobs/manager/jobs';
import { JobHarness } from '../integration/harness/jobHarness';
import { startBenchServer } from '../support/measure/benchServer';
import { psql } from '../support/machine/psql';
import { createSampleDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import type { PgServer } from '../support/machine/server';
import { median, printRow } from '../support/measure/measure';

const megabytes = Number(process.env['BENCH_MB'] ?? 1000);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const only = process.env['BENCH_ONLY'] ?? '';
/** Points between the percent shown and the share of the time that has really passed. */
const budgets = { backup: [6, 5], restore: [12, 5] } as const;
/** How far the time left may be off after the first fifth, in percent of the truth. */
const leftBudget = 25;
/** What looking may cost, in percent of a core. */
const costBudget = 0.5;

interface Sample {
  at: number;
  percent: number | null;
  remaining: number | null;
}

interface Run {
  seconds: number;
  samples: Sample[];
  /** Mean distance in points, where nothing is shown as if nothing was done. */
  distance: number;
  /** Percent of the truth; NaN where nothing was said. */
  leftError: number;
  /** Seconds of the server's CPU that the watching session took. */
  cost: number;
}

interface Contest {
  name: string;
  type: 'backup' | 'restore';
  prepare: () => Promise<void>;
  start: () => JobHandle;
}

/** User and system time of a process, in seconds. */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

async function watch(server: PgServer, jobs: JobHarness, handle: JobHandle): Promise<Run> {
  const started = performance.now();
  const samples: Sample[] = [];
  let ended = false;
  let cost = 0;
  const costs = (async () => {
    let pid = 0;
    while (!ended) {
      if (pid === 0) {
        const found = await psql(
          server,
          'postgres',
          `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'pgbackup-%-watch';`,
        );
        pid = Number(found.trim());
      } else cost = Math.max(cost, cpuSeconds(pid));
      await delay(pid === 0 ? 500 : 50);
    }
  })();
  while (!ended) {
    const job = jobs.manager.get(handle.job.id);
    if (!job || isFinished(job.status)) break;
    samples.push({
      at: (performance.now() - started) / 1000,
      percent: job.progress?.percent ?? null,
      remaining: job.progress?.remainingMs ?? null,
    });
    await delay(30);
  }
  const job: BackupJob = await handle.finished;
  ended = true;
  await costs;
  if (job.status !== 'completed') throw new Error(JSON.stringify([job.errors, job.failure]));
  if (job.progress?.percent !== 100) throw new Error('the end is not 100 %');
  const seconds = (job.progress.elapsedMs ?? NaN) / 1000;
  return { seconds, samples, cost, ...judge(samples, seconds) };
}

function judge(samples: readonly Sample[], seconds: number): Pick<Run, 'distance' | 'leftError'> {
  let sum = 0;
  let before = 0;
  for (const { percent } of samples) {
    const shown = percent ?? 0;
    if (shown < before || shown >= 100) throw new Error(`${before} % and then ${shown} %`);
    before = shown;
  }
  samples.forEach(({ at, percent }) => {
    sum += Math.abs((percent ?? 0) - (100 * at) / seconds);
  });
  const fifth = samples.find(({ at }) => at >= seconds / 5);
  const truth = seconds - (fifth?.at ?? NaN);
  const said = (fifth?.remaining ?? NaN) / 1000;
  return { distance: sum / samples.length, leftError: (100 * Math.abs(said - truth)) / truth };
}

/** Shown percent over elapsed share, `*`; the truth, `.`. */
function picture(samples: readonly Sample[], seconds: number): string {
  const width = 60;
  const height = 12;
  const cells = Array.from({ length: height }, () => Array<string>(width).fill(' '));
  const put = (x: number, y: number, mark: string): void => {
    const row = cells[height - 1 - Math.min(height - 1, Math.floor(y * height))];
    if (row) row[Math.min(width - 1, Math.floor(x * width))] = mark;
  };
  for (let x = 0; x < width; x++) put((x + 0.5) / width, (x + 0.5) / width, '.');
  for (const { at, percent } of samples) {
    put(at / seconds, (percent ?? 0) / 100, percent === null ? 'o' : '*');
  }
  return cells.map((row) => `  |${row.join('')}`).join('\n') + `\n  +${'-'.repeat(width)}`;
}

async function contests(server: PgServer, jobs: JobHarness): Promise<Contest[]> {
  const at = (name: string): string => jobs.path(name);
  const fresh = async (): Promise<void> => {
    rmSync(at('out'), { recursive: true, force: true });
    await psql(server, 'postgres', 'CHECKPOINT;');
  };
  const noTarget = async (): Promise<void> => {
    await dropDatabase(server, 'restored');
    await psql(server, 'postgres', 'CHECKPOINT;');
  };
  for (const [name, format] of [
    ['custom', 'custom'],
    ['directory', 'directory'],
  ] as const) {
    const job = await jobs.backup({ connectionId: 'main', outputPath: at(name), format });
    if (job.status !== 'completed') throw new Error(job.output.join('\n'));
  }
  const backup = (options: object): JobHandle =>
    jobs.startBackup({ connectionId: 'main', outputPath: at('out'), ...options });
  const restore = (options: object): JobHandle =>
    jobs.startRestore({
      connectionId: 'main',
      inputPath: at('custom'),
      targetDatabase: 'restored',
      createDatabase: true,
      ...options,
    });
  const all: Contest[] = [
    {
      name: 'backup, custom, serial',
      type: 'backup',
      prepare: fresh,
      start: () => backup({}),
    },
    {
      name: 'backup, directory, 2 jobs',
      type: 'backup',
      prepare: fresh,
      start: () => backup({ format: 'directory', jobs: 2 }),
    },
    {
      name: 'restore, custom, serial',
      type: 'restore',
      prepare: noTarget,
      start: () => restore({}),
    },
    {
      name: 'restore, directory, 2 jobs',
      type: 'restore',
      prepare: noTarget,
      start: () => restore({ inputPath: at('directory'), jobs: 2 }),
    },
  ];
  return all.filter(({ name }) => name.includes(only));
}

async function measure(server: PgServer, jobs: JobHarness, historyDir: string): Promise<boolean> {
  let fine = true;
  const curves: string[] = [];
  printRow(
    '',
    'run',
    'seconds',
    'points off',
    'budget',
    'left off %',
    'budget',
    'cost %',
    'budget',
  );
  for (const contest of await contests(server, jobs)) {
    const runs: [Run[], Run[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      rmSync(historyDir, { recursive: true, force: true });
      for (const list of runs) {
        await contest.prepare();
        list.push(await watch(server, jobs, contest.start()));
      }
    }
    runs.forEach((list, second) => {
      const budget = budgets[contest.type][second] ?? 0;
      const distance = median(list.map((run) => run.distance));
      const left = median(list.map((run) => run.leftError));
      const cost = median(list.map((run) => (100 * run.cost) / run.seconds));
      // Written so that NaN is over.
      const kept = distance <= budget && left <= leftBudget && cost <= costBudget;
      if (!kept) fine = false;
      printRow(
        contest.name,
        second === 0 ? 'first' : 'second',
        median(list.map((run) => run.seconds)).toFixed(1),
        distance.toFixed(1),
        `${budget}`,
        left.toFixed(0),
        `${leftBudget}`,
        cost.toFixed(2),
        `${costBudget} ${kept ? 'kept' : 'over'}`,
      );
      const [run] = list;
      if (run) {
        const title = `${contest.name}, ${second === 0 ? 'first' : 'second'} run`;
        curves.push(`\n${title}\n${picture(run.samples, run.seconds)}`);
      }
    });
  }
  console.log('\nPercent shown (*; o = estimating) over time; a straight line (.) is the truth');
  console.log(curves.join('\n'));
  return fine;
}

async function main(): Promise<void> {
  const server = await startBenchServer();
  const historyDir = mkdtempSync(path.join(tmpdir(), 'pg-backup-history-'));
  const jobs = await JobHarness.create([server.binDir], { historyDir });
  try {
    await createSampleDatabase(server, 'sample', megabytes);
    jobs.connect('main', server, 'sample');
    console.log(`Database of ${megabytes} MB, medians of ${rounds} rounds`);
    if (!(await measure(server, jobs, historyDir))) process.exitCode = 1;
  } finally {
    await jobs.dispose();
    rmSync(historyDir, { recursive: true, force: true });
    await server.stop();
  }
}

void main();
