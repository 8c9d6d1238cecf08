import path from 'node:path';
import { rm } from 'node:fs/promises';
import type { ServerCoordinates } from '../machine/server';
import type { VscodeVersion } from '../install/vscodeServer';
import { repoPaths } from '../repoPaths';
import { serversEnv } from '../servers';
import { runChild } from './childTier';
import { soak } from './soak';
import { tierOf } from './testFiles';
import { type Tier, type TierReport, orderEnv, readReport } from './tierReport';

/** The result of a stage of the run. */
export interface StageResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly loaded: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

/** Which tests to run, and what they may use. */
export interface TierInput {
  readonly files: readonly string[];
  readonly grep?: string;
  readonly servers: readonly ServerCoordinates[];
  /** Another process runs beside it: what it prints comes in one piece. */
  readonly held?: boolean;
  /** Prints a dot for each test. */
  readonly brief?: boolean;
  /** What `process.platform` says to the tests; this system's by default. */
  readonly platform?: NodeJS.Platform;
}

const minutes = 60_000;
/** Limits in milliseconds for tests that hang, long enough for a busy machine. */
const testTimeouts: Readonly<Record<Tier, number>> = {
  unit: 3 * minutes,
  soak: 60 * minutes,
  integration: 5 * minutes,
  extension: 8 * minutes,
  e2e: 8 * minutes,
  windows: 8 * minutes,
  containers: 5 * minutes,
  disasters: 8 * minutes,
};
/** Limit in milliseconds for processes that hang. */
const RUN_LIMIT_MS = 15 * minutes;
const SOAK_LIMIT_MS = 180 * minutes;

/** What a run has left; undefined when it left no report. `clean`: it ended without an error. */
export function toResult(
  name: string,
  report: TierReport | undefined,
  clean: boolean,
): StageResult {
  if (report === undefined) {
    return { name, passed: 0, failed: 1, loaded: {}, failures: ['it ended without a report'] };
  }
  const { passed, loaded, failures, failed } = report;
  // A run that reports success and then crashes has failed.
  const died = !clean && failed === 0;
  return {
    name,
    passed,
    failed: failed + (died ? 1 : 0),
    loaded,
    failures: died ? ['it ended with an error after its tests'] : failures,
  };
}

async function freshReportFile(name: string): Promise<string> {
  const file = path.join(repoPaths.out, 'reports', `${name.replaceAll(/[ /]/g, '-')}.json`);
  await rm(file, { force: true });
  return file;
}

/** Runs a tier that needs no VS Code around it, or a file of it alone. */
export async function runPlainTier(tier: Tier, input: TierInput): Promise<StageResult> {
  const [only, ...others] = input.files;
  const alone = only !== undefined && others.length === 0;
  const reportFile = await freshReportFile(
    alone ? only : [tier, input.platform ?? ''].join(' ').trim(),
  );
  const order = { reportFile, files: input.files, ...pick(input) };
  const script = path.join(repoPaths.builtTests, 'support/tiers/mocha.main.js');
  const env = { ...serversEnv(input.servers), ...orderEnv(order) };
  const limit = tier === 'soak' || soak.isLong ? SOAK_LIMIT_MS : RUN_LIMIT_MS;
  const code = await runChild([script, String(testTimeouts[tier])], env, limit, input.held);
  return toResult(tier, readReport(reportFile), code === 0);
}

/** The joint result of several runs of one tier. */
export function together(name: string, results: readonly StageResult[]): StageResult {
  const sum = (key: 'passed' | 'failed'): number => results.reduce((n, r) => n + r[key], 0);
  return {
    name,
    passed: sum('passed'),
    failed: sum('failed'),
    loaded: Object.assign({}, ...results.map((r) => r.loaded)) as StageResult['loaded'],
    failures: results.flatMap((r) => r.failures),
  };
}

function pick({
  grep,
  brief,
  platform,
}: TierInput): Pick<TierInput, 'grep' | 'brief' | 'platform'> {
  return {
    ...(grep === undefined ? {} : { grep }),
    ...(brief === undefined ? {} : { brief }),
    ...(platform === undefined ? {} : { platform }),
  };
}

/**
 * Runs files of the extension tier in one VS Code version, in a workspace that is trusted or
 * `restricted`.
 */
export async function runExtensionTier(
  version: VscodeVersion,
  restricted: boolean,
  input: TierInput,
): Promise<StageResult> {
  const name = extensionStage(version, restricted);
  const reportFile = await freshReportFile(name);
  const order = { reportFile, files: input.files, ...pick(input) };
  const script = path.join(repoPaths.builtTests, 'support/tiers/extension.main.js');
  const args = [script, version, restricted ? 'restricted' : 'trusted'];
  const env = { ...serversEnv(input.servers), ...orderEnv(order) };
  const long = input.files.some((file) => tierOf(file) === 'disasters');
  const limit = long ? SOAK_LIMIT_MS : RUN_LIMIT_MS + minutes;
  const code = await runChild(args, env, limit, input.held);
  return toResult(name, readReport(reportFile), code === 0);
}

/** The line of the summary that a run of the extension tier gets. */
export function extensionStage(version: VscodeVersion, restricted: boolean): string {
  return `extension ${version}${restricted ? ' restricted' : ''}`;
}
