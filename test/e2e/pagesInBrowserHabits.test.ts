/** What people do without thinking about it: clicks on names, keys, another way of selecting. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import {
  askedMethods,
  type PageOptions,
  PageTester,
  settled,
  submitted,
} from '../support/pageHarness/pageTester';

describe('Habits in the pages', function () {
  let pages: PageTester;

  before(async () => {
    pages = await PageTester.start();
  });
  afterEach(() => pages.closePage());

  const open = async (page: 'backup' | 'restore', options?: PageOptions): Promise<Page> => {
    const tab = await pages.open(page, options);
    if (options?.scenario !== 'failed') await tab.locator('#tables').waitFor();
    return tab;
  };
  const row = (tab: Page, name: RegExp): Locator => tab.getByRole('treeitem', { name });

  for (const page of ['backup', 'restore'] as const) {
    it(`a click on a name in the ${page} tree opens or selects it, only the box checks it`, async () => {
      const tab = await open(page);
      const state = async (): Promise<[checked: string | null, expanded: string | null]> => {
        await settled(tab);
        const app = row(tab, /^app/);
        return [await app.getAttribute('aria-checked'), await app.getAttribute('aria-expanded')];
      };
      const before = await state();
      await row(tab, /^app/).locator('.tree-label').click();
      assert.deepEqual(await state(), [before[0], before[1] === 'true' ? 'false' : 'true']);
      await row(tab, /^app/).locator('.tree-label').click();
      assert.deepEqual(await state(), before);
      await row(tab, /^orders/)
        .locator('.tree-label')
        .click();
      assert.deepEqual(await state(), before);
      await row(tab, /^orders/)
        .locator('.tree-check')
        .click();
      assert.equal((await state())[0], 'mixed');
    });
  }

  it('one of several dumps in a file is chosen, and what is whole of it is saved', async () => {
    const tab = await pages.open('restore', { scenario: 'several' });
    const problem = tab.getByRole('group', { name: 'Problem' });
    await problem.getByText('nightly/shop.dump, weekly/shop.dump').waitFor();
    await problem.getByRole('button', { name: 'Retry' }).click();
    const card = tab.getByRole('region', { name: 'In the file' });
    await card
      .getByText('gzip, tar: nightly/shop.dump (unpacked into a temporary folder to be read)')
      .waitFor();
    await settled(tab);
    const whole = tab.getByRole('checkbox', { name: 'Restore what is whole' });
    const rows = tab.getByRole('checkbox', { name: /^Also the complete rows/ });
    assert.equal(await rows.count(), 0);
    await tab
      .locator('#inputPath-notes')
      .getByText(/Turn on "Restore what is whole"/)
      .waitFor();
    await whole.click();
    await rows.click();
    await settled(tab);
    await tab.getByRole('button', { name: 'Restore', exact: true }).click();
    const options = await submitted(tab);
    const { salvage, salvageRows, createDatabase, exitOnError, singleTransaction } = options;
    assert.deepEqual(
      { salvage, salvageRows, createDatabase, exitOnError, singleTransaction },
      {
        ...{ salvage: true, salvageRows: true, createDatabase: true },
        ...{ exitOnError: false, singleTransaction: false },
      },
    );
  });

  it('a script goes into its own database, and through, up to or back from an error', async () => {
    const tab = await pages.open('restore', { scenario: 'createScript' });
    await tab.getByRole('button', { name: 'As It Is: Create Its Own Database shop_made' }).click();
    const stops = tab.getByRole('checkbox', { name: 'Exit on error' });
    const single = tab.getByRole('checkbox', { name: 'Single transaction' });
    const checked = async (): Promise<(string | null)[]> => {
      await settled(tab);
      return Promise.all([stops, single].map((box) => box.getAttribute('aria-checked')));
    };
    assert.deepEqual(await checked(), ['true', 'false']);
    await single.click();
    assert.deepEqual(await checked(), ['true', 'true']);
    await single.click();
    await stops.click();
    assert.deepEqual(await checked(), ['false', 'false']);
    await tab.getByRole('button', { name: 'Restore', exact: true }).click();
    const { targetDatabase, createDatabase, exitOnError } = await submitted(tab);
    assert.deepEqual(
      { targetDatabase, createDatabase, exitOnError },
      { targetDatabase: 'shop_made', createDatabase: true, exitOnError: false },
    );
  });

  it('another way of selecting keeps what is checked', async () => {
    const tab = await open('backup');
    const orders = row(tab, /^orders/);
    const way = (name: string): Locator => tab.getByRole('radio', { name, exact: true });
    await orders.locator('.tree-check').click();
    await way('Everything except unchecked objects')
      .and(tab.locator(':checked, [aria-checked=true]'))
      .waitFor();
    for (const name of ['Only checked objects', 'Everything', 'Only checked objects']) {
      await way(name).click();
      await settled(tab);
      assert.equal(await orders.getAttribute('aria-checked'), String(name === 'Everything'));
      assert.equal(await row(tab, /^customers/).getAttribute('aria-checked'), 'true');
    }
  });

  it('Ctrl+Enter starts the backup from any field', async () => {
    const tab = await open('backup');
    await tab.getByRole('textbox', { name: 'Save to' }).press('Control+Enter');
    assert.equal((await submitted(tab))['connectionId'], 'local');
  });

  it('what cannot succeed is a problem at the button, and is not started', async () => {
    const tab = await open('backup', { scenario: 'failed' });
    await tab.locator('.problem-banner').waitFor();
    await tab.getByText('1 problem:').waitFor();
    await tab.getByRole('button', { name: 'Create Backup' }).click();
    await tab.waitForFunction(() => document.activeElement?.closest('.problem-banner') !== null);
    await settled(tab);
    assert.ok(!(await askedMethods(tab)).includes('job/start'));
  });

  it('options that open below the edge come into sight', async () => {
    const tab = await open('backup', { height: 500 });
    const section = tab.locator('pg-section.options');
    await section.getByRole('button', { name: /^Advanced/ }).click();
    await tab.waitForFunction(() => {
      const list = document.querySelector('.options-list [data-field]');
      const edge = document.querySelector('.page-footer')?.getBoundingClientRect().top ?? 0;
      return list !== null && list.getBoundingClientRect().bottom <= edge;
    });
  });

  it('a new database gets a name that is not taken', async () => {
    const tab = await open('restore');
    await tab.getByRole('checkbox', { name: 'Create a new database' }).click();
    await settled(tab);
    const name = await tab.getByRole('textbox', { name: 'Target database' }).inputValue();
    assert.equal(name, 'shop_production');
  });
});
