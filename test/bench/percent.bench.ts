// Percent and time left on databases of several kinds, unlike the sample: read from outside, the
// job's record five times a second. Each job runs twice, the second time with what the first one
// left behind; on this machine, by two jobs, and through a link of 5 MB/s. Jobs of a minute follow, of
// one kind (BENCH_LONG names others). All takes 20 to 25 minutes on a quiet machine: BENCH_ONLY,
// BENCH_PLACE and BENCH_RUNS cut it into pieces.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isFinished } from '../../src/core/model/job';
import type { JobHandle } from '../../src/core/jobs/manager/jobs';
import { JobHarness } from '../integration/harness/jobHarness';
import { startBenchServer } from '../support/measure/benchServer';
import { SlowLink } from '../support/hold/slowLink';
import { psql } from '../support/machine/psql';
import { dropDatabase } from '../support/machine/sampleDatabase';
import type { PgServer, ServerCoordinates } from '../support/machine/server';
import { createKind, databaseKinds, type DatabaseKind } from '../support/measure/databaseKinds';
import { exactly, figure, report, type Figure } from '../support/measure/figures';
import { printRow } from '../support/measure/measure';
import { spreadOf } from '../support/measure/turns';
import { BUDGETS } from './budgets';
import { judge, recordWork, type Judgement, type Shown } from '../support/measure/workTrace';

const mb = Number(process.env['BENCH_MB'] ?? 30);
const seed = Number(process.env['BENCH_SEED'] ?? 14);
/** Names of kinds and of places, or parts of them, with commas between; '' = all. */
const onlyKinds = (process.env['BENCH_ONLY'] ?? '').split(',');
const onlyPlaces = (process.env['BENCH_PLACE'] ?? '').split(',');
/** Parts of the names of runs, as `backup` or `restore, first`, with semicolons between; '' = all. */
const onlyRuns = (process.env['BENCH_RUNS'] ?? '').split(';');
/** Kinds that are made so large, too, that their jobs take a minute; each takes four minutes. */
const longKinds = (process.env['BENCH_LONG'] ?? 'a shop').split(',');
/** Where to write what the models were told, for replays; '' = nowhere. */
const tracesDir = process.env['BENCH_TRACES'] ?? '';
const linkRate = 5e6;
const lookMs = 200;
/** Of a shorter job a look is more than four points: it is printed, and not counted. */
const shortestCounted = 5;

interface Run extends Judgement {
  seconds: number;
}

async function watch(jobs: JobHarness, name: string, start: () => JobHandle): Promise<Run> {
  const recording = recordWork();
  const started = performance.now();
  const handle = start();
  const samples: Shown[] = [];
  for (;;) {
    const job = jobs.manager.get(handle.job.id);
    if (!job || isFinished(job.status)) break;
    const { percent = null, remainingMs = null } = job.progress ?? {};
    const remaining = remainingMs === null ? null : remainingMs / 1000;
    samples.push({ at: (performance.now() - started) / 1000, percent, remaining });
    await delay(lookMs);
  }
  const job = await handle.finished;
  if (job.status !== 'completed') throw new Error(JSON.stringify([job.errors, job.failure]));
  const seconds = (job.progress?.elapsedMs ?? NaN) / 1000;
  const trace = recording.stop(name, seconds);
  if (tracesDir !== '') {
    mkdirSync(tracesDir, { recursive: true });
    const file = path.join(tracesDir, `${name.replaceAll(/\W+/g, '-')}.json`);
    writeFileSync(file, JSON.stringify(trace));
  }
  return { seconds, ...judge(samples, seconds) };
}

interface Place {
  name: string;
  /** How many times as many rows as through the link make jobs as long. */
  times: number;
  server: ServerCoordinates;
  /** Parts of the names of kinds; absent = all. */
  only?: readonly string[];
  /** What makes the job long enough to be looked at. */
  toolOptions: { compress?: string };
  jobs: number;
}

interface Bench {
  jobs: JobHarness;
  server: PgServer;
  historyDir: string;
  results: Result[];
}

interface Result {
  second: boolean;
  aside: boolean;
  run: Run;
}

async function measure(bench: Bench, kind: DatabaseKind, place: Place): Promise<void> {
  const { jobs, server, historyDir } = bench;
  const { toolOptions, jobs: workers } = place;
  jobs.connect('here', place.server, 'kind');
  const output = jobs.path('out');
  rmSync(historyDir, { recursive: true, force: true });
  const fresh = async (): Promise<void> => {
    await dropDatabase(server, 'restored');
    await psql(server, 'postgres', 'CHECKPOINT;');
  };
  for (const type of ['backup', 'restore'] as const) {
    for (const which of ['first', 'second']) {
      const name = `${kind.name}, ${place.name}, ${type}, ${which}`;
      // A restore needs what a backup has made.
      const needed = type === 'backup' && which === 'first';
      if (!needed && !onlyRuns.some((part) => name.includes(part))) continue;
      await fresh();
      const run = await watch(jobs, name, () => {
        if (type === 'restore') {
          const target = { targetDatabase: 'restored', createDatabase: true };
          return jobs.startRestore({
            connectionId: 'here',
            inputPath: output,
            jobs: workers,
            ...target,
          });
        }
        rmSync(output, { recursive: true, force: true });
        return jobs.startBackup({
          connectionId: 'here',
          outputPath: output,
          jobs: workers,
          toolOptions,
        });
      });
      bench.results.push({ second: which === 'second', aside: kind.aside === true, run });
      const figures = [run.seconds, run.mean, run.most, run.left].map((each) => each.toFixed(1));
      printRow(name.padEnd(46), ...figures);
    }
  }
}

function meanOf(all: readonly number[]): number {
  return all.reduce((before, each) => before + each, 0) / all.length;
}

/** Of runs that say nothing after a fifth, nothing can be said: they are counted beside. */
function summary(title: string, runs: readonly Run[]): void {
  if (runs.length === 0) return;
  const { leftFirst, percentFirstMost } = BUDGETS;
  const said = runs.filter(({ left }) => !Number.isNaN(left));
  const right = said.filter(({ left }) => left <= leftFirst.budget).length;
  const far = runs.filter(({ most }) => most > percentFirstMost.budget).length;
  const told = meanOf(runs.map((run) => run.told));
  const rightAt = meanOf(runs.map((run) => run.right)) / told;
  console.log(
    `${title}: ${runs.length} runs, ${meanOf(runs.map(({ mean }) => mean)).toFixed(1)} points off on ` +
      `average, ${far} more than ${percentFirstMost.budget}; after a fifth ${said.length} tell the ` +
      `time left, ${right} of them within ${leftFirst.budget} %; of all looks ` +
      `${(100 * told).toFixed(0)} % tell it, ${(100 * rightAt).toFixed(0)} % of those right`,
  );
}

function figures({ results }: Bench): Figure[] {
  return [false, true].flatMap((second) => {
    const name = second ? 'second' : 'first';
    const all = results.filter((each) => each.second === second);
    const counted = all.filter(({ run }) => run.seconds >= shortestCounted);
    const runsOf = (some: readonly Result[]): Run[] => some.map(({ run }) => run);
    summary(
      `${name}, shorter than ${shortestCounted} s`,
      runsOf(all.filter((each) => !counted.includes(each))),
    );
    summary(`${name}, known kinds`, runsOf(counted.filter(({ aside }) => !aside)));
    summary(`${name}, kinds kept aside`, runsOf(counted.filter(({ aside }) => aside)));
    const runs = runsOf(counted);
    if (runs.length === 0) return [];
    const means = runs.map((run) => run.mean);
    const worst = Math.max(...runs.map(({ most }) => most));
    const left = runs.map((run) => run.left).filter((each) => !Number.isNaN(each));
    return [
      figure(second ? 'percentSecond' : 'percentFirst', exactly(meanOf(means))),
      figure(second ? 'percentSecondMost' : 'percentFirstMost', exactly(worst)),
      ...(left.length === 0 ? [] : [figure(second ? 'leftSecond' : 'leftFirst', spreadOf(left))]),
    ];
  });
}

async function main(): Promise<void> {
  const server = await startBenchServer();
  const link = await SlowLink.open(server, linkRate);
  const historyDir = mkdtempSync(path.join(tmpdir(), 'pg-backup-history-'));
  const jobs = await JobHarness.create([server.binDir], { historyDir });
  const bench: Bench = { jobs, server, historyDir, results: [] };
  const slow = { server: link.server, toolOptions: { compress: 'zstd:1' }, jobs: 1 };
  const places: readonly Place[] = [
    { name: 'here', times: 5, server, toolOptions: {}, jobs: 1 },
    { name: 'two jobs', times: 5, server, toolOptions: { compress: 'zstd:1' }, jobs: 2 },
    { name: 'link', times: 1, ...slow },
    { name: 'long, link', times: 8, ...slow, only: longKinds },
  ];
  try {
    console.log(`${mb} MB of rows each through the link, five times as many here; seed ${seed}`);
    printRow(''.padEnd(46), 'seconds', 'points off', 'at most', 'left off %');
    for (const kind of databaseKinds) {
      if (!onlyKinds.some((part) => kind.name.includes(part))) continue;
      let made = 0;
      for (const place of places) {
        if (!onlyPlaces.some((part) => place.name.includes(part))) continue;
        if (place.only?.some((part) => kind.name.includes(part)) === false) continue;
        const size = mb * place.times;
        if (size !== made) {
          await dropDatabase(server, 'kind');
          await createKind(server, 'kind', kind, { mb: size, seed });
          made = size;
        }
        await measure(bench, kind, place);
      }
      await dropDatabase(server, 'kind');
    }
    report('percent', figures(bench));
  } finally {
    await jobs.dispose();
    await link.close();
    rmSync(historyDir, { recursive: true, force: true });
    await server.stop();
  }
}

void main();
