// What the profiles of a form rest on: time and size of a backup, and time of its restore, by
// format, compression and jobs, against pgAdmin's default (custom, gzip 6, one job). The tools
// alone, in turns on one server; then the profiles as the extension runs them.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { startBenchServer } from '../support/measure/benchServer';
import { libpqEnv, psql } from '../support/machine/psql';
import { createSampleDatabase } from '../support/machine/sampleDatabase';
import type { PgServer } from '../support/machine/server';
import { median, printRow, seconds } from '../support/measure/measure';

const megabytes = Number(process.env['BENCH_MB'] ?? 300);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const major = Number(process.env['BENCH_MAJOR'] ?? 17);

const DEFAULT = '-Fc -Z6 -v';

/** Arguments of pg_dump, and of pg_restore after them. */
const ways: readonly [name: string, dump: string, restore: string][] = [
  ['custom, gzip 6', '-Fc -Z6', ''],
  ['custom, gzip 1', '-Fc -Z1', '-j2'],
  ['custom, gzip 9', '-Fc -Z9', ''],
  ['custom, none', '-Fc -Z0', ''],
  ['custom, lz4', '-Fc -Zlz4', ''],
  ['custom, zstd 1', '-Fc -Zzstd:1', '-j2'],
  ['custom, zstd 3', '-Fc -Zzstd:3', ''],
  ['custom, zstd 9', '-Fc -Zzstd:9', ''],
  ['custom, zstd 12', '-Fc -Zzstd:12', ''],
  ['custom, zstd 9, long', '-Fc -Zzstd:level=9,long', ''],
  ['directory, 2 jobs, gzip 1', '-Fd -j2 -Z1', '-j2'],
  ['directory, 2 jobs, lz4', '-Fd -j2 -Zlz4', '-j2'],
  ['directory, 2 jobs, zstd 1', '-Fd -j2 -Zzstd:1', '-j2'],
  ['plain', '-Fp', ''],
];

function bytesOf(target: string): number {
  const stats = statSync(target);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(target).reduce((sum, name) => sum + bytesOf(path.join(target, name)), 0);
}

async function measure(server: PgServer, dir: string): Promise<void> {
  const env = { ...process.env, ...libpqEnv(server, 'sample') };
  const run = (command: string): void => {
    const { status, stderr } = spawnSync('/bin/sh', ['-c', `${command} 2>${dir}/messages`], {
      env,
    });
    if (status !== 0) throw new Error(`${command}\n${stderr.toString()}`);
  };
  const tool = (name: string): string => path.join(server.binDir, name);
  const dump = async (args: string, file: string): Promise<number> => {
    rmSync(file, { recursive: true, force: true });
    await psql(server, 'postgres', 'CHECKPOINT;');
    return seconds(() => {
      run(`${tool('pg_dump')} ${args} -f ${file} sample`);
    });
  };
  const restore = async (args: string, file: string): Promise<number> => {
    run(`${tool('dropdb')} --if-exists restored && ${tool('createdb')} -T template0 restored`);
    await psql(server, 'postgres', 'CHECKPOINT;');
    const command = args === 'psql' ? `${tool('psql')} -Xqf` : `${tool('pg_restore')} ${args}`;
    const into = args === 'psql' ? `${file} restored > /dev/null` : `-d restored ${file}`;
    return seconds(() => {
      run(`${command} ${into}`);
    });
  };
  const usual = path.join(dir, 'usual');
  printRow('against custom, gzip 6, one job', 'backup s', 'ratio', 'size', 'restore s', 'ratio');
  const only = process.env['BENCH_ONLY'] ?? '';
  for (const [name, args, restoreArgs] of ways.filter(([way]) => way.includes(only))) {
    const file = path.join(dir, 'file');
    const took: Record<'backup' | 'backupRatio' | 'restore' | 'restoreRatio', number[]> = {
      backup: [],
      backupRatio: [],
      restore: [],
      restoreRatio: [],
    };
    for (let round = 0; round < rounds; round++) {
      const [theirs, ours] = [await dump(DEFAULT, usual), await dump(args, file)];
      const how = name === 'plain' ? 'psql' : restoreArgs;
      const [restoreTheirs, restoreOurs] = [await restore('', usual), await restore(how, file)];
      took.backup.push(ours);
      took.backupRatio.push(ours / theirs);
      took.restore.push(restoreOurs);
      took.restoreRatio.push(restoreOurs / restoreTheirs);
    }
    printRow(
      `${name}${restoreArgs === '' ? '' : ` / ${restoreArgs}`}`,
      median(took.backup).toFixed(2),
      median(took.backupRatio).toFixed(2),
      (bytesOf(file) / bytesOf(usual)).toFixed(2),
      median(took.restore).toFixed(2),
      median(took.restoreRatio).toFixed(2),
    );
  }
}

async function main(): Promise<void> {
  const server = await startBenchServer(major);
  const dir = await mkdtemp(path.join(tmpdir(), 'pgbr-profiles-'));
  try {
    await createSampleDatabase(server, 'sample', megabytes);
    console.log(
      `PostgreSQL ${major}, ${megabytes} MB, ${availableParallelism()} cores, median of ${rounds}`,
    );
    await measure(server, dir);
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

void main();
