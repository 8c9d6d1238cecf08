/**
 * The backup page with many tables, in a plain browser: how soon the tree of objects can be used
 * after the answer has come, and the longest task that scrolling and filtering make.
 */
import type { Page } from 'playwright-core';
import { longestTaskOf, type Note, runPageBench } from '../support/measure/pageBench';

const tables = Number(process.env['BENCH_TABLES'] ?? 20_000);
const usableMs = 1000;
const taskMs = 100;

/** What the script in the page keeps, beside the page's own. */
type WatchedWindow = Window & { treeWatch: { began: number; usable: number | null } };

/** Watches for the tree's first row. */
function watchTree(): void {
  const watch: WatchedWindow['treeWatch'] = { began: performance.now(), usable: null };
  (window as unknown as WatchedWindow).treeWatch = watch;
  const look = (): void => {
    if (document.querySelector('[role=treeitem]') === null) {
      requestAnimationFrame(look);
      return;
    }
    // Drawn, and the next task is free again.
    requestAnimationFrame(() => setTimeout(() => (watch.usable = performance.now())));
  };
  requestAnimationFrame(look);
}

async function measure(page: Page, note: Note): Promise<void> {
  const usable = await page.waitForFunction(() => {
    const { usable: at, began } = (window as unknown as WatchedWindow).treeWatch;
    return at === null ? null : at - began;
  });
  // The page's own code and the making of the tables are in it: more than what is asked for.
  note('usable', Number(await usable.jsonValue()), usableMs);

  const tree = page.getByRole('tree');
  const rows = page.getByRole('treeitem');
  const search = page.getByRole('textbox', { name: 'Filter objects' });
  const task = async (name: string, action: () => Promise<void>): Promise<void> =>
    note(name, await longestTaskOf(page, action), taskMs);
  await task('opening a schema', async () => {
    await rows.first().locator('.tree-twistie').click();
    await rows.nth(5).waitFor();
  });
  await task('scrolling', async () => {
    await tree.hover();
    for (let n = 0; n < 30; n++) {
      await page.mouse.wheel(0, 1500);
      await page.waitForTimeout(16);
    }
  });
  await rows.first().focus();
  await task('going to the end', () => page.keyboard.press('End'));
  await task('typing what all have', () => search.pressSequentially('t', { delay: 60 }));
  await task('typing what few have', () => search.pressSequentially('able_123', { delay: 60 }));
  await task('back to everything', () => search.fill(''));
}

void runPageBench({
  title: `The backup page with ${tables} tables`,
  address: `/backup?scenario=huge&tables=${tables}`,
  rounds: Number(process.env['BENCH_ROUNDS'] ?? 3),
  script: watchTree,
  measure,
});
