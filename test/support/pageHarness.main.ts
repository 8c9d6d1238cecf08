/**
 * Shows the pages in a plain browser, outside VS Code: `node out/test/support/pageHarness.main.js`
 * prints an address; `?theme=light&scenario=running` and so on choose what is seen.
 */
import { startHarness } from './pageHarness/harnessServer';
import { repoRoot } from './repoPaths';

const harness = await startHarness(repoRoot);
console.log(`${harness.origin}/backup\n${harness.origin}/restore`);
