/** The views of the activity bar in the real workbench, on real backups. */
import assert from 'node:assert/strict';
import { cp, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { holdLock } from '../support/machine/heldLock';
import { psql } from '../support/machine/psql';
import { createSampleDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { openExtension, type OpenedExtension } from '../support/workbench/openExtension';
import { repoPaths } from '../support/repoPaths';
import { insist, until } from '../support/until';
import { newestServer } from '../support/servers';
import { BackupForm } from '../support/start/formPages';
import { Sidebar } from '../support/start/sidebar';
import { connectionTo } from '../support/workbench/testWorkspace';
import { prepareReload, reloadWhileJobsRun } from './reloadedWindow';

const database = 'views_e2e';
const server = newestServer();
const shop = { ...connectionTo(server, 'shop', database), name: 'Shop' };
const connections = [
  shop,
  { ...shop, id: 'live', name: 'Live shop', environment: 'production', readOnly: true },
  { id: 'broken', port: 'many' },
  { id: ' [odd](command:workbench.action.quit) \u202e', port: 'many' },
];

/** Older backups, of another database. */
async function prepare(dir: string): Promise<void> {
  const archives = path.join(repoPaths.fixtures, 'archives');
  const backups = path.join(dir, 'backups');
  await cp(path.join(archives, 'mini.17.dump'), path.join(backups, 'a.dump'));
  await cp(path.join(archives, 'mini.17.dir'), path.join(backups, 'z folder'), { recursive: true });
  await prepareReload(dir);
}

describe('The views in VS Code', function () {
  let vscode: OpenedExtension;
  let sidebar: Sidebar;

  before(async () => {
    await createSampleDatabase(server, database, 'tiny');
    vscode = await openExtension({ connections, prepare });
    sidebar = await Sidebar.open(vscode.ui);
  });
  after(async () => {
    await vscode.close();
    await dropDatabase(server, database);
  });

  afterEach(async () => {
    await vscode.page.keyboard.press('Escape');
    await vscode.ui.closeEditors();
  });

  it('show each connection, marked, with what can be done with it', async () => {
    await sidebar.row('Connections', /^Shop, .*:\d+/).waitFor();
    await sidebar.row('Connections', /^broken, cannot be used/).waitFor();
    const live = sidebar.row('Connections', /^Live shop, PRODUCTION, read-only, /);
    await live.hover();
    const buttons = live.getByRole('button');
    await buttons.first().waitFor();
    assert.equal(await buttons.count(), 1, 'nothing is restored into what is read-only');
  });

  it('show what a workspace calls its connections as text, from the first warning on', async () => {
    const { ui } = vscode;
    const shown = '[odd] (command:workbench.action.quit)';
    const warning = await ui.waitForNotification('Some connections in the settings');
    assert.ok((await warning.innerText()).includes(`${shown} <U+202E>"`));
    assert.equal(await warning.locator('.notification-list-item-message a').count(), 0);
    await sidebar.view('Connections').getByText(`␣${shown} <U+202E>`, { exact: true }).waitFor();
  });

  it('back up from a connection, list the backup, verify it and show it in the jobs', async () => {
    await sidebar.inline(sidebar.row('Connections', /^Shop,/), 'Back Up Database');
    const form = new BackupForm(await vscode.ui.webviewFrame('Back Up '));
    await form.chooseFormat('Custom');
    await form.saveTo(path.join(vscode.workspace.backups, 'listed.dump'));
    assert.match(await form.create(), /^Backup finished/);
    await sidebar.row('Jobs', /^Backup of Shop, completed, listed\.dump, /).waitFor();
    const row = sidebar.row('Backups', /^listed\.dump, views_e2e, .*, custom, /);
    await row.waitFor();
    await sidebar.menu(row, ['Verify', 'Verify by Full Read']);
    await sidebar.row('Backups', /^listed\.dump, .*, verified \(full read\)/).waitFor();
    await sidebar.row('Jobs', /^Full read of listed\.dump, completed/).waitFor();
  });

  /** What stands beside the view's title. */
  const beside = (text: string): Locator =>
    sidebar.view('Backups').locator('.pane-header').getByText(text, { exact: true });
  /** The files of the rows, from what a screen reader says. */
  const backups = async (): Promise<string[]> => {
    const rows = sidebar.view('Backups').getByRole('treeitem');
    // All at once: rows come and go.
    const spoken = await rows.evaluateAll((all) =>
      all.map((row) => row.getAttribute('aria-label')),
    );
    const files = spoken.flatMap((text) => text?.split(', ')[0] ?? []);
    return files.filter((text) => !text.startsWith('Database: '));
  };
  const order = (...files: string[]): Promise<true> =>
    until(async () => (await backups()).join() === files.join(), files.join());

  it('filter the backups, and say so', async () => {
    const { ui } = vscode;
    await ui.runCommand('PostgreSQL Backup: Filter Backups…');
    await ui.fillQuickInput('directory folder');
    await beside('“directory folder”').waitFor();
    await sidebar.row('Backups', /^listed\.dump,/).waitFor({ state: 'detached' });
    await order('z folder');
    await ui.runCommand('PostgreSQL Backup: Filter Backups…');
    await ui.fillQuickInput('nothing');
    await sidebar.view('Backups').getByText('No backup matches the filter.').waitFor();
    await ui.runCommand('PostgreSQL Backup: Clear Backups Filter');
    await sidebar.row('Backups', /^listed\.dump,/).waitFor();
    await beside('backups').waitFor();
  });

  it('sort the backups, and say so', async () => {
    const { ui, workspace } = vscode;
    await until(async () => (await backups())[0] === 'listed.dump', 'the newest first');
    const sort = async (by: string): Promise<void> => {
      await ui.runCommand('PostgreSQL Backup: Sort Backups…');
      await ui.pick(by);
    };
    await sort('by name');
    await beside('by name').waitFor();
    await order('a.dump', 'listed.dump', 'z folder');
    await sort('by size');
    await beside('by size').waitFor();
    const sizes = await Promise.all(
      ['a.dump', 'listed.dump'].map(async (name) => {
        const { size } = await stat(path.join(workspace.backups, name));
        return { name, size };
      }),
    );
    const largestFirst = sizes.sort((a, b) => b.size - a.size).map(({ name }) => name);
    await until(async () => {
      const files = (await backups()).filter((name) => name !== 'z folder');
      return files.join() === largestFirst.join();
    }, 'the largest first');
    await sort('by date');
    await beside('backups').waitFor();
  });

  it('group the backups by database; Enter and a click on a job open, Delete asks about all', async () => {
    const { ui, page } = vscode;
    const view = sidebar.view('Backups');
    await view.getByRole('treeitem', { name: /^Database: views_e2e, 1 backup/ }).waitFor();
    const listed = sidebar.row('Backups', /^listed\.dump,/);
    // What matters at this width; the file's name is in the tooltip.
    assert.match(await listed.locator('.label-name').innerText(), /ago|now/);
    await sidebar.row('Backups', /^a\.dump,/).click();
    await page.getByRole('tab', { name: /a\.dump/ }).waitFor();
    await ui.webviewFrame('a.dump');
    await listed.click({ modifiers: ['ControlOrMeta'] });
    // The page takes the focus when it has come up, and with it the key.
    const asked = ui.dialogButton('Move to Trash');
    await insist(async (limit) => {
      if (await asked.isVisible()) return;
      await view.locator('.monaco-list').focus({ timeout: limit });
      await page.keyboard.press('Delete');
      await asked.waitFor({ timeout: limit });
    });
    const question = await ui.dialogText();
    for (const text of ['Delete 2 backups?', 'a.dump', 'listed.dump']) {
      assert.ok(question.includes(text), question);
    }
    assert.equal(await ui.dialogFocus(), 'Keep the Backups');
    await page.keyboard.press('Enter');
    await ui.screenshot('views-groups');
    await sidebar.row('Jobs', /^Backup of Shop, completed/).click();
    await page.getByRole('tab', { name: /listed\.dump\.log/ }).waitFor();
    await ui.runCommand('PostgreSQL Backup: Restore Database…');
    await ui.pick('Browse…');
    await ui.cancelFileDialog();
    await ui.runCommand('PostgreSQL Backup: Restore Database…');
    await ui.quickInput.getByText('listed.dump').first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: /^Restore listed\.dump/ }).waitFor();
    await ui.closeEditors();
  });

  it('compare a backup with another one', async () => {
    const { ui, workspace } = vscode;
    await sidebar.menu(
      sidebar.row('Backups', /^listed\.dump,/),
      'Compare With…',
      ui.quickInput.getByText('Compare listed.dump With'),
    );
    await ui.pick('Dump File…');
    await ui.chooseFile(path.join(workspace.backups, 'a.dump'));
    const frame = await ui.webviewFrame('listed.dump');
    await frame.getByRole('heading', { name: 'Compared with a.dump' }).waitFor();
    const tree = frame.getByRole('tree', { name: 'Differences' });
    await tree
      .getByRole('treeitem', { name: /only here/ })
      .first()
      .waitFor();
  });

  it('verify by a trial restore on the connection that was chosen, of which nothing stays', async () => {
    const { ui } = vscode;
    const row = sidebar.row('Backups', /^listed\.dump,/);
    // A menu is about all rows that are selected, if its own is one of them.
    await row.click();
    await sidebar.menu(
      row,
      ['Verify', 'Verify by Trial Restore…'],
      ui.quickInput.getByText('Server for the Trial Restore of listed.dump'),
    );
    const offered = ui.quickInput.locator('.monaco-list-row');
    await offered.filter({ hasText: 'Shop' }).waitFor();
    assert.equal(await offered.filter({ hasText: 'read-only' }).count(), 0);
    await ui.pick('Shop');
    await sidebar.row('Backups', /^listed\.dump, .*, verified \(trial restore\)/).waitFor();
    await sidebar.row('Jobs', /^Trial restore of listed\.dump, completed/).waitFor();
    const left = await psql(
      server,
      'postgres',
      `SELECT datname FROM pg_database WHERE datname LIKE 'pgbackup%';`,
    );
    assert.equal(left.trim(), '');
  });

  it('open the log of a job, and a form with its options', async () => {
    const { ui, page } = vscode;
    const job = sidebar.row('Jobs', /^Backup of Shop, completed/);
    await sidebar.inline(job, 'Show Job Log');
    await page.getByRole('tab', { name: /listed\.dump\.log/ }).waitFor();
    await page.locator('.view-lines').getByText('pg_dump: ').first().waitFor();
    await ui.closeEditors();
    await sidebar.menu(job, 'Open Form With These Options');
    const form = new BackupForm(await ui.webviewFrame('Back Up '));
    await form.button('Create Backup').waitFor();
    // What is there already is not proposed again.
    assert.doesNotMatch(await form.textField('Save to').inputValue(), /listed\.dump/);
  });

  it('ask before a job is run again over its own backup', async () => {
    const { ui } = vscode;
    await sidebar.inline(
      sidebar.row('Jobs', /^Backup of Shop, completed/),
      'Run Again',
      ui.dialogButton('Overwrite'),
    );
    await ui.dialogButton('Cancel').click();
  });

  it('show a job that runs in the view and the status bar, and cancel it there', async () => {
    const { ui, page, workspace } = vscode;
    const before = (await readdir(workspace.backups)).sort();
    const lock = await holdLock(server, database, 'LOCK TABLE app.orders;');
    try {
      const form = await BackupForm.open(ui);
      await form.chooseFormat('Custom');
      await form.saveTo(path.join(workspace.backups, 'waits.dump'));
      await form.waitForLocks(900);
      await form.button('Create Backup').click();
      const row = sidebar.row('Jobs', /^Backup of Shop, running, /);
      await row.waitFor();
      const status = page.locator('.statusbar-item', { hasText: /Backup Shop/ });
      await status.waitFor();
      // Who is in the way is told everywhere, and no percent that nobody knows.
      const waits = 'Waiting for a lock: app.orders, blocked by test-support';
      await sidebar.row('Jobs', new RegExp(`^Backup of Shop, running, ${waits}`)).waitFor();
      const run = form.frame.getByRole('region', { name: 'Run' });
      await run.getByText('Waiting for a lock', { exact: true }).waitFor();
      await run.getByText('app.orders, blocked by test-support').waitFor();
      const bar = form.frame.getByRole('progressbar');
      assert.match((await bar.getAttribute('aria-valuetext')) ?? '', /^Waiting/);
      await ui.runCommand('Notifications: Clear All Notifications');
      await ui.screenshot('views-running');
      // The form tells of it, so no notification does.
      const told = async (): Promise<string[]> =>
        (await ui.notifications()).filter((text) => text.includes('waits.dump'));
      assert.deepEqual(await told(), []);
      await status.click();
      await sidebar.inline(
        row,
        'Cancel',
        sidebar.row('Jobs', /^Backup of Shop, cancelled, waits\.dump/),
      );
      await status.waitFor({ state: 'detached' });
      assert.deepEqual((await readdir(workspace.backups)).sort(), before);
    } finally {
      await lock.release();
    }
  });

  /** Answers the question, and waits until what the row stands for is gone. */
  async function trash(row: Locator): Promise<void> {
    const { ui } = vscode;
    await ui.dialogButton('Move to Trash').click();
    const forGood = ui.dialogButton('Delete Permanently');
    const gone = row.waitFor({ state: 'detached' });
    await Promise.race([gone, forGood.waitFor()]);
    // Some machines have no trash.
    if (await forGood.isVisible()) await forGood.click();
    await gone;
  }

  it('delete a backup with its manifest, after a question', async () => {
    const { ui, workspace } = vscode;
    const row = sidebar.row('Backups', /^listed\.dump,/);
    await sidebar.menu(row, 'Delete…', ui.dialogButton('Move to Trash'));
    assert.match(await ui.dialogText(), /Delete the backup listed\.dump\?/);
    // Enter alone deletes nothing.
    assert.equal(await ui.dialogFocus(), 'Keep the Backup');
    await vscode.page.keyboard.press('Enter');
    await ui.dialogButton('Move to Trash').waitFor({ state: 'detached' });
    await row.waitFor();
    await sidebar.menu(row, 'Delete…', ui.dialogButton('Move to Trash'));
    await trash(row);
    const left = await readdir(workspace.backups);
    assert.deepEqual(left.sort(), ['a.dump', 'z folder']);
  });

  it('say which backup is missing, and remove the manifest that it has left', async () => {
    const { ui, workspace } = vscode;
    const backup = path.join(workspace.backups, 'missing.dump');
    const form = await BackupForm.open(ui);
    await form.chooseFormat('Custom');
    await form.saveTo(backup);
    assert.match(await form.create(), /^Backup finished/);
    await sidebar.row('Backups', /^missing\.dump, views_e2e, .*, custom, /).waitFor();
    await rm(backup);
    const row = sidebar.row('Backups', /^missing\.dump, backup is missing, views_e2e, /);
    await row.waitFor();
    await sidebar.menu(row, 'Remove Manifest…', ui.dialogButton('Move to Trash'));
    await trash(row);
    const left = await readdir(workspace.backups);
    assert.deepEqual(
      left.filter((name) => name.startsWith('missing')),
      [],
    );
  });

  it('clear the jobs that have ended', async () => {
    await vscode.ui.runCommand('PostgreSQL Backup: Clear Finished Jobs');
    await sidebar
      .view('Jobs')
      .getByText(/restores and verifications appear here/)
      .waitFor();
    await vscode.ui.runCommand('PostgreSQL Backup: Show Job Log…');
    await vscode.ui.waitForNotification('There are no jobs, so there is no log yet.');
  });

  it('take a backup folder that is not there for an empty one', async () => {
    await rm(vscode.workspace.backups, { recursive: true });
    await vscode.ui.runCommand('PostgreSQL Backup: Refresh Backups');
    const view = sidebar.view('Backups');
    await view.getByText('No backups in the backup folder').waitFor();
    assert.equal(await view.getByText('There is no file').count(), 0);
  });

  it('leave a backup and a restore running in a window that is reloaded, with their forms, and see them end', () =>
    reloadWhileJobsRun(vscode, database));
});
