// What the extension costs the window: activation, memory after many jobs, what is left while nothing
// runs, and a tool that says 200,000 lines. In a real VS Code; needs Linux (/proc, scripts as tools).
// BENCH_ONLY=jobs or BENCH_ONLY=lines leaves the other out.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { libpqEnv } from '../../support/machine/psql';
import type { PgServer } from '../../support/machine/server';
import { startBenchServer } from '../../support/measure/benchServer';
import { figure, report, shown, type Figure } from '../../support/measure/figures';
import { inWindow } from '../../support/measure/host/inWindow';
import type { HostResult, ManyLines } from '../../support/measure/host/hostResult';
import { seconds } from '../../support/measure/measure';
import { spreadOf } from '../../support/measure/turns';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const only = process.env['BENCH_ONLY'] ?? '';
const withJobs = only !== 'lines';
const withLines = only !== 'jobs';
const jobs = withJobs ? Number(process.env['BENCH_JOBS'] ?? 100) : 1;
const LINES = 200_000;
/** Lines that come at once; a pause follows, so that less than 50,000 lines come in a second. */
const BURST = 10_000;

/**
 * Tools that say many lines before they do what they are told; none while there is a file `silent`, and
 * not before a file `wait` is gone. They write from when to when they have waited for that.
 */
function talkingTools(dir: string, server: PgServer): string {
  const tools = path.join(dir, 'tools');
  mkdirSync(tools);
  const now = (name: string): string => `date +%s%N >'${tools}/${name}'`;
  const wait =
    `if [ -e '${tools}/wait' ]; then ${now('began')}; ` +
    `while [ -e '${tools}/wait' ]; do sleep 0.02; done; ${now('released')}; fi`;
  const lines =
    `awk 'BEGIN { for (i = 0; i < ${LINES}; i++) { ` +
    `print "pg_dump: flagging indexes of table \\"app.t" i "\\""; ` +
    `if (i % ${BURST} == 0) { fflush(); system("sleep 0.2") } } }' >&2`;
  for (const name of ['pg_dump', 'pg_restore', 'psql', 'pg_dumpall']) {
    const real = path.join(server.binDir, name);
    const talk =
      name === 'pg_dump'
        ? // A form also asks the tool what it can do, by short commands that are not verbose.
          `case "$*" in *--verbose*|-v*) ` +
          `[ -e '${tools}/silent' ] || { ${wait}; ${lines}; } ;; esac\n`
        : '';
    const file = path.join(tools, name);
    writeFileSync(file, `#!/bin/sh\n${talk}exec '${real}' "$@"\n`);
    chmodSync(file, 0o755);
  }
  return tools;
}

function emptyExtension(dir: string): string {
  const folder = path.join(dir, 'empty');
  mkdirSync(folder);
  const manifest = {
    ...{ name: 'empty', publisher: 'bench', version: '0.0.1', main: './main.js' },
    ...{ engines: { vscode: '^1.100.0' }, activationEvents: ['onCommand:bench.empty'] },
  };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(folder, 'main.js'), 'exports.activate = () => undefined;\n');
  return folder;
}

function oneWindow(server: PgServer, tools: string, empty: string): Promise<HostResult> {
  return inWindow({
    script: 'hostSide.main',
    server,
    database: 'postgres',
    otherExtension: empty,
    env: { PGBR_HOST_JOBS: String(jobs), PGBR_HOST_LINES: withLines ? tools : '' },
  });
}

/** Seconds that pg_dump takes alone, with its messages in a file. */
async function alone(tools: string, dir: string, server: PgServer): Promise<number> {
  const env = { ...process.env, ...libpqEnv(server, 'postgres') };
  const command = `'${tools}/pg_dump' -v -Fc -f '${dir}/alone' 2>'${dir}/messages'`;
  return seconds(() => {
    if (spawnSync('/bin/sh', ['-c', command], { env }).status !== 0) throw new Error(command);
  });
}

async function measure(server: PgServer, dir: string): Promise<Figure[]> {
  const tools = talkingTools(dir, server);
  const empty = emptyExtension(dir);
  const seen: HostResult[] = [];
  /** Milliseconds that the lines add to the tool. */
  const added: number[] = [];
  for (let round = 0; round < rounds; round++) {
    if (withLines) {
      const usual = await alone(server.binDir, dir, server);
      added.push(1000 * ((await alone(tools, dir, server)) - usual));
    }
    seen.push(await oneWindow(server, tools, empty));
  }
  const spread = (of: (each: HostResult, round: number) => number) => spreadOf(seen.map(of));
  for (const what of new Set(seen.flatMap(({ idle }) => idle))) console.log(`idle: ${what}`);
  const activation = (of: 'milliseconds' | 'processor') =>
    spread(({ activation: { ours, empty: other } }) => ours[of] - other[of]);
  return [
    figure('activation', activation('milliseconds')),
    shown('  processor time of the host', 'ms', activation('processor')),
    shown(
      '  the first command, which loads the rest',
      'ms',
      spread(({ firstUse }) => firstUse.milliseconds),
    ),
    shown(
      '  processor time of the host',
      'ms',
      spread(({ firstUse }) => firstUse.processor),
    ),
    ...(withJobs ? jobFigures(seen) : []),
    figure(
      'idle',
      spread(({ idle }) => idle.length),
    ),
    ...(withLines
      ? [...lineFigures(seen, added, 'noForm'), ...lineFigures(seen, added, 'form')]
      : []),
  ];
}

function jobFigures(seen: readonly HostResult[]): Figure[] {
  return [
    figure('hostAfterJobs', spreadOf(seen.map(({ afterJobs }) => afterJobs.held))),
    shown(
      '  of all that the process has',
      'MB',
      spreadOf(seen.map(({ afterJobs }) => afterJobs.resident)),
    ),
  ];
}

/** `added`: milliseconds that the lines add to the tool, in each round. */
function lineFigures(
  seen: readonly HostResult[],
  added: readonly number[],
  side: 'noForm' | 'form',
): Figure[] {
  const of = (value: keyof ManyLines): number[] =>
    seen.map(({ lines }) => lines?.[side][value] ?? NaN);
  // A job has its own fixed cost, which another bench measures.
  const alone = (round: number): number =>
    (seen[round]?.lines?.quiet ?? NaN) + (added[round] ?? NaN);
  const ratios = of('milliseconds').map((took, round) => took / alone(round));
  const name = (each: Figure): Figure =>
    side === 'form' ? { ...each, name: `${each.name}, from an open form` } : each;
  return [
    figure('manyLines', spreadOf(ratios)),
    figure('manyLinesHeld', spreadOf(of('heldMs'))),
    figure('manyLinesAnswer', spreadOf(of('answerMs'))),
    shown('  processor time of the extension host for them', 'ms', spreadOf(of('processor'))),
    figure('manyLinesMemory', spreadOf(of('memory'))),
  ].map(name);
}

async function main(): Promise<void> {
  const server = await startBenchServer();
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-host-'));
  try {
    report('host', await measure(server, dir));
  } finally {
    rmSync(dir, { recursive: true, force: true });
    await server.stop();
  }
}

void main();
