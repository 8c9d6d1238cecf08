/**
 * The archive page with many entries, in a plain browser: the longest task that each action makes.
 * While a task runs the page neither draws nor answers.
 */
import { chromium, type Page } from 'playwright-core';
import { chromiumArgs, ensureChromium } from '../support/machine/chromium';
import { median, printRow } from '../support/measure';
import { startHarness } from '../support/pageHarness/harnessServer';
import { repoPaths } from '../support/repoPaths';

const entries = Number(process.env['BENCH_ENTRIES'] ?? 200_000);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const budgetMs = 100;

declare global {
  interface Window {
    longest: number;
  }
}

/** Tasks over 50 ms are told by the browser, of shorter ones the gaps between two looks. */
function watchTasks(): void {
  window.longest = 0;
  let last = performance.now();
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const now = performance.now();
    window.longest = Math.max(window.longest, now - last);
    last = now;
    port2.postMessage(null);
  };
  port2.postMessage(null);
}

async function longest(page: Page, action: () => Promise<void>): Promise<number> {
  await page.waitForTimeout(300);
  await page.evaluate(() => (window.longest = 0));
  await action();
  await page.waitForTimeout(400);
  return page.evaluate(() => window.longest);
}

async function main(): Promise<void> {
  const harness = await startHarness(repoPaths.root);
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: [...chromiumArgs],
  });
  let fine = true;
  try {
    const results = new Map<string, number[]>();
    for (let round = 0; round < rounds; round++) {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      await page.addInitScript(watchTasks);
      await page.goto(`${harness.origin}/archive?entries=${entries}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      // The page's own code has been read.
      await page.evaluate(() => (window.longest = 0));
      const done = page.getByText(`${entries.toLocaleString('en')} entries`, { exact: true });
      await done.first().waitFor({ timeout: 60_000 });
      const note = (name: string, value: number): void => {
        results.set(name, [...(results.get(name) ?? []), value]);
      };
      note('while entries come', await page.evaluate(() => window.longest));
      const search = page.getByRole('textbox', { name: 'Search entries' });
      const row = (name: RegExp): ReturnType<Page['getByRole']> =>
        page.getByRole('treeitem', { name }).first();
      const actions: [name: string, action: () => Promise<void>][] = [
        ['typing what all have', () => search.pressSequentially('tbl', { delay: 60 })],
        ['typing what few have', () => search.pressSequentially('_1234 index', { delay: 60 })],
        ['back to everything', () => search.fill('')],
        ['opening a schema', () => row(/^s1/).locator('.tree-twistie').click()],
        [
          'opening its tables',
          () =>
            row(/^Tables/)
              .locator('.tree-twistie')
              .click(),
        ],
        ['ticking a schema', () => row(/^s1/).locator('.tree-check').click()],
        ['ticking another', () => row(/^s0/).locator('.tree-check').click()],
        [
          'ticking a table',
          () =>
            row(/^tbl_1 /)
              .locator('.tree-check')
              .click(),
        ],
        ['going down', () => page.keyboard.press('ArrowDown')],
        ['going to the end', () => page.keyboard.press('End')],
        ['as a list', () => page.getByRole('button', { name: 'List', exact: true }).click()],
        ['sorted by size', () => page.getByRole('button', { name: 'Data', exact: true }).click()],
        ['going down the list', () => page.locator('.list').press('End')],
      ];
      for (const [name, action] of actions) note(name, await longest(page, action));
      await page.close();
    }
    console.log(`The archive page with ${entries} entries, longest task, median of ${rounds}`);
    for (const [name, values] of results) {
      const value = median(values);
      const kept = value <= budgetMs;
      fine &&= kept;
      printRow(name, `${value.toFixed(0)} ms`, `${budgetMs} ${kept ? 'kept' : 'over'}`);
    }
  } finally {
    await browser.close();
    harness.close();
  }
  if (!fine) process.exitCode = 1;
}

void main();
