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
import { type StageResult, runExtensionTier, runPlainTier } from './tiers/runTier';
import { type TimedResult, summary } from './tiers/summary';
import { allTestFiles, tierOf, unloadedFiles } from './tiers/testFiles';
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
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    ended = [{ name, passed: 0, failed: 1, loaded: {}, failures: [reason] }];
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

async function startServers(): Promise<PgServer[]> {
  const installs = await ensurePostgres(testedMajors);
  const password = randomPassword();
  return step('starting servers', () =>
    Promise.all(installs.map((install) => startServer(install, { password }))),
  );
}

async function main(): Promise<number> {
  const request = readRequest();
  const wanted = (tier: Tier): boolean => request.only === undefined || request.only === tier;
  const everything =
    request.only === undefined && request.grep === undefined && request.fileParts.length === 0;
  const { fileParts } = request;
  const filesOf = (tier: Tier): string[] =>
    allTestFiles()
      .filter((file) => tierOf(file) === tier)
      .filter((file) => fileParts.length === 0 || fileParts.some((part) => file.includes(part)));
  const grep = request.grep === undefined ? {} : { grep: request.grep };

  note('Setting up');
  const setUp = provision(wanted);
  // Reported by the stage that awaits it; meanwhile it must not count as unhandled.
  setUp.catch(() => undefined);
  if (everything) {
    await stage(async () => [await runNpmScript('type check', 'check-types')], 'type check');
    await stage(async () => [await runNpmScript('lint', 'lint')], 'lint');
  }
  if (wanted('unit') && filesOf('unit').length > 0) {
    const input = { files: filesOf('unit'), servers: [], ...grep };
    await stage(async () => [await runPlainTier('unit', input)], 'unit');
  }

  let servers: PgServer[] = [];
  const withServers = (['integration', 'extension', 'e2e'] as const).filter(
    (tier) => wanted(tier) && filesOf(tier).length > 0,
  );
  await stage(async () => {
    await setUp;
    if (withServers.length > 0) servers = await startServers();
    return [{ name: 'setup', passed: 0, failed: 0, loaded: {}, failures: [] }];
  }, 'setup');
  for (const tier of withServers) {
    const input = { files: filesOf(tier), servers, ...grep };
    if (servers.length === 0) {
      const failures = ['not run: the setup failed'];
      await stage(async () => [{ name: tier, passed: 0, failed: 1, loaded: {}, failures }], tier);
    } else if (tier === 'extension') {
      await stage(() => runExtensionTier('minimum', input), 'extension minimum');
      await stage(() => runExtensionTier('current', input), 'extension current');
    } else {
      await stage(async () => [await runPlainTier(tier, input)], tier);
    }
  }

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
