import { format } from 'node:util';
import Mocha from 'mocha';
import { testOutputMark } from '../support/workbench/testOutputMark';
import { runMocha } from '../support/tiers/runMocha';

/** Against tests that hang; none may depend on how busy the machine is. */
const TEST_LIMIT_MS = 8 * 60_000;

/** Called by VS Code's extension host. Rejects when a test failed. */
export async function run(): Promise<void> {
  // Mocha's own printer: the console of the extension host cannot be replaced.
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => {
    console.log(testOutputMark + format(...args));
  };
  const report = await runMocha(TEST_LIMIT_MS);
  if (report.failed > 0) throw new Error(`${report.failed} tests failed`);
}
