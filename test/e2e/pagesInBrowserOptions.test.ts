/** The advanced part of the forms: finding options, setting them and taking them back. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { PageTester, settled, violations } from '../support/pageHarness/pageTester';

describe('Options in the pages', function () {
  let pages: PageTester;

  before(async () => {
    pages = await PageTester.start();
  });
  afterEach(() => pages.closePage());

  const open = (page: 'backup' | 'restore'): Promise<Page> => pages.open(page);

  it('options are found by label, flag and help, worked by keys, and taken back', async () => {
    const tab = await open('backup');
    await tab.locator('#tables').waitFor();
    const search = tab.getByRole('textbox', { name: 'Search options' });
    await search.fill('--rows-per');
    await tab.getByText(/^1 of \d+ options$/).waitFor();
    await search.press('Enter');
    await tab.waitForFunction(() => document.activeElement?.id === 'toolOptions.rows-per-insert');
    const rows = tab.getByRole('spinbutton', { name: 'Rows per INSERT' });
    await tab.keyboard.type('0');
    await tab.getByText('1 problem:').waitFor();
    await settled(tab);
    assert.equal(await rows.getAttribute('aria-invalid'), 'true');
    await tab.keyboard.press('ArrowUp');
    await tab.getByText('--rows-per-insert=1', { exact: true }).waitFor();
    await search.fill('');
    await tab.getByRole('checkbox', { name: /^Only what was changed \(1\)/ }).click();
    await tab.getByText(/^1 of \d+ options$/).waitFor();
    await tab.getByRole('button', { name: 'Reset Rows per INSERT to its default' }).click();
    await tab.getByText('Every option is at its default.').waitFor();
    await settled(tab);
    assert.equal(await tab.getByText('--rows-per-insert=1', { exact: true }).count(), 0);
    await tab.getByRole('button', { name: 'Show All' }).click();
    await search.fill('nothing is called so');
    await tab.getByText('No option has “nothing is called so”').waitFor();
    await search.press('Escape');
    await settled(tab);
    assert.equal(await search.inputValue(), '');
  });

  it('an option that cannot be used says why, and a problem leads into a closed group', async () => {
    const tab = await open('backup');
    await tab.locator('#tables').waitFor();
    const search = tab.getByRole('textbox', { name: 'Search options' });
    await search.fill('on-conflict');
    const skip = tab.getByRole('checkbox', { name: 'Skip rows that conflict' });
    assert.equal(await skip.getAttribute('aria-disabled'), 'true');
    await tab.locator('[data-field="toolOptions.on-conflict-do-nothing"] .field-reason').waitFor();
    await search.fill('--inserts');
    await tab.getByRole('checkbox', { name: 'INSERT commands' }).click();
    await search.fill('on-conflict');
    await skip.click();
    await search.fill('--inserts');
    await tab.getByRole('checkbox', { name: 'INSERT commands' }).click();
    await search.fill('');
    await tab.getByRole('button', { name: /^INSERT commands/ }).waitFor();
    await settled(tab);
    assert.equal(await skip.count(), 0, 'its group is closed');
    await tab.getByRole('button', { name: 'Skip rows that conflict' }).click();
    await tab.waitForFunction(
      () => document.activeElement?.id === 'toolOptions.on-conflict-do-nothing',
    );
  });

  it('another installed tool brings its own options, those of no catalogue too', async () => {
    const tab = await open('backup');
    await tab.locator('#tables').waitFor();
    await tab.getByRole('button', { name: 'Change the tool' }).press('Enter');
    const tools = tab.getByRole('group', { name: 'Tool' });
    await tools.getByRole('radio', { name: /^Automatic/, checked: true }).waitFor();
    await tools.getByText('this tool reads servers up to 15 only').waitFor();
    await tools.getByRole('radio', { name: /18\.1/ }).click();
    await tab.getByText('chosen by you').waitFor();
    await tab.keyboard.press('Escape');
    await tools.waitFor({ state: 'detached' });
    await tab.getByRole('textbox', { name: 'Search options' }).fill('throttle');
    await tab.getByRole('button', { name: /^Other options of this version/ }).waitFor();
    await tab.locator('[id="toolOptions.throttle"] input').fill('512');
    await tab.getByText('--throttle=512', { exact: true }).waitFor();
    // Back on 17 it is an error that can be taken back, not a setting that is silently lost.
    await tab.getByRole('button', { name: 'Change the tool' }).click();
    await tools.getByRole('radio', { name: /^Automatic/ }).click();
    await tab.getByText('the server’s own version').first().waitFor();
    await tab.getByRole('textbox', { name: 'Search options' }).fill('');
    await tab.getByRole('button', { name: /^Reset (?!.*to its default)/ }).click();
    await tab.locator('#problem-count').waitFor({ state: 'detached' });
    await settled(tab);
    assert.deepEqual(await violations(tab), []);
  });

  it('a profile sets format, compression and jobs, until one of them is changed', async () => {
    const tab = await open('backup');
    await tab.locator('#tables').waitFor();
    const profile = (name: string): Locator => tab.getByRole('radio', { name, exact: true });
    await profile('Recommended').click();
    await tab.getByText('--compress=zstd:level=1', { exact: true }).waitFor();
    await tab.getByText(/^One custom archive, Zstandard level 1/).waitFor();
    await profile('Most portable').click();
    await tab.getByText('--format=plain', { exact: true }).waitFor();
    await tab.getByRole('radio', { name: /^Directory/ }).click();
    await tab.getByText('--format=directory', { exact: true }).waitFor();
    assert.equal(await profile('As set below').isChecked(), true);
    await profile('Recommended').click();
    await tab.getByText(/^One custom archive, Zstandard level 1/).waitFor();
    assert.equal(await tab.getByRole('radio', { name: /^Custom/ }).isChecked(), true);
    await settled(tab);
    assert.deepEqual(await violations(tab), []);
  });

  it('compression is a method with its level', async () => {
    const tab = await open('backup');
    await tab.locator('#tables').waitFor();
    await tab.getByRole('combobox', { name: 'Compression method' }).click();
    await tab.getByRole('option', { name: 'Zstandard' }).click();
    await tab.getByRole('spinbutton', { name: 'Compression level' }).fill('19');
    await tab.getByRole('checkbox', { name: 'Long-distance matching' }).click();
    await tab.getByText('--compress=zstd:level=19,long', { exact: true }).waitFor();
    await tab.getByRole('button', { name: 'Reset Compression to its default' }).click();
    await tab.getByText('--compress=6', { exact: true }).waitFor();
  });
});
