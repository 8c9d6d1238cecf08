import { format } from 'node:util';
import Mocha from 'mocha';
import { testOutputMark } from '../support/testOutputMark';
import { runMocha } from '../support/tiers/runMocha';

/** Called by VS Code's extension host. Rejects when a test failed. */
export async function run(): Promise<void> {
  const print = console.log.bind(console);
  console.log = (...args: unknown[]) => print(testOutputMark + format(...args));
  // Mocha keeps the console it found when it was loaded.
  Mocha.reporters.Base.consoleLog = console.log;
  const report = await runMocha(60_000);
  if (report.failed > 0) throw new Error(`${report.failed} tests failed`);
}
