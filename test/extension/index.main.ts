import { runMocha } from '../support/tiers/runMocha';

/** Called by VS Code's extension host. Rejects when a test failed. */
export async function run(): Promise<void> {
  const report = await runMocha(60_000);
  if (report.failed > 0) throw new Error(`${report.failed} tests failed`);
}
