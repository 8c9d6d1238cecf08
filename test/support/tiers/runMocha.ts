import path from 'node:path';
import Mocha from 'mocha';
import { repoPaths } from '../repoPaths';
import { type TierReport, builtTest, readOrder, writeReport } from './tierReport';

/**
 * Runs the test files that the parent ordered, in this process, and leaves the report. Skipped
 * and exclusive tests are failures.
 */
export async function runMocha(timeoutMs: number): Promise<TierReport> {
  const { files, grep, reportFile } = readOrder();
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: 'spec',
    timeout: timeoutMs,
    forbidOnly: true,
    forbidPending: true,
    ...(grep === undefined ? {} : { grep }),
  });
  const loaded: Record<string, number> = {};
  for (const file of files) mocha.addFile(builtTest(file));
  mocha.suite.on('post-require', (_context, file) => {
    loaded[path.relative(repoPaths.builtTests, file).replace(/\.js$/, '')] = 0;
  });
  const failures: string[] = [];
  let passed = 0;
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.suite.eachTest((test) => {
      const name = path.relative(repoPaths.builtTests, test.file ?? '').replace(/\.js$/, '');
      loaded[name] = (loaded[name] ?? 0) + 1;
    });
    runner.on('pass', () => passed++);
    runner.on('fail', (test, error: unknown) => {
      failures.push(
        `${test.fullTitle()}: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  });
  const report: TierReport = { passed, failed: failures.length, loaded, failures };
  writeReport(reportFile, report);
  return report;
}
