import { spawn } from 'node:child_process';
import { createReadStream, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ensureNode } from '../install/vscodeServer';
import { windowsPath } from '../windows/windowsPath';
import { ensureWindowsTools } from '../install/windowsTools';
import { type CodePage, ensureWine, startWine, type Wine } from '../install/wine';
import { stopAtExit } from '../machine/cleanup';
import { repoPaths } from '../repoPaths';
import { serversEnv } from '../servers';
import { step } from './steps';
import { type StageResult, runPlainTier, type TierInput, together, toResult } from './runTier';
import { isAroundWindows } from './testFiles';
import { orderEnv, readReport } from './tierReport';

const NODE = '20.20.2';
/** Limits in milliseconds, against what hangs, for all tests together and for one. */
const LIMIT_MS = 90 * 60_000;
const TEST_LIMIT_MS = 5 * 60_000;

/** Windows' Node and PostgreSQL's tools for Windows: absolute paths of this system. */
interface WindowsPrograms {
  readonly node: string;
  readonly toolsDir: string;
}

/**
 * Sets up, once, in the cache, what the tier needs beside a server.
 *
 * @throws an error that says why, where Wine cannot be had
 */
export async function ensureWindows(): Promise<WindowsPrograms> {
  const [toolsDir, node] = await Promise.all([
    step("PostgreSQL's tools for Windows", ensureWindowsTools),
    step("Windows' Node", () => ensureNode(NODE, 'win32')),
    step('Wine', ensureWine),
  ]);
  return { node, toolsDir };
}

/** Runs tests by Windows' Node, and those that drive Windows' programs from outside, one after the other. */
export async function runWindowsTier(input: TierInput): Promise<StageResult> {
  const around = input.files.filter(isAroundWindows);
  const inside = input.files.filter((file) => !isAroundWindows(file));
  const results: StageResult[] = [];
  if (inside.length > 0) results.push(await runInWine({ ...input, files: inside }));
  if (around.length > 0) results.push(await runPlainTier('windows', { ...input, files: around }));
  return together('windows', results);
}

/** Runs tests by Windows' Node, in a Windows of its own with this code page. */
export async function runInWine(input: TierInput, codePage: CodePage = 1252): Promise<StageResult> {
  const { node, toolsDir } = await ensureWindows();
  const wine = await startWine(undefined, codePage);
  const dir = await mkdtemp(path.join(tmpdir(), 'pg-backup-windows-'));
  const forget = stopAtExit({ stop: () => wine.stop(), stopNow: () => wine.stopNow() });
  try {
    const reportFile = path.join(dir, 'report.json');
    const outputFile = path.join(dir, 'output');
    const servers = input.servers.map((server) => ({ ...server, binDir: windowsPath(toolsDir) }));
    const { files, grep } = input;
    const env = {
      PGBR_TEST_CODE_PAGE: String(codePage),
      ...serversEnv(servers),
      ...orderEnv({ reportFile: windowsPath(reportFile), files, ...(grep ? { grep } : {}) }),
    };
    const script = path.join(repoPaths.builtTests, 'support/tiers/mocha.main.js');
    const args = [node, windowsPath(script), String(TEST_LIMIT_MS)];
    const code = await runToFile(wine, args, env, outputFile);
    await pipeline(createReadStream(outputFile), process.stdout, { end: false });
    return toResult('windows', readReport(reportFile), code === 0);
  } finally {
    forget();
    await wine.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * Runs a program with its output in a file, because Windows' Node cannot write to pipes of this
 * system. Its environment is its own: what this machine's holds must not matter.
 */
function runToFile(
  wine: Wine,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  outputFile: string,
): Promise<number | null> {
  const output = openSync(outputFile, 'w');
  return new Promise((resolve) => {
    const child = spawn(wine.file, args, {
      cwd: repoPaths.root,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...wine.env, ...env },
      stdio: ['ignore', output, output],
      timeout: LIMIT_MS,
    });
    child.on('error', () => resolve(null));
    child.on('exit', resolve);
  });
}
