/**
 * Shows the pages in a plain browser, outside VS Code: `node out/test/support/pageHarness.main.js`
 * prints an address; `?theme=light&scenario=running` and so on choose what is seen.
 */
import { startHarness } from './pageHarness/harnessServer';
import { repoPaths } from './repoPaths';

startHarness(repoPaths.root).then(
  ({ origin }) => console.log(`${origin}/backup\n${origin}/restore`),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
