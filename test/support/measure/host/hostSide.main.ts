// The side of `npm run bench -- host` that runs in VS Code's extension host. What it finds is written
// as JSON to the file that PGBR_BENCH_RESULT names.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import type { BackupJob } from '../../../../src/core/model/job';
import type { HostResult, ManyLines } from './hostResult';

const OURS = 'pg-backup.pg-backup-restore';
const EMPTY = 'bench.empty';
/** Longer than anything that is put off until a job is over. */
const REST_MS = 3000;
/** Most time that a window gets to show the lines of a job that is over. */
const SHOWN_MS = 15_000;
/** Between two questions to the window. */
const ASK_MS = 20;

export async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'host-bench-'));
  try {
    const timers = watchTimers();
    const activation = { ours: await activate(OURS), empty: await activate(EMPTY) };
    const firstUse = await taken(() => vscode.commands.executeCommand('pgBackup.showOutput'));
    const backup = (name: string): Promise<number> => backUp(path.join(dir, name));
    await backup('warm');
    await backup('first');
    const first = { held: heldMegabytes(), resident: residentMegabytes() };
    for (let i = 1; i < Number(process.env['PGBR_HOST_JOBS']); i++) await backup(`job-${i}`);
    const afterJobs = {
      held: heldMegabytes() - first.held,
      resident: residentMegabytes() - first.resident,
    };
    await delay(REST_MS);
    const idle = [...timers(), ...ownProcesses()];
    const lines = process.env['PGBR_HOST_LINES'] === '' ? null : await manyLines(backup);
    const result: HostResult = { activation, firstUse, afterJobs, idle, lines };
    writeFileSync(process.env['PGBR_BENCH_RESULT'] ?? '', JSON.stringify(result));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** It must not be active yet. */
async function activate(id: string): Promise<HostResult['activation']['ours']> {
  const extension = vscode.extensions.getExtension(id);
  if (extension === undefined) throw new Error(`${id} is not installed`);
  if (extension.isActive) throw new Error(`${id} is active already`);
  return taken(() => extension.activate());
}

async function taken(action: () => Thenable<unknown>): Promise<HostResult['firstUse']> {
  const before = process.cpuUsage();
  const started = performance.now();
  await action();
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { milliseconds, processor: (user + system) / 1000 };
}

/** Milliseconds of a backup through the command API. */
async function backUp(outputPath: string): Promise<number> {
  const options = { connectionId: 'bench', outputPath };
  const started = performance.now();
  const job = await vscode.commands.executeCommand<BackupJob>('pgBackup.createBackup', { options });
  if (job.status !== 'completed') throw new Error(JSON.stringify(job.errors));
  return performance.now() - started;
}

function heldMegabytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return megabytesNow();
}

function residentMegabytes(): number {
  return process.memoryUsage().rss / 1e6;
}

function megabytesNow(): number {
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

/** Watches the timers that our code sets; what is returned names those that are still set. */
function watchTimers(): () => string[] {
  const set = new Map<unknown, string>();
  const { setTimeout: after, setInterval: every } = globalThis;
  const place = (): string => /dist[/\\][^\n]*/.exec(new Error('place').stack ?? '')?.[0] ?? '';
  const watched =
    (real: typeof setTimeout | typeof setInterval, repeats: boolean) =>
    (action: (...given: unknown[]) => void, ms?: number, ...rest: unknown[]): unknown => {
      const where = place();
      const timer: unknown = real(
        (...given: unknown[]) => {
          if (!repeats) set.delete(timer);
          action(...given);
        },
        ms,
        ...rest,
      );
      if (where.startsWith('dist')) set.set(timer, `${where} (${ms ?? 0} ms)`);
      return timer;
    };
  Object.assign(globalThis, {
    setTimeout: watched(after, false),
    setInterval: watched(every, true),
  });
  // A timer that was cleared says so itself.
  return () =>
    [...set].flatMap(([timer, where]) =>
      Reflect.get(Object(timer), '_destroyed') === true ? [] : [where],
    );
}

/** Command lines of this process's descendants that are ours (Linux). */
function ownProcesses(): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (parent === process.pid && /supervisor|guard|pg_|psql/.test(command)) found.push(command);
    } catch {
      // It has ended.
    }
  }
  return found;
}

/** A backup whose tool says 200,000 lines more than usual, against the same without them. */
async function manyLines(
  backup: (name: string) => Promise<number>,
): Promise<NonNullable<HostResult['lines']>> {
  const tools = process.env['PGBR_HOST_LINES'] ?? '';
  const told = (name: string): string => path.join(tools, name);
  const settings = vscode.workspace.getConfiguration('pgBackup');
  await settings.update('toolsPath', tools, vscode.ConfigurationTarget.Global);
  writeFileSync(told('silent'), '');
  // The first job looks at the tools.
  await backup('first-quiet');
  const quiet = await backup('quiet');
  rmSync(told('silent'));
  const noForm = await watched(() => backup('lines'));
  await untilShown();
  rmSync(told('began'), { force: true });
  writeFileSync(told('wait'), '');
  const job = backup('lines-form');
  while (!existsSync(told('began'))) await delay(20);
  // A form that is opened while its job runs shows it. What opening costs is another figure.
  await vscode.commands.executeCommand('pgBackup.backup', { connectionId: 'bench' });
  await delay(REST_MS);
  await untilShown();
  const form = await watched(async () => {
    rmSync(told('wait'));
    return (await job) - waited(tools);
  });
  return { quiet, noForm, form };
}

/**
 * The window shows what was said before as fast as it can: resolves when it answers at once again, or
 * after a while.
 */
async function untilShown(): Promise<void> {
  const until = performance.now() + SHOWN_MS;
  for (let quick = 0; quick < 5 && performance.now() < until; await delay(100)) {
    quick = (await answered()) < 50 ? quick + 1 : 0;
  }
}

/** Milliseconds that the tool has waited until it might speak, by its own clock. */
function waited(tools: string): number {
  const at = (name: string): number => Number(readFileSync(path.join(tools, name), 'utf8')) / 1e6;
  return at('released') - at('began');
}

/** `run` tells its own time in milliseconds; the window's answers count until all of it is shown. */
async function watched(run: () => Promise<number>): Promise<ManyLines> {
  const before = heldMegabytes();
  const held = watchHeld();
  const answers = watchAnswers();
  const used = process.cpuUsage();
  let most = 0;
  const look = setInterval(() => {
    if (megabytesNow() - before <= 30) {
      most = Math.max(most, megabytesNow() - before);
      return;
    }
    // The bench itself holds the host while it collects what is no longer used.
    most = Math.max(most, held.without(() => heldMegabytes()) - before);
  }, 100);
  const milliseconds = await run();
  clearInterval(look);
  const heldMs = held.end();
  const { user, system } = process.cpuUsage(used);
  await untilShown();
  const answerMs = await answers.end();
  return { milliseconds, heldMs, answerMs, processor: (user + system) / 1000, memory: most };
}

/** For how many milliseconds the host is held at a time, but for what `without` is told to do. */
function watchHeld(): { without: <T>(action: () => T) => T; end: () => number } {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  let most = 0;
  const take = (): void => {
    most = Math.max(most, delays.max / 1e6);
    // Whether it is stopped meanwhile or not: the time to the next tick would count as being held.
    delays.reset();
  };
  delays.enable();
  return {
    without: (action) => {
      take();
      const result = action();
      delays.reset();
      return result;
    },
    end: () => {
      take();
      delays.disable();
      return most;
    },
  };
}

/** How many milliseconds the window takes at most to carry out a command, as after a click. */
function watchAnswers(): { end: () => Promise<number> } {
  let ended = false;
  let most = 0;
  const asking = (async () => {
    while (!ended) {
      most = Math.max(most, await answered());
      await delay(ASK_MS);
    }
  })();
  return {
    end: async () => {
      ended = true;
      await asking;
      return most;
    },
  };
}

/** Milliseconds that the window takes to carry out a command of its own. */
async function answered(): Promise<number> {
  const asked = performance.now();
  await vscode.commands.executeCommand('setContext', 'bench.asked', true);
  return performance.now() - asked;
}
