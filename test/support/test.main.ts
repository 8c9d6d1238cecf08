// `npm test`: sets up whatever is missing and runs every test.
// `npm test -- --only unit|integration|extension|e2e [--grep text] [part of a file name...]`
import { parseArgs } from 'node:util';
import { stopEverything } from './cleanup';
import { ensureChromium } from './machine/chromium';
import { ensurePostgres, testedMajors } from './machine/postgres';
import { type PgServer, randomPassword, startServer } from './machine/server';
import { ensureVscode } from './machine/vscodeServer';
import { note, step } from './steps';
import { runNpmScript } from './tiers/checks';
import { inLanes, laneCount } from './tiers/lanes';
import {
  type StageResult,
  type TierInput,
  runExtensionTier,
  runPlainTier,
  together,
} from './tiers/runTier';
import { type TimedResult, summary } from './tiers/summary';
import {
  allTestFiles,
  isWithoutVscode,
  longestFirst,
  tierOf,
  unloadedFiles,
} from './tiers/testFiles';
import { type Tier, tiers } from './tiers/tierReport';

interface Request {
  /** Undefined: everything. */
  readonly only: Tier | undefined;
  readonly grep: string | undefined;
  readonly fileParts: readonly string[];
}

function readRequest(): Request {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string' }, grep: { type: 'string' } },
    allowPositionals: true,
  });
  const only = tiers.find((tier) => tier === values.only);
  if (values.only !== undefined && only === undefined) {
    throw new Error(`--only takes one of: ${tiers.join(', ')}`);
  }
  return { only, grep: values.grep, fileParts: positionals };
}

const results: TimedResult[] = [];

async function stage(action: () => Promise<StageResult[]>, name: string): Promise<void> {
  const started = performance.now();
  let ended: StageResult[];
  try {
    ended = await action();
  } catch (error) {
    ended = [failed(name, error)];
  }
  const milliseconds = (performance.now() - started) / Math.max(1, ended.length);
  results.push(...ended.map((result) => ({ ...result, milliseconds })));
}

/** Downloads and unpacks what the tiers need, all at once: it mostly waits for the network. */
async function provision(wanted: (tier: Tier) => boolean): Promise<void> {
  const inVscode = wanted('extension') || wanted('e2e');
  await Promise.all([
    ...(wanted('integration') || inVscode ? [ensurePostgres(testedMajors)] : []),
    ...(inVscode ? [ensureChromium(), ensureVscode('minimum'), ensureVscode('current')] : []),
  ]);
}

/**
 * Servers for each lane: files that run at the same time must not see each other's databases. They
 * are started when first asked for.
 */
class LaneServers {
  private readonly lanes = new Map<number, Promise<PgServer[]>>();

  constructor(private readonly setUp: Promise<void>) {}

  of(lane: number): Promise<PgServer[]> {
    const started = this.lanes.get(lane) ?? this.start();
    this.lanes.set(lane, started);
    return started;
  }

  private async start(): Promise<PgServer[]> {
    await this.setUp;
    const installs = await ensurePostgres(testedMajors);
    const password = randomPassword();
    return step('starting servers', () =>
      Promise.all(installs.map((install) => startServer(install, { password }))),
    );
  }
}

/** A stage that needs no VS Code; several of a tier become one line of the summary. */
interface LaneTask {
  readonly name: string;
  readonly run: (lane: number) => Promise<StageResult>;
}

/** Carries out what can be done side by side, and adds one result for each name. */
async function runLaneTasks(tasks: readonly LaneTask[]): Promise<void> {
  const ended = new Map<string, { results: StageResult[]; from: number; to: number }>();
  await inLanes(
    laneCount,
    tasks.map(({ name, run }) => async (lane) => {
      const from = performance.now();
      const result = await run(lane).catch((error: unknown): StageResult => failed(name, error));
      const tier = ended.get(name) ?? { results: [], from, to: from };
      tier.results.push(result);
      tier.to = performance.now();
      ended.set(name, tier);
    }),
  );
  for (const [name, { results: parts, from, to }] of ended) {
    results.push({ ...together(name, parts), milliseconds: to - from });
  }
}

function failed(name: string, error: unknown): StageResult {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { name, passed: 0, failed: 1, loaded: {}, failures: [reason] };
}

async function main(): Promise<number> {
  const request = readRequest();
  const wanted = (tier: Tier): boolean => request.only === undefined || request.only === tier;
  const everything =
    request.only === undefined && request.grep === undefined && request.fileParts.length === 0;
  const { fileParts } = request;
  const filesOf = (tier: Tier): string[] =>
    allTestFiles()
      .filter((file) => wanted(tier) && tierOf(file) === tier)
      .filter((file) => fileParts.length === 0 || fileParts.some((part) => file.includes(part)));
  const grep = request.grep === undefined ? {} : { grep: request.grep };

  note('Setting up');
  const setUp = stage(async () => {
    await provision(wanted);
    return [{ name: 'setup', passed: 0, failed: 0, loaded: {}, failures: [] }];
  }, 'setup');
  const servers = new LaneServers(setUp);

  const tasks: LaneTask[] = [];
  if (everything) {
    tasks.push({ name: 'type check', run: () => runNpmScript('type check', 'check-types') });
    tasks.push({ name: 'lint', run: () => runNpmScript('lint', 'lint') });
  }
  const unit = filesOf('unit');
  const e2e = filesOf('e2e').filter((file) => !isWithoutVscode(file));
  const inBrowser = filesOf('e2e').filter(isWithoutVscode);
  const integration = longestFirst(filesOf('integration'));
  const side = [...inBrowser, ...integration];
  const held = laneCount > 1 && tasks.length + side.length > 1;
  if (unit.length > 0) {
    const input = { files: unit, servers: [], ...grep, held };
    tasks.push({ name: 'unit', run: () => runPlainTier('unit', input) });
  }
  for (const file of side) {
    const tier = inBrowser.includes(file) ? 'e2e' : 'integration';
    const run = async (lane: number): Promise<StageResult> => {
      const input = { files: [file], servers: await servers.of(lane), ...grep, held };
      return runPlainTier(tier, input);
    };
    tasks.push({ name: tier === 'e2e' ? 'pages' : tier, run });
  }
  await runLaneTasks(tasks);

  for (const tier of ['extension', 'e2e'] as const) {
    const files = tier === 'e2e' ? e2e : filesOf(tier);
    if (files.length === 0) continue;
    const input = async (): Promise<TierInput> => ({
      files,
      servers: await servers.of(0),
      ...grep,
    });
    if (tier === 'extension') {
      await stage(async () => runExtensionTier('minimum', await input()), 'extension minimum');
      await stage(async () => runExtensionTier('current', await input()), 'extension current');
    } else {
      await stage(async () => [await runPlainTier(tier, await input())], tier);
    }
  }
  await setUp;

  if (everything) {
    const loaded = Object.assign(
      {},
      ...results.map((result) => result.loaded),
    ) as TimedResult['loaded'];
    const failures = unloadedFiles(loaded);
    await stage(
      async () => [{ name: 'loader', passed: 0, failed: failures.length, loaded: {}, failures }],
      'loader',
    );
  }
  await stopEverything();
  note(summary(results));
  return results.some((result) => result.failed > 0) || results.length === 0 ? 1 : 0;
}

void main().then(
  (code) => process.exit(code),
  async (error: unknown) => {
    console.error(error);
    await stopEverything();
    note('0 passed, 1 failed');
    process.exit(1);
  },
);
