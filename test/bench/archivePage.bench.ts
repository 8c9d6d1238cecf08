/** The archive page with many entries, in a plain browser: the longest task that each action makes. */
import type { Page } from 'playwright-core';
import {
  forgetTasks,
  longestTask,
  longestTaskOf,
  type Note,
  runPageBench,
} from '../support/measure/pageBench';
import { BUDGETS } from './budgets';

const entries = Number(process.env['BENCH_ENTRIES'] ?? 200_000);
const budgetMs = BUDGETS.pageTask.budget;

async function measure(page: Page, note: Note): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  // The page's own code has been read.
  await forgetTasks(page);
  const done = page.getByText(`${entries.toLocaleString('en')} entries`, { exact: true });
  await done.first().waitFor({ timeout: 60_000 });
  note('while entries come', await longestTask(page), budgetMs);
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
  for (const [name, action] of actions) note(name, await longestTaskOf(page, action), budgetMs);
}

void runPageBench({
  title: `The archive page with ${entries} entries, longest task`,
  address: `/archive?entries=${entries}`,
  rounds: Number(process.env['BENCH_ROUNDS'] ?? 5),
  measure,
});
