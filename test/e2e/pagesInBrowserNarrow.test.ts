/** The pages beside other editors, 320 pixels wide: nothing cut off, everything within reach of the keys. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { PageTester, settled, violations } from '../support/pageHarness/pageTester';

/** What sticks out sideways, but for what scrolls in itself. */
async function wider(tab: Page): Promise<string[]> {
  return tab.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((e) => !e.closest('pg-tree, pg-entry-list, .rows, .visually-hidden, pre'))
      .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5)
      .map((e) => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 40)}`)
      .concat(document.documentElement.scrollWidth > innerWidth ? ['the page scrolls'] : []),
  );
}

/**
 * Presses Tab from the first control to the last. Returns what can be worked and was never reached,
 * and what was reached while something else covered it.
 */
async function outOfReach(tab: Page): Promise<string[]> {
  await tab.evaluate(() => {
    const worked =
      'button, summary, a[href], [tabindex="0"], vscode-button, vscode-checkbox, vscode-dropdown, ' +
      'vscode-text-field, vscode-text-area, vscode-radio-group';
    const left = new Set(
      [...document.querySelectorAll<HTMLElement>(worked)].filter(
        (e) => e.checkVisibility() && !e.matches('[disabled], vscode-radio'),
      ),
    );
    const name = (e: Element): string =>
      `${e.tagName}#${e.id} ${e.ariaLabel ?? ''} ${e.textContent.trim().slice(0, 40)}`;
    const covered: string[] = [];
    document.addEventListener('focusin', ({ target }) => {
      const focused = target as HTMLElement;
      for (const e of left) if (e.contains(focused)) left.delete(e);
      // The control itself, within what stands in the page for it.
      let inner: Element = focused;
      while (inner.shadowRoot?.activeElement) inner = inner.shadowRoot.activeElement;
      const { left: x, top, height } = inner.getBoundingClientRect();
      // Of what is higher than the page it is enough to see where it begins.
      const y = height > 100 ? Math.max(0, top) + 10 : top + height / 2;
      const hit = document.elementFromPoint(x + 2, y);
      if (!hit || !(focused.contains(hit) || hit.contains(focused))) {
        covered.push(`covered by ${hit ? name(hit) : 'nothing'}: ${name(focused)}`);
      }
    });
    let ended = false;
    document.addEventListener('keyup', () => {
      ended ||= document.activeElement === document.body;
    });
    Object.assign(window, {
      tabbedThrough: () => ended,
      unreached: () => [...covered, ...[...left].map(name)],
    });
    // From the page's beginning, wherever the focus was.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  // A few at a time, since the question costs as much as a key; behind the end it begins anew.
  for (let rounds = 0; rounds < 50; rounds++) {
    for (let presses = 0; presses < 8; presses++) await tab.keyboard.press('Tab');
    if (await tab.evaluate(() => (Reflect.get(window, 'tabbedThrough') as () => boolean)())) break;
  }
  return tab.evaluate(() => (Reflect.get(window, 'unreached') as () => string[])());
}

describe('Pages 320 pixels wide', function () {
  let pages: PageTester;

  before(async () => {
    pages = await PageTester.start();
  });
  afterEach(() => pages.closePage());

  const narrow = { width: 320, height: 640 };

  async function fits(tab: Page): Promise<void> {
    await settled(tab);
    assert.deepEqual(await wider(tab), []);
    assert.deepEqual(await outOfReach(tab), []);
  }

  for (const page of ['backup', 'restore'] as const) {
    it(`${page}: everything that can be open at once`, async () => {
      const tab = await pages.open(page, narrow);
      await tab.locator('#tables').waitFor();
      await tab.getByRole('button', { name: 'Change the tool' }).click();
      // A word that most descriptions hold: every group is open.
      await tab.getByRole('textbox', { name: 'Search options' }).fill('e');
      await settled(tab);
      assert.deepEqual(await violations(tab), []);
      await fits(tab);
    });
  }

  const states: ['backup' | 'restore', string, string][] = [
    ['backup', 'server', '#excludeDatabases'],
    ['backup', 'prod', '#tables'],
    ['backup', 'failed', '.banner'],
    ['backup', 'running', 'pg-progress'],
    ['backup', 'jobFailed', '.outcome'],
    // The last thing that the connection's answer changes.
    ['restore', 'cluster', '#exitOnError[disabled]'],
    ['restore', 'withErrors', '.errors'],
  ];
  for (const [page, scenario, landmark] of states) {
    it(`${page}, ${scenario}`, async () => {
      const tab = await pages.open(page, { ...narrow, scenario });
      await tab.locator(landmark).first().waitFor();
      if (scenario === 'running') await tab.getByRole('button', { name: 'Show Log' }).click();
      await fits(tab);
    });
  }

  it('backup, with an error in a window zoomed in four times', async () => {
    const tab = await pages.open('backup', { width: 320, height: 256, scenario: 'jobFailed' });
    await tab.locator('.outcome').waitFor();
    await fits(tab);
    // The button is in sight again as soon as there is room beside it.
    await tab.getByRole('button', { name: 'Dismiss' }).click();
    await settled(tab);
    await tab.evaluate(() => scrollTo(0, 0));
    const submit = await tab.locator('#submit').boundingBox();
    assert.ok(submit !== null && submit.y + submit.height <= 256, JSON.stringify(submit));
  });

  it('archive: overview, details with rows, list, differences, a selection', async () => {
    const tab = await pages.open('archive', { ...narrow, scenario: 'awkward' });
    await tab.locator('.bars li').first().waitFor();
    await fits(tab);

    const search = tab.getByRole('textbox', { name: 'Search entries' });
    await search.fill('_42');
    await tab.getByText(/^\d+ of 800 entries$/).waitFor();
    await search.press('ArrowDown');
    await tab.keyboard.press('End');
    await tab.keyboard.press('Space');
    await tab.getByRole('button', { name: 'Restore Selection…' }).waitFor();
    await tab.getByText('Also belonging to it:').waitFor();
    await tab.getByRole('button', { name: 'Preview Rows' }).click();
    await tab.getByRole('region', { name: 'Rows' }).waitFor();
    await tab.getByText(/^Used by/).click();
    await settled(tab);
    assert.deepEqual(await violations(tab), []);
    await fits(tab);

    await tab.getByRole('button', { name: 'List', exact: true }).click();
    await tab.getByRole('columnheader').first().waitFor();
    await fits(tab);

    await tab.getByRole('button', { name: 'Compare With…' }).click();
    await tab.getByText(/^Compared with/).waitFor();
    await fits(tab);
  });
});
