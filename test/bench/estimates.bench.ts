// How good the size and time are that a backup is expected to take, before it runs: of databases of
// several kinds, written in several ways; the first time, the second, and the first time after
// backups that were written in another way. Variables: BENCH_MB, BENCH_SEED, BENCH_ONLY (parts of the
// names of kinds, with commas between), BENCH_WAYS (names of ways, likewise).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BackupOptions } from '../../src/core/model/options';
import { JobHarness } from '../integration/harness/jobHarness';
import { psql } from '../support/machine/psql';
import { dropDatabase } from '../support/machine/sampleDatabase';
import { startBenchServer } from '../support/measure/benchServer';
import { createKind, databaseKinds } from '../support/measure/databaseKinds';
import { report, shown, type Figure } from '../support/measure/figures';
import { printRow } from '../support/measure/measure';
import { spreadOf } from '../support/measure/turns';

const mb = Number(process.env['BENCH_MB'] ?? 60);
const seed = Number(process.env['BENCH_SEED'] ?? 14);
const onlyKinds = (process.env['BENCH_ONLY'] ?? '').split(',');
const onlyWays = process.env['BENCH_WAYS']?.split(',');

const ZSTD = { toolOptions: { compress: 'zstd:level=1' } } as const;
const WAYS: readonly [name: string, options: Partial<BackupOptions>][] = [
  ['gzip 6', {}],
  ['gzip 2', { compression: 2 }],
  ['zstd 1', ZSTD],
  ['lz4', { toolOptions: { compress: 'lz4:level=1' } }],
  ['none', { compression: 0 }],
  ['plain', { format: 'plain', compression: 0 }],
  ['directory', { ...ZSTD, format: 'directory' }],
  ['two jobs', { ...ZSTD, jobs: 2 }],
  ['zstd 16', { toolOptions: { compress: 'zstd:level=16' } }],
];
const WHEN = ['first', 'changed', 'second'] as const;

interface Result {
  kind: string;
  way: string;
  when: (typeof WHEN)[number];
  /** What was expected by what came true. */
  size: number;
  time: number;
}

const isChosen = (parts: readonly string[], name: string): boolean =>
  parts.some((part) => name.includes(part));

async function main(): Promise<void> {
  const server = await startBenchServer();
  const historyDir = mkdtempSync(path.join(tmpdir(), 'pg-backup-history-'));
  const jobs = await JobHarness.create([server.binDir], { historyDir });
  jobs.connect('here', server, 'kind');
  const results: Result[] = [];
  const backup = async (options: Partial<BackupOptions>): Promise<[size: number, time: number]> => {
    const outputPath = jobs.path('out');
    rmSync(outputPath, { recursive: true, force: true });
    await psql(server, 'postgres', 'CHECKPOINT;');
    const job = await jobs.backup({ ...options, connectionId: 'here', outputPath });
    const { estimate, progress, sizeBytes } = job;
    if (job.status !== 'completed' || !estimate) throw new Error(JSON.stringify(job.errors));
    const elapsedMs = progress?.elapsedMs ?? NaN;
    return [(estimate.bytes ?? NaN) / (sizeBytes ?? NaN), estimate.milliseconds / elapsedMs];
  };
  const forget = (): void => rmSync(historyDir, { recursive: true, force: true });
  try {
    printRow('expected by real'.padEnd(46), 'size', 'time');
    for (const kind of databaseKinds) {
      if (kind.aside === true || !isChosen(onlyKinds, kind.name)) continue;
      await dropDatabase(server, 'kind');
      await createKind(server, 'kind', kind, { mb, seed });
      for (const [way, options] of WAYS) {
        if (onlyWays?.includes(way) === false) continue;
        for (const when of WHEN) {
          if (when !== 'second') forget();
          if (when === 'changed') await backup(way === 'gzip 6' ? ZSTD : {});
          const [size, time] = await backup(options);
          results.push({ kind: kind.name, way, when, size, time });
          printRow(`${kind.name}, ${way}, ${when}`.padEnd(46), size.toFixed(2), time.toFixed(2));
        }
      }
    }
  } finally {
    await jobs.dispose();
    await server.stop();
    forget();
  }
  report('estimates', summary(results));
}

/** How many times too much or too little: the median, and the worst. */
function summary(results: readonly Result[]): Figure[] {
  const groups: [string, (result: Result) => boolean][] = [
    ...WHEN.map((when): [string, (result: Result) => boolean] => [
      when,
      (result) => result.when === when,
    ]),
    ...WAYS.map(([way]): [string, (result: Result) => boolean] => [
      `first, ${way}`,
      (result) => result.way === way && result.when === 'first',
    ]),
  ];
  return groups.flatMap(([name, belongs]) => {
    const some = results.filter(belongs);
    return (['size', 'time'] as const).flatMap((what) => {
      const off = some.map((result) => Math.max(result[what], 1 / result[what]));
      if (off.length === 0) return [];
      const worst = Math.max(...off);
      const at = some[off.indexOf(worst)];
      return [
        shown(`${what}, ${name}`, 'ratio', spreadOf(off), 'times too much or too little'),
        shown(`  worst: ${at?.kind ?? ''}, ${at?.way ?? ''}`, 'ratio', spreadOf([worst])),
      ];
    });
  });
}

void main();
