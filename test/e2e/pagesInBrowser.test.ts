/**
 * The pages by themselves, in a plain browser with a made-up host and the extension's content policy:
 * states that a real host cannot be brought into at will, in all themes. What they do in VS Code is
 * tested there.
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import {
  askedMethods,
  type PageOptions,
  PageTester,
  settled,
  submitted,
  violations,
  violationsInAllThemes,
} from '../support/pageHarness/pageTester';

describe('Pages in a browser', function () {
  let pages: PageTester;

  before(async () => {
    pages = await PageTester.start();
  });
  afterEach(() => pages.closePage());

  const open = (page: 'backup' | 'restore', options?: PageOptions): Promise<Page> =>
    pages.open(page, options);

  const states: ['backup' | 'restore', string, string][] = [
    ['backup', 'loading', '.objects-empty'],
    ['backup', 'empty', '.banner'],
    ['backup', 'failed', '.banner'],
    ['backup', 'prod', '#tables'],
    ['backup', 'running', 'pg-progress'],
    ['backup', 'waiting', '.running-object'],
    ['backup', 'done', '.outcome'],
    ['backup', 'jobFailed', '.outcome'],
    ['restore', 'noFile', '.objects-empty'],
    ['restore', 'badFile', '.banner'],
    ['restore', 'script', '.card'],
    ['restore', 'withErrors', '.errors'],
    ['restore', 'chosen', '[data-field="tables"] .banner'],
  ];
  for (const [page, scenario, landmark] of states) {
    it(`${page}, ${scenario}: nothing for axe to find in any theme`, async () => {
      const tab = await open(page, { scenario });
      await tab.locator(landmark).first().waitFor();
      assert.deepEqual(await violationsInAllThemes(tab), []);
    });
  }

  it('archive: overview, details, list, differences: nothing for axe to find in any theme', async () => {
    const tab = await pages.open('archive', { scenario: 'awkward' });
    await tab.locator('.bars li').first().waitFor();
    assert.deepEqual(await violationsInAllThemes(tab), []);
    const search = tab.getByRole('textbox', { name: 'Search entries' });
    await search.fill('_42');
    await tab.getByText(/^\d+ of 800 entries$/).waitFor();
    await search.press('ArrowDown');
    await tab.keyboard.press('End');
    await tab.keyboard.press('Space');
    await tab.getByText('Also belonging to it:').waitFor();
    await tab.getByRole('button', { name: 'Preview Rows' }).click();
    await tab.getByRole('region', { name: 'Rows' }).waitFor();
    await settled(tab);
    assert.deepEqual(await violationsInAllThemes(tab), []);
    await tab.getByRole('button', { name: 'List', exact: true }).click();
    await tab.getByRole('columnheader').first().waitFor();
    assert.deepEqual(await violationsInAllThemes(tab), []);
    await tab.getByRole('button', { name: 'Compare With…' }).click();
    await tab.getByText(/^Compared with/).waitFor();
    assert.deepEqual(await violationsInAllThemes(tab), []);
  });

  it('a job that runs: percent on the bar and in words, time left, all that is worked on', async () => {
    const tab = await open('backup', { scenario: 'running' });
    const bar = tab.getByRole('progressbar');
    assert.equal(await bar.getAttribute('aria-valuenow'), '43');
    const text = (await bar.getAttribute('aria-valuetext')) ?? '';
    assert.equal(text, '43%, 1 min 50 s left, 17 of 40 objects');
    const run = await tab.getByRole('region', { name: 'Run' }).innerText();
    for (const part of [
      '43%',
      '1 min 50 s left',
      '17 of 40 objects',
      '1,234,567 rows',
      '1.4 MB/s',
    ]) {
      assert.ok(run.includes(part), `${part}: ${run}`);
    }
    const object = tab.locator('.running-object');
    assert.equal(await object.innerText(), 'app.order_items +2');
    assert.match((await object.getAttribute('title')) ?? '', /audit\.log_2024/);
  });

  it('speaks the quarters of a job and its end, and each of them once', async () => {
    const tab = await open('backup');
    await tab.locator('#tables').waitFor();
    await tab.evaluate(() => {
      const spoken: string[] = [];
      Object.assign(window, { spoken });
      const region = document.querySelector('.visually-hidden[role=status]');
      new MutationObserver(() => spoken.push(region?.textContent ?? '')).observe(region!, {
        childList: true,
      });
    });
    await tab.getByRole('button', { name: 'Create Backup' }).click();
    await tab.locator('.outcome').waitFor();
    const spoken = await tab.evaluate(() => Reflect.get(window, 'spoken') as string[]);
    const quarters = spoken.flatMap(
      (text) => /^(\d+) percent done, .* left$/.exec(text)?.[1] ?? [],
    );
    assert.deepEqual(quarters, ['25', '50', '75'], spoken.join(' | '));
    assert.match(spoken.at(-1) ?? '', /^Backup finished/);
    assert.equal(spoken.length, 5, `the phase once, too: ${spoken.join(' | ')}`);
  });

  for (const page of ['backup', 'restore'] as const) {
    it(`${page}, default, then all options: nothing for axe to find in any theme`, async () => {
      const tab = await open(page);
      await tab.locator('#tables').waitFor();
      // What it shows now is there with all options, too, which are looked at in every theme.
      assert.deepEqual(await violations(tab), []);
      await tab.getByRole('textbox', { name: 'Search options' }).fill('e');
      await tab.locator('.options-group').nth(3).waitFor();
      await tab.getByRole('button', { name: 'Change the tool' }).click();
      await settled(tab);
      assert.deepEqual(await violationsInAllThemes(tab), []);
    });
  }

  it('the tree is one tab stop and is worked by keys alone', async () => {
    const tab = await open('backup');
    const tree = tab.getByRole('tree', { name: 'Objects to back up' });
    const item = (name: RegExp) => tab.getByRole('treeitem', { name });
    const active = async (): Promise<string> => {
      const id = await tree.getAttribute('aria-activedescendant');
      return tab.locator(`[id="${id ?? ''}"] .tree-label`).innerText();
    };
    await tab.getByRole('radio', { name: 'Only checked objects' }).click();
    await tree.focus();
    await settled(tab);
    assert.equal(await active(), 'app');
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('Space');
    await settled(tab);
    assert.equal(await item(/^customers/).getAttribute('aria-checked'), 'true');
    assert.equal(await item(/^app/).getAttribute('aria-checked'), 'mixed');
    await tab.keyboard.press('Shift+Space');
    await item(/^customers rows left out/).waitFor();
    await tab.keyboard.press('End');
    await settled(tab);
    assert.equal(await active(), 'settings');
    await tab.keyboard.press('Home');
    await tab.keyboard.type('aud');
    await settled(tab);
    assert.equal(await active(), 'audit');
    await tab.keyboard.press('ArrowLeft');
    await settled(tab);
    assert.equal(await item(/^audit/).getAttribute('aria-expanded'), 'false');
    await tab.keyboard.press('Enter');
    await settled(tab);
    assert.equal(await item(/^audit/).getAttribute('aria-expanded'), 'true');
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('ArrowLeft');
    await settled(tab);
    assert.equal(await active(), 'audit');
    await tab.keyboard.press('Tab');
    await settled(tab);
    assert.equal(await tab.evaluate(() => document.activeElement?.closest('pg-tree')), null);
  });

  it('20,000 tables: few rows in the document, all of them within reach', async () => {
    const tab = await open('backup', { scenario: 'huge' });
    const tree = tab.getByRole('tree');
    const rows = tab.getByRole('treeitem');
    await rows.first().waitFor();
    const filter = tab.getByRole('textbox', { name: 'Filter objects' });
    await filter.fill('events_0');
    await tab.getByText('20,000 found').waitFor();
    await tree.focus();
    await tab.keyboard.press('End');
    await tab.getByRole('treeitem', { name: /^events_019999/ }).waitFor();
    await settled(tab);
    assert.ok((await rows.count()) < 60, `${await rows.count()} rows`);
    await tab.keyboard.press('Space');
    await tab.getByRole('treeitem', { name: /^events_019999/, checked: false }).waitFor();
    await tab.getByRole('radio', { name: /^Everything except/, checked: true }).waitFor();
    await filter.fill('nothing like it');
    await tab.getByText('No name matches').waitFor();
  });

  it('starting by the keyboard leaves the keys where the job can be cancelled, and not by a second Enter', async () => {
    const tab = await open('backup');
    await tab.getByRole('button', { name: 'Create Backup' }).focus();
    await tab.keyboard.press('Enter');
    const cancel = tab.getByRole('button', { name: 'Cancel' });
    await cancel.waitFor();
    const footer = tab.getByRole('region', { name: 'Run' });
    assert.equal(await footer.evaluate((e) => e.matches(':focus')), true);
    await tab.keyboard.press('Tab');
    await settled(tab);
    assert.equal(await cancel.evaluate((e) => e.matches(':focus')), true);
  });

  it('problems are counted at the button, which leads to the first of them', async () => {
    const tab = await open('backup');
    await tab.locator('#tables').waitFor();
    const field = tab.getByRole('spinbutton', { name: 'Compression level' });
    await field.fill('abc');
    await tab.getByText('1 problem:').waitFor();
    await settled(tab);
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.equal(await field.inputValue(), 'abc', 'what was typed stays');
    await tab.getByRole('button', { name: 'Create Backup' }).click();
    await tab.waitForFunction(() => document.activeElement?.id === 'compression');
    await field.press('ArrowUp');
    await settled(tab);
    assert.equal(await field.inputValue(), '1', 'keys count from the least');
    assert.ok(!(await askedMethods(tab)).includes('job/start'), 'nothing was sent');
  });

  it('what belongs to one connection does not go on to the next', async () => {
    const tab = await open('backup');
    await tab
      .getByRole('treeitem', { name: /^orders/ })
      .locator('.tree-check')
      .click();
    await tab.getByRole('checkbox', { name: 'Large objects' }).click();
    await tab.getByRole('combobox', { name: 'Connection' }).click();
    await tab.getByRole('option', { name: /^Staging/ }).click();
    await tab.getByText('db.staging.example').waitFor();
    await tab.getByRole('radio', { name: 'Everything', exact: true, checked: true }).waitFor();
    await tab.getByRole('button', { name: 'Create Backup' }).click();
    const started = await submitted(tab);
    assert.equal(started['connectionId'], 'staging');
    assert.equal(started['tables'], null);
    assert.equal(started['largeObjects'], null);
    assert.equal(started['extensions'], null);
  });

  it('what was entered is there again after a reload', async () => {
    const tab = await open('restore');
    await tab.locator('#tables').waitFor();
    await tab.getByRole('checkbox', { name: 'No owner' }).click();
    await tab.getByRole('button', { name: /^Advanced/ }).click();
    await tab.getByRole('textbox', { name: 'Extra arguments' }).fill('--no-comments');
    await tab.reload();
    await tab.locator('#tables').waitFor();
    const restored = await tab.evaluate(() => window.asked[0]?.params);
    const options = (restored as unknown as { restored: Record<string, unknown> }).restored;
    assert.equal(options['noOwner'], true);
    assert.deepEqual(options['extraArgs'], ['--no-comments']);
    await tab.getByRole('textbox', { name: 'Extra arguments' }).waitFor();
  });

  it('nothing is marked as wrong before there is a connection and the user asks for a backup', async () => {
    const tab = await open('backup', { scenario: 'empty' });
    await tab.getByText('There is no connection yet.', { exact: false }).waitFor();
    await settled(tab);
    assert.equal(await tab.locator('[aria-invalid="true"]').count(), 0);
    assert.equal(await tab.locator('#problem-count').count(), 0);
    await tab.getByRole('button', { name: 'Create Backup' }).click();
    await tab.locator('[aria-invalid="true"]').first().waitFor();
    await settled(tab);
    assert.equal(await tab.locator('#problem-count').count(), 1);
  });

  it('with a filter, all that it found is ticked, nothing else', async () => {
    const tab = await open('backup');
    await tab.locator('#tables').waitFor();
    await tab.getByRole('radio', { name: 'Only checked objects' }).click();
    await tab.getByRole('textbox', { name: 'Filter objects' }).fill('orders');
    await tab.getByRole('button', { name: 'Check Found', exact: true }).click();
    await settled(tab);
    const options = await tab.evaluate(() => document.querySelector('.summary')?.textContent ?? '');
    assert.doesNotMatch(options, /whole database/);
    await tab.getByRole('button', { name: 'Uncheck Found', exact: true }).click();
    await tab.getByRole('textbox', { name: 'Filter objects' }).fill('');
    await tab.getByRole('button', { name: 'Check All', exact: true }).waitFor();
  });

  it('a database that a restore made is restored into from then on, not made again', async () => {
    const tab = await open('restore');
    await tab.locator('#tables').waitFor();
    const create = tab.getByRole('checkbox', { name: 'Create a new database' });
    await create.click();
    await tab.getByRole('textbox', { name: 'Target database' }).fill('fresh');
    await tab.getByRole('button', { name: 'Restore', exact: true }).click();
    await tab
      .getByRole('group', { name: 'Result' })
      .getByText(/^Restore of .* finished/)
      .waitFor();
    await tab.getByRole('combobox', { name: 'Target database' }).waitFor();
    await settled(tab);
    assert.equal(await create.getAttribute('aria-checked'), 'false');
    assert.equal(await tab.locator('#problem-count').count(), 0);
    // What would happen another time is not said beside the result, until it is another restore.
    assert.equal(await tab.locator('#verdict, .preflight').count(), 0);
    await tab.getByRole('radio', { name: 'Data only' }).click();
    await tab.locator('#verdict').waitFor();
  });

  it('nothing ticked is a problem where only the ticked is meant', async () => {
    const tab = await open('backup');
    await tab.locator('#tables').waitFor();
    await tab.getByRole('radio', { name: 'Only checked objects' }).click();
    await tab.locator('[data-field="tables"] .field-error').waitFor();
    await tab
      .getByRole('treeitem', { name: /^orders/ })
      .locator('.tree-check')
      .click();
    await tab.locator('#problem-count').waitFor({ state: 'detached' });
    await tab.getByText('--table=\'"app"."orders"\'', { exact: true }).waitFor();
  });

  it('the command is typed into a terminal as it is shown', async () => {
    const tab = await open('backup');
    await tab.locator('#tables').waitFor();
    await tab.getByText('--compress=6', { exact: true }).waitFor();
    await tab.getByRole('button', { name: /^Open in Terminal/ }).click();
    await settled(tab);
    const text = await tab.evaluate(
      () => window.asked.find(({ method }) => method === 'terminal/open')?.params as unknown,
    );
    const shown = (await tab.locator('.command-text').innerText()).replace(/\s+/g, ' ').trim();
    assert.deepEqual(text, { text: shown });
  });

  it('a read-only connection cannot be chosen to restore into, and says why', async () => {
    const tab = await open('restore');
    await tab.getByRole('combobox', { name: 'Restore into connection' }).click();
    const option = tab.getByRole('option', { name: /nothing is restored into it/ });
    assert.equal(await option.getAttribute('aria-disabled'), 'true');
    await option.click({ force: true });
    await settled(tab);
    assert.match(await tab.locator('.facts').innerText(), /localhost:5432/);
  });
});
