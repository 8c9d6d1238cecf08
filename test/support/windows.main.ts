// `npm run test:windows`: chosen tests by Windows' Node and tools, under Wine.
// `npm run test:windows -- [--grep text] [part of a file name...]`
import { spawn } from 'node:child_process';
import { createReadStream, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { ensurePostgres } from './install/postgres';
import { ensureNode } from './install/vscodeServer';
import { ensureWindowsTools } from './install/windowsTools';
import { startWine } from './install/wine';
import { stopAtExit, stopEverything } from './machine/cleanup';
import { memoryDisk } from './machine/memoryDisk';
import { startServer } from './machine/server';
import { repoPaths } from './repoPaths';
import { serversEnv } from './servers';
import { note, step } from './tiers/steps';
import { orderEnv, readReport } from './tiers/tierReport';

const NODE = '20.20.2';
const MAJOR = 18;
/** Limit in milliseconds for all tests together. */
const LIMIT_MS = 10 * 60_000;
const TEST_LIMIT_MS = 60_000;

/** Unit tests about differences between systems, and tests for Windows alone. */
const files = [
  'unit/files/pathKey.test',
  'unit/files/replaceFile.test',
  'unit/pgtools/codePage.test',
  'unit/jobs/supervisor/jobLog.test',
  'unit/jobs/supervisor/processPipe.test',
  'windows/system.windows',
  'windows/supervisor.windows',
  'windows/jobs.windows',
];

/** A path of this system as Wine shows it to Windows' programs. */
function windowsPath(file: string): string {
  return `Z:${file.replaceAll('/', '\\')}`;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { grep: { type: 'string' } },
    allowPositionals: true,
  });
  const memory = memoryDisk();
  if (memory !== undefined) process.env['TMPDIR'] = memory;
  const chosen = files.filter(
    (file) => positionals.length === 0 || positionals.some((part) => file.includes(part)),
  );
  const [tools, node, wine, installs] = await Promise.all([
    step("PostgreSQL's tools for Windows", ensureWindowsTools),
    step("Windows' Node", () => ensureNode(NODE, 'win32')),
    step('Wine', startWine),
    ensurePostgres([MAJOR]),
  ]);
  stopAtExit({ stop: () => wine.stop(), stopNow: () => undefined });
  const server = await startServer(installs[0] ?? fail('no server'));
  const dir = await mkdtemp(path.join(tmpdir(), 'pg-backup-windows-'));
  const reportFile = path.join(dir, 'report.json');
  const outputFile = path.join(dir, 'output');
  const env = {
    ...wine.env,
    ...serversEnv([{ ...server, binDir: windowsPath(tools) }]),
    ...orderEnv({
      reportFile: windowsPath(reportFile),
      files: chosen,
      ...(values.grep === undefined ? {} : { grep: values.grep }),
    }),
  };
  const script = path.join(repoPaths.builtTests, 'support/tiers/mocha.main.js');
  const args = [node, windowsPath(script), String(TEST_LIMIT_MS)];
  await runToFile(wine.file, args, env, outputFile);
  await pipeline(createReadStream(outputFile), process.stdout, { end: false });
  const report = readReport(reportFile);
  await stopEverything();
  await rm(dir, { recursive: true, force: true });
  const {
    passed = 0,
    failed = 1,
    failures = ['the tests did not come to their end'],
  } = report ?? {};
  note([...failures, `${passed} passed, ${failed} failed, under Wine`].join('\n'));
  return failed > 0 || passed === 0 ? 1 : 0;
}

/**
 * Runs a program with its output in a file, because Windows' Node cannot write to pipes of this
 * system.
 */
function runToFile(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  outputFile: string,
): Promise<void> {
  const output = openSync(outputFile, 'w');
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: repoPaths.root,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', output, output],
      timeout: LIMIT_MS,
    });
    child.on('error', () => resolve());
    child.on('exit', () => resolve());
  });
}

function fail(text: string): never {
  throw new Error(text);
}

void main().then(
  (code) => process.exit(code),
  async (error: unknown) => {
    console.error(error);
    await stopEverything();
    process.exit(1);
  },
);
