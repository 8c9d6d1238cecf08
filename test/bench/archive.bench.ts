// Reading archives and scripts: ours against `pg_restore --list` and `wc --lines` on the same file,
// in turns, medians. Also how long the event loop is held, and what the result keeps in memory.
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { finished } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { detectFile } from '../../src/core/archive/detectFile';
import { readToc } from '../../src/core/archive/tocReader';
import { openArchiveDocument } from '../../src/core/archive/documents/archiveDocument';
import { ensurePostgres } from '../support/machine/postgres';
import { libpqEnv, psql } from '../support/machine/psql';
import { createDatabase, createSampleDatabase } from '../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../support/machine/server';
import { compare, printRow } from '../support/measure';
import { repoPaths } from '../support/repoPaths';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const tables = Number(process.env['BENCH_TABLES'] ?? 20_000);
const scriptMegabytes = Number(process.env['BENCH_SCRIPT_MB'] ?? 1000);

let fine = true;

function row(
  name: string,
  measured: { ours: number; theirs: number; ratio: number },
  budget: number,
): void {
  const kept = measured.ratio <= budget;
  fine &&= kept;
  printRow(
    name,
    `${(measured.theirs * 1000).toFixed(0)} ms`,
    `${(measured.ours * 1000).toFixed(0)} ms`,
    measured.ratio.toFixed(2),
    `${budget} ${kept ? 'kept' : 'over'}`,
  );
}

function figure(name: string, value: number, unit: string, budget: number): void {
  const kept = value <= budget;
  fine &&= kept;
  printRow(name, '', `${value.toFixed(1)} ${unit}`, '', `${budget} ${kept ? 'kept' : 'over'}`);
}

/** 8 entries of the table of contents for each table. */
async function manyTables(server: PgServer): Promise<void> {
  await createDatabase(server, 'many');
  const statements: string[] = [];
  for (let i = 0; i < tables; i++) {
    const name = `s${i % 10}.tbl_${i}`;
    statements.push(
      `CREATE TABLE ${name} (id bigserial PRIMARY KEY, note text, at timestamptz DEFAULT now());`,
      `COMMENT ON TABLE ${name} IS 'table number ${i}';`,
    );
  }
  const schemas = Array.from({ length: 10 }, (_each, i) => `CREATE SCHEMA s${i};`);
  await psql(server, 'many', [...schemas, ...statements].join('\n'));
}

/** A script as pg_dump writes one, of about `megabytes`, nearly all of it rows. */
async function writeScript(file: string, megabytes: number): Promise<void> {
  const out = createWriteStream(file);
  out.write('--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 17.6\n');
  out.write(
    '-- Dumped by pg_dump version 17.6\n\nCREATE TABLE public.t (id integer, note text);\n\n',
  );
  out.write('--\n-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: postgres\n--\n\n');
  out.write('COPY public.t (id, note) FROM stdin;\n');
  const lines: string[] = [];
  for (let i = 0; i < 10_000; i++) lines.push(`${i}\t${'lorem ipsum '.repeat(8)}${i * 7919}`);
  const block = `${lines.join('\n')}\n`;
  for (let written = 0; written < megabytes * 1e6; written += block.length) {
    if (!out.write(block)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  out.end('\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n');
  await finished(out);
}

async function longestHold(action: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await action();
  delay.disable();
  return delay.max / 1e6;
}

async function measure(server: PgServer, dir: string): Promise<void> {
  const tool = (name: string): string => path.join(server.binDir, name);
  const dump = (database: string, ...args: string[]): void => {
    const env = { ...process.env, ...libpqEnv(server, database) };
    execFileSync(tool('pg_dump'), ['-w', ...args, database], { env, stdio: 'ignore' });
  };
  const list = (file: string) => (): void => {
    execFileSync(tool('pg_restore'), ['--list', file], { stdio: 'ignore' });
  };
  printRow('', 'theirs', 'ours', 'ratio', 'budget');

  const small = path.join(repoPaths.fixtures, 'archives/mini.17.dump');
  row('contents, 182 entries', await compare(rounds * 4, () => readToc(small), list(small)), 0.5);

  const many = path.join(dir, 'many.dump');
  dump('many', '-Fc', '-f', many);
  const tocBytes = statSync(many).size;
  row(
    `contents, ${tables} tables, ${Math.round(tocBytes / 1e6)} MB`,
    await compare(rounds, () => readToc(many), list(many)),
    1.2,
  );
  figure('  longest hold of the event loop', await longestHold(() => readToc(many)), 'ms', 50);
  setFlagsFromString('--expose_gc');
  const gc = runInNewContext('gc') as () => void;
  const used = (): number => {
    gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  const kept = await readToc(many);
  const growth = (used() - before) / tocBytes;
  figure(`  memory kept (${kept.header.tocCount} entries)`, growth, 'x TOC', 4);

  for (const [name, megabytes] of [
    ['ten', 20],
    ['hundred', 200],
  ] as const) {
    await createSampleDatabase(server, name, megabytes);
    dump(name, '-Fc', '-Z0', '-f', path.join(dir, `${name}.dump`));
  }
  row(
    'contents, 10 times the data',
    await compare(
      rounds * 4,
      () => readToc(path.join(dir, 'hundred.dump')),
      () => readToc(path.join(dir, 'ten.dump')),
    ),
    1.2,
  );

  const script = path.join(dir, 'script.sql');
  await writeScript(script, scriptMegabytes);
  const kind = await detectFile(script);
  if (kind.kind !== 'plain') throw new Error('no script');
  row(
    `script, ${Math.round(statSync(script).size / 1e6)} MB`,
    await compare(
      rounds,
      () => openArchiveDocument(script),
      () => execFileSync('wc', ['-l', script], { stdio: 'ignore' }),
    ),
    2,
  );
}

async function main(): Promise<void> {
  const [install] = await ensurePostgres([17]);
  if (!install) throw new Error('no PostgreSQL 17');
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const server = await startServer(install, {
    auth: 'trust',
    settings: { max_locks_per_transaction: '2000' },
  });
  try {
    await manyTables(server);
    console.log(`Median of ${rounds} rounds each (short ones: ${rounds * 4})`);
    await measure(server, dir);
    if (!fine) process.exitCode = 1;
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

void main();
