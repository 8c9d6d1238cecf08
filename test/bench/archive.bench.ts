// Reading archives and scripts: ours against `pg_restore --list` and `wc --lines` on the same file,
// in turns, medians. Also how long the event loop is held, and what the result keeps in memory.
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openFileSource } from '../../src/core/archive/bytes/byteSource';
import { detectFile } from '../../src/core/archive/file/detectFile';
import { readToc } from '../../src/core/archive/file/tocReader';
import { openArchiveDocument } from '../../src/core/archive/document/archiveDocument';
import { compareDocuments } from '../../src/core/archive/ddl/compare';
import { previewRows } from '../../src/core/archive/rows/dataPreview';
import { measuredData, documentColumns } from '../../src/core/archive/document/documentColumns';
import type { ArchiveDocument } from '../../src/core/archive/document/documentTypes';
import { wholeSchema } from '../../src/core/archive/ddl/normalise';
import { allIds, closeSelection, dependentsOf } from '../../src/core/archive/document/selection';
import { ensurePostgres } from '../support/install/postgres';
import { libpqEnv, psql } from '../support/machine/psql';
import { createDatabase, createSampleDatabase } from '../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../support/machine/server';
import { longestTurn } from '../support/measure/host/heldTurns';
import { compare, median, printRow } from '../support/measure/measure';
import { repoPaths } from '../support/repoPaths';
import { BUDGETS } from './budgets';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const tables = Number(process.env['BENCH_TABLES'] ?? 20_000);
const scriptMegabytes = Number(process.env['BENCH_SCRIPT_MB'] ?? 1000);
const archiveMegabytes = Number(process.env['BENCH_ARCHIVE_MB'] ?? 1000);

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

/** The median of several: what the machine does meanwhile is not ours. */
async function medianHold(action: () => Promise<unknown>): Promise<number> {
  const holds: number[] = [];
  for (let round = 0; round < rounds; round++) holds.push(await longestTurn(action));
  return median(holds);
}

/** MB of buffers and heap, at the most, beyond what was there before. */
async function peakGrowth(action: () => Promise<unknown>): Promise<number> {
  const used = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / 1e6;
  };
  const before = used();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, used())), 5);
  await action();
  clearInterval(timer);
  return Math.max(most, used()) - before;
}

/** All that opening a dump in the editor asks of the extension host. */
async function openForPage(file: string): Promise<ArchiveDocument> {
  const document = await openArchiveDocument(file);
  for await (const piece of documentColumns(document)) JSON.stringify(piece.count);
  await document.info();
  await measuredData(document);
  return document;
}

/** Ms until the header is there, of ms until everything is read. */
async function headerFirst(file: string): Promise<{ header: number; whole: number }> {
  const start = performance.now();
  let header = NaN;
  await openArchiveDocument(file, { onHeader: () => (header = performance.now() - start) });
  return { header, whole: performance.now() - start };
}

const parts = 11;

/** Some tables of the same size, uncompressed: the middle of the archive is the middle of a table. */
async function largeArchive(server: PgServer, dump: Dump, file: string): Promise<void> {
  await createDatabase(server, 'large');
  const rowsEach = Math.round((archiveMegabytes * 1e6) / parts / 970);
  for (let i = 10; i < 10 + parts; i++) {
    const rows = `SELECT g AS id, repeat(md5(g::text), 30) AS note FROM generate_series(1, ${rowsEach}) g`;
    await psql(server, 'large', `CREATE UNLOGGED TABLE part_${i} AS ${rows}`);
  }
  dump('large', '-Fc', '-Z0', '-f', file);
}

/** Reads of the file that the first 200 rows of a table need, wherever they are. */
async function previewReads(file: string, table: string): Promise<number> {
  let reads = 0;
  const document = await openArchiveDocument(file, {
    openSource: async (path) => {
      const source = await openFileSource(path);
      const read: typeof source.read = (target, position) => {
        reads++;
        return source.read(target, position);
      };
      return { size: source.size, read, close: () => source.close() };
    },
  });
  const id = allIds(document).find((entry) => {
    const { desc, tag } = document.names(entry);
    return desc === 'TABLE DATA' && tag === table;
  });
  const preview = await previewRows(document, id ?? -1);
  if (preview.rows.length !== 200) throw new Error(`${preview.rows.length} rows`);
  return reads;
}

type Dump = (database: string, ...args: string[]) => void;

async function measure(server: PgServer, dir: string): Promise<void> {
  const tool = (name: string): string => path.join(server.binDir, name);
  const dump: Dump = (database, ...args) => {
    const env = { ...process.env, ...libpqEnv(server, database) };
    execFileSync(tool('pg_dump'), ['-w', ...args, database], { env, stdio: 'ignore' });
  };
  const list = (file: string) => (): void => {
    execFileSync(tool('pg_restore'), ['--list', file], { stdio: 'ignore' });
  };
  printRow('', 'theirs', 'ours', 'ratio', 'budget');

  const small = path.join(repoPaths.fixtures, 'archives/mini.17.dump');
  row(
    'contents, 182 entries',
    await compare(rounds * 4, () => readToc(small), list(small)),
    BUDGETS.contentsFew.budget,
  );

  const many = path.join(dir, 'many.dump');
  dump('many', '-Fc', '-f', many);
  const tocBytes = statSync(many).size;
  row(
    `contents, ${tables} tables, ${Math.round(tocBytes / 1e6)} MB`,
    await compare(rounds, () => readToc(many), list(many)),
    BUDGETS.contentsMany.budget,
  );
  const first = await headerFirst(many);
  figure(
    `  header, of ${first.whole.toFixed(0)} ms in all`,
    first.header,
    'ms',
    Math.round(first.whole / 2),
  );
  figure(
    '  longest hold while it opens',
    await medianHold(() => openForPage(many)),
    'ms',
    BUDGETS.hostHeld.budget,
  );
  const opened = await openForPage(many);
  const all = allIds(opened);
  const select = async (): Promise<void> => {
    await dependentsOf(opened, all);
    await closeSelection(opened, all);
  };
  figure(
    '  … while all of it is selected',
    await medianHold(select),
    'ms',
    BUDGETS.hostHeld.budget,
  );
  const compareAll = (): Promise<unknown> => compareDocuments(opened, opened);
  figure('  … while it is compared', await medianHold(compareAll), 'ms', BUDGETS.hostHeld.budget);
  const schema = (): Promise<unknown> => wholeSchema(opened);
  figure(
    '  … while its schema is written',
    await medianHold(schema),
    'ms',
    BUDGETS.hostHeld.budget,
  );
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
    BUDGETS.contentsTenTimes.budget,
  );

  const large = path.join(dir, 'large.dump');
  await largeArchive(server, dump, large);
  const size = `${Math.round(statSync(large).size / 1e6)} MB`;
  for (const [where, table] of [
    ['first', 'part_10'],
    ['middle', `part_${10 + Math.floor(parts / 2)}`],
    ['last', `part_${9 + parts}`],
  ] as const) {
    const reads = await previewReads(large, table);
    figure(`200 rows of the ${where} table, ${size}`, reads, 'reads', 9);
  }
  rmSync(large);

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
    BUDGETS.scriptDocument.budget,
  );
  const begun = await headerFirst(script);
  figure(
    `  header, of ${begun.whole.toFixed(0)} ms in all`,
    begun.header,
    'ms',
    Math.round(begun.whole / 2),
  );
  figure(
    '  longest hold',
    await medianHold(() => openArchiveDocument(script)),
    'ms',
    BUDGETS.hostHeld.budget,
  );
  figure(
    '  memory while it is read',
    await peakGrowth(() => openArchiveDocument(script)),
    'MB',
    BUDGETS.scriptDocumentMemory.budget,
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
