// What the profiles of a form rest on: time and size of a backup, and time of its restore, by
// format, compression and jobs, against pgAdmin's default (custom, gzip 6, one job). The tools
// alone, in turns on one server, of two kinds of data: tables of like sizes, and the sample, where
// one table has nearly half. Variables: BENCH_MB, BENCH_ROUNDS, BENCH_MAJOR, BENCH_ONLY (a pattern).
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { startBenchServer } from '../support/measure/benchServer';
import { libpqEnv, psql } from '../support/machine/psql';
import { createSampleDatabase } from '../support/machine/sampleDatabase';
import { createEvenDatabase } from '../support/measure/evenDatabase';
import type { PgServer } from '../support/machine/server';
import { exactly, printFigures, report, shown, type Figure } from '../support/measure/figures';
import { bytesOf, seconds } from '../support/measure/measure';
import { spreadOf } from '../support/measure/turns';

const megabytes = Number(process.env['BENCH_MB'] ?? 300);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const major = Number(process.env['BENCH_MAJOR'] ?? 17);
const only = new RegExp(process.env['BENCH_ONLY'] ?? '');

const DEFAULT = '-Fc -Z6 -v';

/** Arguments of pg_dump, and of pg_restore after them; null = it is not restored. */
const ways: readonly [name: string, dump: string, restore: string | null][] = [
  ['custom, gzip 6', '-Fc -Z6', ''],
  ['custom, gzip 1', '-Fc -Z1', '-j2'],
  ['custom, gzip 2', '-Fc -Z2', null],
  ['custom, gzip 3', '-Fc -Z3', null],
  ['custom, gzip 4', '-Fc -Z4', null],
  ['custom, gzip 9', '-Fc -Z9', null],
  ['custom, none', '-Fc -Z0', ''],
  ['custom, lz4', '-Fc -Zlz4', ''],
  ['custom, zstd 1', '-Fc -Zzstd:1', '-j2'],
  ['custom, zstd 3', '-Fc -Zzstd:3', null],
  ['custom, zstd 9', '-Fc -Zzstd:9', null],
  ['custom, zstd 12', '-Fc -Zzstd:12', null],
  ['custom, zstd 9, long', '-Fc -Zzstd:level=9,long', null],
  ['custom, zstd 19, long', '-Fc -Zzstd:level=19,long', null],
  ['directory, 2 jobs, gzip 1', '-Fd -j2 -Z1', '-j2'],
  ['directory, 2 jobs, gzip 2', '-Fd -j2 -Z2', null],
  ['directory, 2 jobs, gzip 3', '-Fd -j2 -Z3', null],
  ['directory, 2 jobs, gzip 4', '-Fd -j2 -Z4', null],
  ['directory, 2 jobs, none', '-Fd -j2 -Z0', '-j2'],
  ['directory, 2 jobs, lz4', '-Fd -j2 -Zlz4', '-j2'],
  ['directory, 2 jobs, zstd 1', '-Fd -j2 -Zzstd:1', '-j2'],
  ['plain', '-Fp', ''],
];

async function measure(server: PgServer, database: string, dir: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  const env = { ...process.env, ...libpqEnv(server, database) };
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
      run(`${tool('pg_dump')} ${args} -f ${file} ${database}`);
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
  const file = path.join(dir, 'file');
  for (const [name, args, restoreArgs] of ways) {
    if (!only.test(name) || (major < 16 && /zstd|lz4/.test(args))) continue;
    const backups: number[] = [];
    const restores: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const theirs = await dump(DEFAULT, usual);
      backups.push((await dump(args, file)) / theirs);
      if (restoreArgs === null) continue;
      const restoreTheirs = await restore('', usual);
      const ours = await restore(name === 'plain' ? 'psql' : restoreArgs, file);
      restores.push(ours / restoreTheirs);
    }
    const how = `${database}: ${name}`;
    figures.push(
      shown(how, 'ratio', spreadOf(backups), 'time of the default'),
      shown('  size', 'ratio', exactly(bytesOf(file) / bytesOf(usual)), 'its size'),
      ...(restores.length === 0
        ? []
        : [shown(`  restore ${restoreArgs ?? ''}`, 'ratio', spreadOf(restores), 'its restore')]),
    );
    printFigures(figures.slice(-3));
  }
  return figures;
}

async function main(): Promise<void> {
  const server = await startBenchServer(major);
  const dir = await mkdtemp(path.join(tmpdir(), 'pgbr-profiles-'));
  const figures: Figure[] = [];
  try {
    console.log(`PostgreSQL ${major}, ${megabytes} MB, ${availableParallelism()} cores`);
    await createEvenDatabase(server, 'even', megabytes);
    await createSampleDatabase(server, 'sample', megabytes);
    for (const database of ['even', 'sample']) {
      figures.push(...(await measure(server, database, dir)));
    }
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
  report('profiles', figures);
}

void main();
