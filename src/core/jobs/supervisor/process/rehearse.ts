import { startTool } from '../../../connections/startTool';
import { ErrorCollector } from '../../../pgtools/stderr/errorCollector';
import { maskSecrets } from '../../../secrets/mask';
import { StderrParser } from '../../../pgtools/stderr/stderrParser';
import { scriptEnvironment } from './scriptEnvironment';

/** Milliseconds that the program gets to print its version. */
const LIMIT_MS = 5000;

/** What tools print of most jobs. */
const LINES = [
  'pg_dump: reading extensions',
  'pg_dump: dumping contents of table "app.orders"',
  'pg_restore: creating TABLE "app.orders"',
  'pg_restore: processing data for table "app.orders"',
];

/**
 * Goes once through what every job does, while there is nothing to do: the first run of a piece of
 * code takes many times as long as the second, and a short job runs each only once. Changes nothing
 * and never rejects.
 */
export async function rehearse(): Promise<void> {
  const collector = new ErrorCollector();
  const parser = new StderrParser((_line, events) => events.forEach((each) => collector.add(each)));
  // Patterns are compiled when they are used for the second time.
  for (const line of [...LINES, ...LINES]) {
    parser.push(Buffer.from(`${line}\n`));
    maskSecrets(line);
  }
  parser.end();
  try {
    const { ended } = startTool(process.execPath, ['--version'], {
      cwd: process.cwd(),
      env: scriptEnvironment(process.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      cancelSignal: new AbortController().signal,
    });
    await ended;
  } catch {
    // The system has no handles or processes to spare: the job itself says so if it lasts.
  }
}
