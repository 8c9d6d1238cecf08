import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repoPaths } from '../repoPaths';

/** The kinds of tests, in the order in which they run. */
export const tiers = [
  'unit',
  'soak',
  'integration',
  'extension',
  'e2e',
  'windows',
  'containers',
  'disasters',
] as const;

/** A kind of tests: a folder below test/. */
export type Tier = (typeof tiers)[number];

/**
 * Is the tier left out of a run of everything, so that it only runs by itself? Not every machine
 * lets its user run containers, and the tier fails on those that do not; all disasters take minutes.
 */
export function isByItself(tier: Tier): boolean {
  return tier === 'containers' || tier === 'disasters';
}

/** What one mocha run did. */
export interface TierReport {
  readonly passed: number;
  /** Failed tests and hooks. */
  readonly failed: number;
  /** Test files that were loaded (relative to out/test, without ending): number of their tests. */
  readonly loaded: Readonly<Record<string, number>>;
  /** Milliseconds that each of these files took, including its hooks. */
  readonly milliseconds: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

const reportVariable = 'PGBR_TEST_REPORT';
const grepVariable = 'PGBR_TEST_GREP';
const filesVariable = 'PGBR_TEST_FILES';
const briefVariable = 'PGBR_TEST_BRIEF';
const platformVariable = 'PGBR_TEST_PLATFORM';

/**
 * The order of a mocha run. It is passed by environment, because one of the runs is inside VS Code.
 */
export interface MochaOrder {
  readonly reportFile: string;
  /** Relative to out/test, without ending. */
  readonly files: readonly string[];
  readonly grep?: string;
  /** Prints a dot for each test, and details of failed ones. */
  readonly brief?: boolean;
  /** What `process.platform` says to the tests; this system's by default. */
  readonly platform?: NodeJS.Platform;
}

/** Environment that carries the order. */
export function orderEnv(order: MochaOrder): Record<string, string> {
  return {
    [reportVariable]: order.reportFile,
    [filesVariable]: JSON.stringify(order.files),
    ...(order.grep === undefined ? {} : { [grepVariable]: order.grep }),
    ...(order.brief === true ? { [briefVariable]: '1' } : {}),
    ...(order.platform === undefined ? {} : { [platformVariable]: order.platform }),
  };
}

/** The order that this process was given. */
export function readOrder(): MochaOrder {
  const reportFile = process.env[reportVariable];
  const files = process.env[filesVariable];
  const grep = process.env[grepVariable];
  const platform = process.env[platformVariable] as NodeJS.Platform | undefined;
  if (reportFile === undefined || files === undefined) {
    throw new Error('this is started by npm test, which says what to run');
  }
  return {
    reportFile,
    files: JSON.parse(files) as string[],
    ...(grep === undefined ? {} : { grep }),
    ...(platform === undefined ? {} : { platform }),
    brief: process.env[briefVariable] !== undefined,
  };
}

/** Absolute path of a built test: a module, or a bundle that holds all it needs. */
export function builtTest(file: string): string {
  const isModule = file.startsWith('integration/');
  return path.join(repoPaths.builtTests, `${file}.${isModule ? 'mjs' : 'js'}`);
}

/** Leaves the report for the parent. */
export function writeReport(file: string, report: TierReport): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(report, undefined, 2));
}

/** The report of a run; undefined when the run crashed without one. */
export function readReport(file: string): TierReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TierReport;
  } catch {
    return undefined;
  }
}
