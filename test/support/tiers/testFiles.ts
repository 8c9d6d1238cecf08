import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { VscodeVersion } from '../install/vscodeServer';
import { repoPaths } from '../repoPaths';
import { isByItself, type Tier, tiers } from './tierReport';

/** Every `*.test.ts` below test/, relative to it and without `.ts`. */
export function allTestFiles(): string[] {
  const root = path.join(repoPaths.root, 'test');
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).slice(0, -3))
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

/** The tier whose folder a test file is in, if it is in one. */
export function tierOf(file: string): Tier | undefined {
  return tiers.find((tier) => file.startsWith(`${tier}/`));
}

/** Test files of the extension tier that run in a workspace that is not trusted. */
export function isRestricted(file: string): boolean {
  return file.startsWith('extension/restricted/');
}

/** Does a test file of the disasters run in the extension host? */
export function isInVscode(file: string): boolean {
  return file.startsWith('disasters/inVscode/');
}

/**
 * Whether a test file of the extension tier runs in this version of VS Code. The oldest version
 * runs tests that depend on VS Code's behaviour. Tests that only pass arguments to commands, and
 * those in a workspace that is not trusted, run in the current version alone.
 */
export function runsInVersion(file: string, version: VscodeVersion): boolean {
  return version === 'current' || !(isRestricted(file) || file.startsWith('extension/once/'));
}

/**
 * Of the windows tier, what takes long only runs by itself: `whole` by Windows' Node, `around` by this
 * system's, which drives Windows' programs.
 */
function isLongOnWindows(file: string): boolean {
  return file.startsWith('windows/whole/') || isAroundWindows(file);
}

/** Is the test file of the windows tier run by this system's Node? */
export function isAroundWindows(file: string): boolean {
  return file.startsWith('windows/around/');
}

/**
 * Is it a unit test about paths, programs or connections, which also runs as if this were a Mac? What
 * only waits for commands is the same on all systems but Windows.
 */
export function runsAsMacos(file: string): boolean {
  return /^unit\/(?:files|pgtools|connections)\//.test(file) && !file.includes('passwordCommand');
}

/** A unit test that every run of the windows tier runs, too. */
const unitOnWindows = 'unit/jobs/supervisor/jobLog.test';

/** Tests of which the windows tier runs all when it runs by itself. */
const TIERS_ON_WINDOWS: readonly (Tier | undefined)[] = ['windows', 'unit', 'soak'];

/**
 * The files of a tier that a run of everything runs, or one of the tier `byItself`. `parts` of names
 * choose among them.
 */
export function filesOfTier(tier: Tier, byItself: boolean, parts: readonly string[]): string[] {
  const isChosen = (file: string): boolean => parts.some((part) => file.includes(part));
  const all = allTestFiles();
  const files = usualFiles(all, tier, byItself);
  return parts.length === 0 ? files : files.filter(isChosen);
}

function usualFiles(all: readonly string[], tier: Tier, byItself: boolean): string[] {
  const files = all.filter((file) => tierOf(file) === tier);
  if (tier !== 'windows') return files;
  return byItself
    ? all.filter((file) => TIERS_ON_WINDOWS.includes(tierOf(file)))
    : [unitOnWindows, ...files.filter((file) => !isLongOnWindows(file))];
}

/** Does a file of the e2e tier need only a browser, so that others may run beside it? */
export function isWithoutVscode(file: string): boolean {
  return file.startsWith('e2e/pages');
}

/**
 * Seconds that a process of tests takes where nothing else runs much, by its one file or its stage:
 * for tests in VS Code, whose size does not show how long they take. Only the order in which they
 * start depends on it.
 */
export const usualSeconds: Readonly<Record<string, number>> = {
  'extension current': 120,
  'e2e/archive.test': 85,
  'e2e/forms.test': 85,
  'e2e/views.test': 80,
  'e2e/connect.test': 80,
  'extension minimum': 55,
  'e2e/package.test': 50,
  'extension current restricted': 20,
  // Short files that run many cases or wait for slow ones.
  'integration/preflight/disasters.test': 20,
  'integration/supervisor/faults.test': 20,
  'integration/progress/progressVerify.test': 15,
  windows: 75,
};

/** What one process of tests runs, and the stage that it belongs to. */
export interface Batch {
  readonly name: string;
  readonly files: readonly string[];
}

/** Where nothing is known, a test file takes about a second for each kilobyte. */
function expectedSeconds({ name, files }: Batch): number {
  const [only, ...others] = files;
  const alone = only !== undefined && others.length === 0;
  const known = (alone ? usualSeconds[only] : undefined) ?? usualSeconds[name];
  const size = (file: string): number =>
    statSync(path.join(repoPaths.root, 'test', `${file}.ts`)).size;
  return known ?? files.reduce((sum, file) => sum + size(file), 0) / 1000;
}

/** Those that take longest first: the last, beside which nothing is left to run, should be a short one. */
export function longestFirst<T extends Batch>(batches: readonly T[]): T[] {
  return [...batches].sort((a, b) => expectedSeconds(b) - expectedSeconds(a));
}

/** What the loader check finds: files that no tier loaded, or that hold no test. */
export function unloadedFiles(loaded: Readonly<Record<string, number>>): string[] {
  return allTestFiles().flatMap((file) => {
    const tier = tierOf(file);
    if (tier === undefined) return [`test/${file}.ts lies in no tier's folder`];
    if (isByItself(tier) || isLongOnWindows(file)) return [];
    const tests = loaded[file];
    if (tests === undefined) return [`test/${file}.ts was not loaded`];
    return tests === 0 ? [`test/${file}.ts holds no test`] : [];
  });
}
