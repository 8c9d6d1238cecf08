// `npm test`: sets up whatever is missing and runs every test.
// `npm test -- --only unit|soak|integration|extension|e2e|windows|containers|disasters [--grep text] [part of a file name...]`
import { parseArgs } from 'node:util';
import { stopEverything } from './machine/cleanup';
import { ensureChromium } from './install/chromium';
import { memoryDisk } from './machine/memoryDisk';
import { makeOriginals } from './machine/newCluster';
import { ensurePostgres, type PostgresInstall, testedMajors } from './install/postgres';
import { type PgServer, randomPassword, startServer } from './machine/server';
import { ensureVscode } from './install/vscodeServer';
import { type Provisions, ranWith } from './tiers/ranWith';
import { note, step } from './tiers/steps';
import { ensureWindows, runWindowsTier } from './tiers/windowsTier';
import { runNpmScript } from './tiers/checks';
import { inLanes, laneCount } from './tiers/lanes';
import {
  type StageResult,
  type TierInput,
  extensionStage,
  runExtensionTier,
  runPlainTier,
  together,
} from './tiers/runTier';
import { type TimedResult, summary } from './tiers/summary';
import {
  filesOfTier,
  isInVscode,
  isRestricted,
  isWithoutVscode,
  longestFirst,
  runsAsMacos,
  runsInVersion,
  unloadedFiles,
} from './tiers/testFiles';
import { isByItself, type Tier, tiers } from './tiers/tierReport';

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

/** Do the tests of this tier run without servers and VS Code, many files in one process? */
function needsNothing(tier: Tier): boolean {
  return tier === 'unit' || tier === 'soak';
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
async function provision(wanted: (tier: Tier) => boolean): Promise<Provisions> {
  const inVscode = wanted('extension') || wanted('e2e') || wanted('disasters');
  const [postgres, vscode, chromium] = await Promise.all([
    wanted('integration') || wanted('containers') || wanted('windows') || inVscode
      ? ensurePostgres(testedMajors)
      : [],
    inVscode ? Promise.all([ensureVscode('minimum'), ensureVscode('current')]) : [],
    inVscode ? ensureChromium() : undefined,
  ]);
  return { postgres, vscode, chromium };
}

/**
 * Servers for each lane: files that run at the same time must not see each other's databases. They
 * are started when first asked for.
 */
class LaneServers {
  private readonly lanes = new Map<number, Promise<PgServer[]>>();
  private readonly password = randomPassword();
  private installs: Promise<PostgresInstall[]> | undefined;

  constructor(private readonly setUp: Promise<void>) {}

  of(lane: number): Promise<PgServer[]> {
    const started = this.lanes.get(lane) ?? this.start();
    this.lanes.set(lane, started);
    return started;
  }

  private async start(): Promise<PgServer[]> {
    this.installs ??= this.prepare();
    const installs = await this.installs;
    const { password } = this;
    return step('starting servers', () =>
      Promise.all(installs.map((install) => startServer(install, { password }))),
    );
  }

  private async prepare(): Promise<PostgresInstall[]> {
    await this.setUp;
    const installs = await ensurePostgres(testedMajors);
    await makeOriginals(installs, this.password);
    return installs;
  }
}

/** A task that runs beside others; tasks of one name share a line of the summary. */
interface LaneTask {
  readonly name: string;
  readonly run: (lane: number) => Promise<StageResult>;
}

/** Carries out what can be done side by side, and adds one result for each name. */
async function runLaneTasks(tasks: readonly LaneTask[], lanes: number): Promise<void> {
  const ended = new Map<string, { results: StageResult[]; from: number; to: number }>();
  await inLanes(
    lanes,
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

/** Test files for one process. */
interface Order {
  readonly name: string;
  readonly files: readonly string[];
  readonly needsServers: boolean;
  readonly run: (input: TierInput) => Promise<StageResult>;
}

/**
 * Tests in VS Code come last: they take all of the processor, so they must not run beside tests
 * that measure durations.
 */
function testOrders(filesOf: (tier: Tier) => string[]): Order[] {
  const orders: Order[] = [];
  for (const tier of tiers.filter(needsNothing)) {
    const files = filesOf(tier);
    const run = (input: TierInput): Promise<StageResult> => runPlainTier(tier, input);
    if (files.length > 0) orders.push({ name: tier, files, needsServers: false, run });
  }
  const asMacos = filesOf('unit').filter(runsAsMacos);
  if (asMacos.length > 0) {
    const run = (input: TierInput): Promise<StageResult> =>
      runPlainTier('unit', { ...input, platform: 'darwin' });
    orders.push({ name: 'macos', files: asMacos, needsServers: false, run });
  }
  const eachOf = (tier: Tier, files: readonly string[]): Order[] =>
    files.map((file) => ({
      name: tier,
      files: [file],
      needsServers: true,
      run: (input) => runPlainTier(tier, input),
    }));
  const e2e = filesOf('e2e');
  const inVscode = e2e.filter((file) => !isWithoutVscode(file));
  const pages = e2e.filter(isWithoutVscode);
  if (pages.length > 0) {
    // They share a browser.
    const run = (input: TierInput): Promise<StageResult> => runPlainTier('e2e', input);
    orders.push({ name: 'pages', files: pages, needsServers: false, run });
  }
  orders.push(...longestFirst(eachOf('integration', filesOf('integration'))));
  orders.push(...eachOf('containers', filesOf('containers')));
  const disasters = filesOf('disasters');
  orders.push(
    ...eachOf(
      'disasters',
      disasters.filter((file) => !isInVscode(file)),
    ),
    ...disasters.filter(isInVscode).map((file): Order => ({
      ...{ name: 'disasters', files: [file], needsServers: true },
      run: (input) => runExtensionTier('current', false, input),
    })),
  );
  const windows = windowsOrders(filesOf('windows'));
  orders.push(
    ...longestFirst([...eachOf('e2e', inVscode), ...extensionOrders(filesOf), ...windows]),
  );
  return orders;
}

function windowsOrders(files: string[]): Order[] {
  return files.length > 0
    ? [{ name: 'windows', files, needsServers: true, run: runWindowsTier }]
    : [];
}

function extensionOrders(filesOf: (tier: Tier) => string[]): Order[] {
  const orders: Order[] = [];
  for (const restricted of [false, true]) {
    for (const version of ['current', 'minimum'] as const) {
      const files = filesOf('extension').filter(
        (file) => isRestricted(file) === restricted && runsInVersion(file, version),
      );
      if (files.length === 0) continue;
      const run = (input: TierInput): Promise<StageResult> =>
        runExtensionTier(version, restricted, input);
      const name = extensionStage(version, restricted);
      orders.push({ name, files, needsServers: true, run });
    }
  }
  return orders;
}

function failed(name: string, error: unknown): StageResult {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { name, passed: 0, failed: 1, loaded: {}, failures: [reason] };
}

async function main(): Promise<number> {
  const request = readRequest();
  const memory = memoryDisk();
  // Servers, files of tests, and all processes from here on.
  if (memory !== undefined) process.env['TMPDIR'] = memory;
  const wanted = (tier: Tier): boolean =>
    request.only === undefined ? !isByItself(tier) : request.only === tier;
  const everything =
    request.only === undefined && request.grep === undefined && request.fileParts.length === 0;
  const filesOf = (tier: Tier): string[] =>
    wanted(tier) ? filesOfTier(tier, request.only === tier, request.fileParts) : [];
  const grep = request.grep === undefined ? {} : { grep: request.grep };

  note('Setting up');
  let versions: string[] = [];
  const setUp = stage(async () => {
    versions = await ranWith(await provision(wanted));
    note(versions.map((line) => `  ${line}`).join('\n'));
    return [{ name: 'setup', passed: 0, failed: 0, loaded: {}, failures: [] }];
  }, 'setup');
  // Beside it: it takes minutes, and the servers of other tiers do not have to wait for it.
  if (filesOf('windows').length > 0) void ensureWindows().catch(() => undefined);
  const servers = new LaneServers(setUp);

  const checks: LaneTask[] = [];
  if (everything) {
    checks.push({ name: 'type check', run: () => runNpmScript('type check', 'check-types') });
    checks.push({ name: 'lint', run: () => runNpmScript('lint', 'lint') });
  }
  const orders = testOrders(filesOf);
  const held = laneCount > 1 && checks.length + orders.length > 1;
  const tasks = orders.map(({ name, files, needsServers, run }): LaneTask => {
    const needed = needsServers ? (lane: number) => servers.of(lane) : async () => [];
    return {
      name,
      run: async (lane) => run({ files, servers: await needed(lane), ...grep, held }),
    };
  });
  await Promise.all([runLaneTasks(checks, 1), runLaneTasks(tasks, laneCount)]);
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
  note(summary(results, versions));
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
