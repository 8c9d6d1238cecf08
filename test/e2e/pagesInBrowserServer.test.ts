/** Backups and restores of a whole server in the pages by themselves: what is asked, and what is sent. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import {
  askedMethods,
  PageTester,
  settled,
  submitted,
  violationsInAllThemes,
} from '../support/pageHarness/pageTester';

/** Presses Tab until the focus is there. */
async function tabTo(tab: Page, control: Locator): Promise<void> {
  await control.waitFor();
  const focused = (): Promise<boolean> => control.evaluate((e) => e.matches(':focus'));
  for (let presses = 0; !(await focused()); presses++) {
    assert.ok(presses < 100, `not to be reached by Tab: ${String(control)}`);
    await tab.keyboard.press('Tab');
  }
}

describe('Whole servers in the pages', function () {
  let pages: PageTester;

  before(async () => {
    pages = await PageTester.start();
  });
  afterEach(() => pages.closePage());

  const checkbox = (tab: Page, name: string | RegExp): Locator =>
    tab.getByRole('checkbox', { name, exact: true });
  const radio = (tab: Page, name: string): Locator => tab.getByRole('radio', { name, exact: true });
  const command = async (tab: Page): Promise<string> => {
    await settled(tab);
    return tab.locator('.command-text').innerText();
  };
  it('backup and restore: nothing for axe to find in any theme', async () => {
    const backup = await pages.open('backup', { scenario: 'server' });
    await backup.locator('#excludeDatabases').waitFor();
    assert.deepEqual(await violationsInAllThemes(backup), []);
    const restore = await pages.open('restore', { scenario: 'cluster' });
    await restore.locator('[data-field="wholeServer"] .field-error').waitFor();
    assert.deepEqual(await violationsInAllThemes(restore), []);
  });

  it('a server but for some databases and without passwords, by keys alone', async () => {
    const tab = await pages.open('backup');
    await tab.locator('#tables').waitFor();
    await tabTo(tab, radio(tab, 'This database'));
    await tab.keyboard.press('ArrowRight');
    await tab.locator('#tables').waitFor({ state: 'detached' });
    await settled(tab);
    assert.ok(await radio(tab, 'Whole server').isChecked());
    await tabTo(tab, checkbox(tab, 'shop_copy'));
    await tab.keyboard.press('Space');
    await tabTo(tab, checkbox(tab, 'Ünïcode "db"'));
    await tab.keyboard.press('Space');
    await tabTo(tab, checkbox(tab, 'With their passwords'));
    await tab.keyboard.press('Space');
    await tab.getByText('Roles are dumped without their passwords.').waitFor();
    const text = await command(tab);
    assert.match(text, /pg_dumpall /);
    assert.match(text, /--exclude-database='"shop_copy"'/);
    assert.match(text, /--no-role-passwords/);
    await tabTo(tab, tab.getByRole('button', { name: 'Create Backup' }));
    await tab.keyboard.press('Enter');
    const options = await submitted(tab);
    const { scope, format, compression, jobs, outputPath, tables, schemas } = options;
    assert.deepEqual(
      { scope, format, compression, jobs, tables, schemas },
      { scope: 'server', format: 'plain', compression: 0, jobs: 1, tables: null, schemas: null },
    );
    assert.match(String(outputPath), /\.sql$/);
    assert.deepEqual(options['excludeDatabases'], ['shop_copy', 'Ünïcode "db"']);
    assert.deepEqual(options['toolOptions'], { 'no-role-passwords': true });
  });

  it('what all databases share: nothing of databases is asked or sent', async () => {
    const tab = await pages.open('backup', { scenario: 'server' });
    await checkbox(tab, 'analytics').click();
    await checkbox(tab, 'Schema').click();
    await radio(tab, 'Tablespaces only').click();
    await checkbox(tab, 'With their passwords').waitFor({ state: 'detached' });
    await tab.getByText('Tablespaces only: no roles, no database.').waitFor();
    await settled(tab);
    assert.match(await command(tab), /--tablespaces-only/);
    await radio(tab, 'Roles only').click();
    await checkbox(tab, 'With their passwords').waitFor();
    await settled(tab);
    assert.match(await command(tab), /--roles-only/);
    await radio(tab, 'Roles and tablespaces').click();
    await tab.getByText('Roles and tablespaces, no database.').waitFor();
    for (const gone of ['analytics', 'Schema', 'Data', 'Ownership']) {
      assert.equal(await checkbox(tab, gone).count(), 0, gone);
    }
    assert.match(await command(tab), /--globals-only/);
    await tab.getByRole('button', { name: 'Create Backup' }).click();
    const options = await submitted(tab);
    assert.equal(options['scope'], 'globals');
    assert.deepEqual(options['excludeDatabases'], []);
    assert.equal(options['includeSchema'], true);
    assert.deepEqual(options['toolOptions'], {});
  });

  it('back to one database: schemas can be left out again', async () => {
    const tab = await pages.open('backup', { scenario: 'server' });
    await checkbox(tab, 'analytics').click();
    await radio(tab, 'This database').click();
    await tab
      .getByRole('treeitem', { name: /^audit/ })
      .locator('.tree-check')
      .click();
    await radio(tab, 'Everything except unchecked objects').waitFor();
    await tab.getByText(`--exclude-schema='"audit"'`, { exact: true }).waitFor();
    await tab.getByRole('button', { name: 'Create Backup' }).click();
    const options = await submitted(tab);
    assert.equal(options['scope'], 'database');
    assert.deepEqual(options['excludeSchemas'], ['audit']);
    assert.deepEqual(options['excludeDatabases'], []);
    assert.equal(options['tables'], null);
  });

  it('a restore says what it does to the server, and begins only when that was allowed', async () => {
    const tab = await pages.open('restore', { scenario: 'cluster' });
    const effects = tab.getByRole('region', { name: 'What the script does to the server' });
    await effects.waitFor();
    const facts = await effects
      .locator('.card-facts > div')
      .evaluateAll((rows) =>
        rows.map((row) => [
          row.querySelector('dt')?.textContent.trim(),
          row.querySelector('dd')?.textContent.trim(),
        ]),
      );
    assert.deepEqual(facts, [
      ['Databases dropped', 'shop'],
      ['Databases created', 'shop, reporting'],
      ['Databases written into', 'template1, postgres'],
      ['Roles dropped', 'deploy'],
      ['Roles created', 'postgres, deploy, reader'],
      ['Tablespaces created', 'fast'],
    ]);
    // It names its databases itself.
    assert.equal(await tab.locator('[data-field="targetDatabase"]').count(), 0);
    assert.equal(await tab.locator('#tables').count(), 0);
    const allowed = checkbox(tab, /^Run the script on the whole server/);
    assert.equal(await allowed.getAttribute('aria-checked'), 'false');
    await tab.getByText('1 problem:').waitFor();
    await tab.getByRole('button', { name: 'Restore', exact: true }).click();
    await tab.waitForFunction(() => document.activeElement?.id === 'wholeServer');
    await settled(tab);
    assert.ok(!(await askedMethods(tab)).includes('job/start'));
    await tab.keyboard.press('Space');
    await tab.locator('#problem-count').waitFor({ state: 'detached' });
    await tab
      .locator('[data-field="wholeServer"]')
      .getByText('The script drops these databases with all that is in them: shop.')
      .waitFor();
    await tabTo(tab, tab.getByRole('button', { name: 'Restore', exact: true }));
    await tab.keyboard.press('Enter');
    const options = await submitted(tab);
    assert.equal(options['wholeServer'], true);
    assert.equal(options['targetDatabase'], null);
    assert.equal(options['createDatabase'], false);
    assert.equal(options['singleTransaction'], false);
  });

  it('a restore of some databases of the script says into which', async () => {
    const tab = await pages.open('restore', { scenario: 'cluster' });
    await radio(tab, 'Some of its databases').click();
    await checkbox(tab, 'shop').click();
    const target = tab.getByRole('textbox', { name: /^Restore shop into database/ });
    await target.fill('shop_copy');
    await tab.getByText(/^Restores database shop of the script into shop_copy on /).waitFor();
    await tab.getByRole('button', { name: 'Restore', exact: true }).click();
    const options = await submitted(tab);
    assert.deepEqual(options['databases'], [{ name: 'shop', target: 'shop_copy' }]);
    assert.equal(options['wholeServer'], false);
  });
});
