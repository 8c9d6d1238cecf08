import path from 'node:path';
import Mocha from 'mocha';
import { repoPaths } from '../repoPaths';
import { type TierReport, builtTest, readOrder, writeReport } from './tierReport';

/**
 * Runs the test files that the parent ordered, in this process, and leaves the report. Skipped
 * and exclusive tests are failures.
 */
export async function runMocha(timeoutMs: number): Promise<TierReport> {
  const { files, grep, brief, reportFile, platform } = readOrder();
  if (platform !== undefined) Object.defineProperty(process, 'platform', { value: platform });
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: brief === true ? 'dot' : 'spec',
    timeout: timeoutMs,
    forbidOnly: true,
    forbidPending: true,
    ...(grep === undefined ? {} : { grep }),
  });
  const loaded: Record<string, number> = {};
  const milliseconds: Record<string, number> = {};
  for (const file of files) mocha.addFile(builtTest(file));
  mocha.suite.on('post-require', (_context, file) => {
    loaded[nameOf({ file })] = 0;
  });
  // Bundles are required, which is quicker, and all that VS Code's oldest Node can do.
  if (mocha.files.some((file) => file.endsWith('.mjs'))) await mocha.loadFilesAsync();
  const failures: string[] = [];
  let passed = 0;
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.suite.eachTest((test) => {
      loaded[nameOf(test)] = (loaded[nameOf(test)] ?? 0) + 1;
    });
    let started = 0;
    runner.on('suite', (suite) => {
      if (suite.parent?.root === true) started = performance.now();
    });
    runner.on('suite end', (suite) => {
      if (suite.parent?.root !== true) return;
      const before = milliseconds[nameOf(suite)] ?? 0;
      milliseconds[nameOf(suite)] = Math.round(before + performance.now() - started);
    });
    runner.on('pass', () => passed++);
    runner.on('fail', (test, error: unknown) => {
      failures.push(
        `${test.fullTitle()}: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  });
  const report: TierReport = { passed, failed: failures.length, loaded, milliseconds, failures };
  writeReport(reportFile, report);
  return report;
}

/** As in the order: relative to the built tests, without ending. */
function nameOf({ file }: { file?: string | undefined }): string {
  const name = path.relative(repoPaths.builtTests, file ?? '').replace(/\.m?js$/, '');
  return name.replaceAll(path.sep, '/');
}
