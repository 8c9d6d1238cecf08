import { format } from 'node:util';
import Mocha from 'mocha';
import { testOutputMark } from '../support/testOutputMark';
import { runMocha } from '../support/tiers/runMocha';

/** Called by VS Code's extension host. Rejects when a test failed. */
export async function run(): Promise<void> {
  // Mocha's own printer: the console of the extension host cannot be replaced.
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => {
    console.log(testOutputMark + format(...args));
  };
  const report = await runMocha(60_000);
  if (report.failed > 0) throw new Error(`${report.failed} tests failed`);
}
