// `npm run check`: what to know before a commit, in less than a minute when little has changed. The
// type check is incremental. Of the unit tests, those run whose code, with all that it imports, has
// changed since they last passed.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stopEverything } from './machine/cleanup';
import { repoPaths } from './repoPaths';
import { note } from './tiers/steps';
import { runScript } from './tiers/checks';
import { inLanes } from './tiers/lanes';
import { runPlainTier, type StageResult } from './tiers/runTier';
import { summary, type TimedResult } from './tiers/summary';
import { allTestFiles, tierOf } from './tiers/testFiles';
import { builtTest } from './tiers/tierReport';

const cache = path.join(repoPaths.root, '.cache/check');
const passedFile = path.join(cache, 'units.json');
const projects = [
  'tsconfig.json',
  'tsconfig.browser.json',
  'webview/tsconfig.json',
  'test/tsconfig.json',
];
/** Tests that read the repository itself: they always run. */
const always = /^unit\/(support|manifest)\//;
/** Files of the repository that other tests read when they run. */
const readByTests = ['test/fixtures', '.github/options.md', 'package.json', 'package.nls.json'];

/** The scripts that npm's own links lead to; those are no scripts on Windows. */
const programs = {
  tsc: 'typescript/bin/tsc',
  oxlint: 'oxlint/bin/oxlint',
} as const;

function program(name: keyof typeof programs): string {
  return path.join(repoPaths.root, 'node_modules', programs[name]);
}

async function types(): Promise<StageResult[]> {
  const results: StageResult[] = [];
  for (const project of projects) {
    const info = path.join(cache, `${project.replaceAll('/', '-')}.tsbuildinfo`);
    const args = ['-p', project, '--incremental', '--tsBuildInfoFile', info];
    results.push(await runScript(`types of ${project}`, [program('tsc'), ...args]));
  }
  return results;
}

async function lint(): Promise<StageResult[]> {
  return [
    await runScript('oxlint', [program('oxlint'), '-c', 'oxlint.config.mjs']),
    await runScript('format', [path.join(repoPaths.root, 'test/support/checkFormat.mjs')]),
    await runScript('texts', [
      ...[path.join(repoPaths.builtTests, 'support/l10n.main.js'), '--check'],
    ]),
  ];
}

function filesBelow(file: string): string[] {
  const absolute = path.join(repoPaths.root, file);
  const entries = readdirSync(absolute, { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile()).map((e) => path.join(e.parentPath, e.name));
}

/** A hash of each test's bundle, which changes with everything that the test imports. */
function hashesOfUnits(files: readonly string[]): Map<string, string> {
  const shared = createHash('sha256');
  for (const name of readByTests) {
    const place = path.join(repoPaths.root, name);
    const read = statSync(place).isFile() ? [place] : filesBelow(name);
    for (const file of read) shared.update(file).update(readFileSync(file));
  }
  const common = shared.digest('hex');
  const hash = (file: string): string =>
    createHash('sha256')
      .update(common)
      .update(readFileSync(builtTest(file)))
      .digest('hex');
  return new Map(files.map((file) => [file, hash(file)]));
}

function readPassed(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(passedFile, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}

async function units(): Promise<StageResult[]> {
  const all = allTestFiles().filter((file) => ['unit', 'soak'].includes(tierOf(file) ?? ''));
  const hashes = hashesOfUnits(all);
  const passed = readPassed();
  const files = all.filter((file) => always.test(file) || passed[file] !== hashes.get(file));
  const name = `unit tests in ${files.length} of ${all.length} files`;
  const input = { files, servers: [], held: true, brief: true };
  const result = { ...(await runPlainTier('unit', input)), name };
  if (result.failed === 0) writeFileSync(passedFile, JSON.stringify(Object.fromEntries(hashes)));
  return [result];
}

async function main(): Promise<number> {
  mkdirSync(cache, { recursive: true });
  const results: TimedResult[] = [];
  const timed = (stage: () => Promise<StageResult[]>) => async (): Promise<void> => {
    const began = performance.now();
    const ended = await stage();
    const milliseconds = (performance.now() - began) / ended.length;
    results.push(...ended.map((result) => ({ ...result, milliseconds })));
  };
  await inLanes(2, [timed(types), timed(lint), timed(units)]);
  note(summary(results));
  return results.some(({ failed }) => failed > 0) ? 1 : 0;
}

void main()
  .catch((error: unknown) => {
    console.error(error);
    return 1;
  })
  .then(async (code) => {
    await stopEverything();
    process.exit(code);
  });
