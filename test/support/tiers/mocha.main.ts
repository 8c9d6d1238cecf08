import { stopEverything } from '../machine/cleanup';
import { runMocha } from './runMocha';

/** Runs a tier that needs no VS Code around it: `node mocha.main.js <timeout in ms>`. */
async function main(): Promise<void> {
  const report = await runMocha(Number(process.argv[2] ?? 10_000));
  await stopEverything();
  // Not left to the event loop: a test that leaks a handle must not hang the whole run.
  process.exit(report.failed === 0 ? 0 : 1);
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
