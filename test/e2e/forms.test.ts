/** The forms in the real workbench, against a real server: what a person does and sees. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { getBackupInfo } from '../../src/core/archive/inspect/backupInfo';
import { holdLock } from '../support/machine/heldLock';
import { libpqEnv, psql } from '../support/machine/psql';
import { createSampleDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import type { ThemeName } from '../support/workbench/workbenchPage';
import { type Theme, themes } from '../support/pageHarness/themes';
import { openExtension, type OpenedExtension } from '../support/workbench/openExtension';
import { newestServer } from '../support/servers';
import { BackupForm, RestoreForm } from '../support/start/formPages';
import { connectionTo } from '../support/workbench/testWorkspace';
import { until } from '../support/until';

const run = promisify(execFile);
const database = 'forms_shop';
const copy = 'forms_copy';
const empty = 'forms_empty';
const server = newestServer();
const connection = { ...connectionTo(server, 'shop', database), name: 'Shop' };
const connections = [
  connection,
  { ...connection, id: 'live', name: 'Live shop', environment: 'production', readOnly: true },
  { ...connection, id: 'production', name: 'Production shop', environment: 'production' },
];

/** By the names of the settings: what the tests of the pages alone use. */
const shippedThemes: [ThemeName, Theme][] = [
  ['Default Light Modern', themes.light],
  ['Default Dark Modern', themes.dark],
  ['Default High Contrast', themes.hc],
  ['Default High Contrast Light', themes['hc-light']],
];

/** Enter in a question that comes by surprise changes nothing. */
async function safeAnswerHasFocus(ui: OpenedExtension['ui']): Promise<void> {
  const button = ui.dialogButton('Change Nothing');
  await button.waitFor();
  await until(() => button.evaluate((e) => e === e.ownerDocument.activeElement), 'its focus');
}

describe('The forms in VS Code', function () {
  let vscode: OpenedExtension;

  before(async () => {
    await createSampleDatabase(server, database, 'tiny');
    vscode = await openExtension({ connections });
  });
  after(async () => {
    await vscode.close();
    await dropDatabase(server, database);
    await dropDatabase(server, copy);
    await dropDatabase(server, empty);
  });
  afterEach(async () => {
    await vscode.page.keyboard.press('Escape');
    await vscode.ui.closeEditors();
  });

  it('back up what is ticked, as a directory, and restore it from its folder’s menu', async () => {
    const { ui, workspace } = vscode;
    const form = await BackupForm.open(ui);
    await form.chooseFormat('Directory');
    const output = path.join(workspace.backups, 'two schemas');
    await form.saveTo(output);
    await form.frame.getByRole('radio', { name: 'Only checked objects' }).click();
    for (const schema of ['audit', 'inventory']) {
      const row = form.frame.getByRole('treeitem', { name: new RegExp(`^${schema}\\b`) });
      await row.getByRole('checkbox').or(row.locator('.tree-check')).first().click();
    }
    assert.match(await form.create(), /^Backup finished/);
    const info = await getBackupInfo(output);
    assert.deepEqual([...info.contents.schemas].sort(), ['audit', 'inventory']);
    assert.ok(info.contents.tables.every(({ schema }) => ['audit', 'inventory'].includes(schema)));
    assert.deepEqual(await readdir(workspace.backups), ['two schemas', 'two schemas.backup.json']);

    const restore = await RestoreForm.openFor(ui, 'backups/two schemas');
    await restore.intoNewDatabase(copy);
    const outcome = await restore.restore();
    assert.match(outcome, /^Restore/);
    const tables = await psql(
      server,
      copy,
      `SELECT count(*) FROM pg_tables WHERE schemaname IN ('audit', 'inventory');`,
    );
    assert.ok(Number(tables) >= 5, outcome);
    await dropDatabase(server, copy);
  });

  it('cancel a backup that waits, and leave nothing behind', async () => {
    const { ui, workspace } = vscode;
    const before = await readdir(workspace.backups);
    const lock = await holdLock(server, database, 'LOCK TABLE app.orders;');
    const count = async (sql: string): Promise<number> =>
      Number(await psql(server, 'postgres', `SELECT count(*) FROM pg_stat_activity WHERE ${sql};`));
    try {
      const form = await BackupForm.open(ui);
      await form.chooseFormat('Custom');
      await form.saveTo(path.join(workspace.backups, 'waits.dump'));
      await form.waitForLocks(900);
      await form.button('Create Backup').click();
      await until(
        async () =>
          (await count(`application_name LIKE 'pgbackup-%' AND wait_event_type = 'Lock'`)) > 0,
        'pg_dump waits',
      );
      await form.frame.getByRole('button', { name: /^Cancel/ }).click();
      assert.match(await form.outcome(), /cancelled/i);
      await until(
        async () => (await count(`application_name LIKE 'pgbackup-%'`)) === 0,
        'its sessions end',
      );
      assert.deepEqual(await readdir(workspace.backups), before);
    } finally {
      await lock.release();
    }
  });

  it('ask before an existing file is replaced, and keep it when the answer is no', async () => {
    const { ui, workspace } = vscode;
    const older = path.join(workspace.backups, 'older.dump');
    await writeFile(older, 'an older file');
    const form = await BackupForm.open(ui);
    await form.chooseFormat('Custom');
    await form.saveTo(older);
    await form.button('Create Backup').click();
    await ui.dialogButton('Overwrite').waitFor();
    assert.match(await ui.dialogText(), /older\.dump exists already/);
    await ui.dialogButton('Cancel').click();
    await form.button('Create Backup').waitFor();
    assert.equal(await readFile(older, 'utf8'), 'an older file');
    await form.button('Create Backup').click();
    await ui.dialogButton('Overwrite').click();
    assert.match(await form.outcome(), /^Backup finished/);
    assert.equal((await readFile(older)).subarray(0, 5).toString(), 'PGDMP');
  });

  it('ask before anything is dropped, naming what is meant once, with the safe answer first', async () => {
    const { ui, workspace } = vscode;
    const form = await BackupForm.open(ui);
    await form.chooseFormat('Custom');
    await form.saveTo(path.join(workspace.backups, 'clean.dump'));
    assert.match(await form.create(), /^Backup finished/);
    await form.result.getByRole('button', { name: 'Restore…' }).click();
    const restore = await RestoreForm.opened(ui);
    await restore.setChecked('Clean', true);
    await restore.finding(/Loses data\s+Drops \d+ tables with about \d+ rows/).waitFor();
    await restore.verdict(/^Drops \d+ tables .* The safety backup keeps them\.$/).waitFor();
    await restore.button('Restore').click();
    await ui.dialogButton('Drop and Restore').waitFor();
    const text = await ui.dialogText();
    assert.match(text, new RegExp(`Drop objects in the database "${database}"`));
    assert.match(text, /Connection: Shop\n/);
    assert.match(text, new RegExp(`Server: [^\\n/]*:${server.port}\\n`));
    assert.match(text, /File: .*clean\.dump/);
    assert.match(text, /It holds \d+ tables/);
    assert.equal(text.split(database).length, 2, 'the database is named once');
    await safeAnswerHasFocus(ui);
    await vscode.page.keyboard.press('Enter');
    await restore.button('Restore').waitFor();
    assert.equal(await restore.result.count(), 0);
  });

  it('ask before anything is added to what is there, and want the name typed in production', async () => {
    const { ui, page, workspace } = vscode;
    const rows = (): Promise<string> =>
      psql(server, database, 'SELECT count(*) FROM app.customer;');
    const before = await rows();
    await psql(server, 'postgres', `CREATE DATABASE ${empty} TEMPLATE template0;`);
    const form = await BackupForm.open(ui);
    await form.saveTo(path.join(workspace.backups, 'add.dump'));
    assert.match(await form.create(), /^Backup finished/);

    const restore = await RestoreForm.openFor(ui, 'backups/add.dump');
    await restore.frame.getByRole('radio', { name: 'Data only' }).click();
    await restore.finding(/Not empty: the rows of the backup collide/).waitFor();
    await restore.verdict(/^This restore will not go through as it is/).waitFor();
    await restore.button('Restore').click();
    await ui.dialogButton('Restore Anyway').waitFor();
    assert.match(await ui.dialogText(), /Restore into the database "forms_shop"\?/);
    await safeAnswerHasFocus(ui);
    await page.keyboard.press('Escape');

    await restore.choose('Restore into connection', 'Production shop');
    await restore.choose('Target database', empty);
    await restore.frame.getByRole('radio', { name: 'Schema and data' }).click();
    await restore.finding(/Production shop is marked production/).waitFor();
    await restore.verdict(/^Adds \d+ tables to an empty database; nothing is lost\.$/).waitFor();
    await restore.button('Restore').click();
    await ui.dialogButton('Restore in Production').waitFor();
    assert.match(await ui.dialogText(), new RegExp(`PRODUCTION database "${empty}"`));
    assert.ok(!(await ui.dialogText()).includes(database), 'not that of the connection');
    await safeAnswerHasFocus(ui);
    await ui.dialogButton('Restore in Production').click();
    // What is not its name starts nothing.
    await ui.fillQuickInput('forms_shop');
    await page.getByText(`Type ${empty}.`).waitFor();
    assert.equal(await restore.result.count(), 0);
    await ui.fillQuickInput(empty);
    assert.match(await restore.outcome(), /^Restore of add\.dump into .* finished/);
    assert.equal(await psql(server, empty, 'SELECT count(*) FROM app.customer;'), before);
    assert.equal(await rows(), before, 'nothing was added where the answer was no');
  });

  it('ask before a script is run on the whole server, naming what it drops and creates', async () => {
    const { ui, workspace } = vscode;
    const role = 'forms_clerk';
    const dumpall = async (name: string, ...args: string[]): Promise<void> => {
      const { stdout } = await run(path.join(server.binDir, 'pg_dumpall'), ['-w', ...args], {
        env: { ...process.env, ...libpqEnv(server, 'postgres') },
        maxBuffer: 64 << 20,
      });
      await writeFile(path.join(workspace.backups, name), stdout);
    };
    const ask = async (name: string): Promise<RestoreForm> => {
      const form = await RestoreForm.openFor(ui, `backups/${name}`);
      await form.setChecked('Run the script on the whole server', true);
      await form.button('Restore').click();
      return form;
    };
    const roles = (): Promise<string> =>
      psql(server, 'postgres', `SELECT count(*) FROM pg_roles WHERE rolname = '${role}';`);
    await psql(server, 'postgres', `CREATE ROLE ${role} NOLOGIN;`);
    try {
      await dumpall('server.sql', '--clean', '--if-exists', '--schema-only');
      const dropping = await ask('server.sql');
      await ui.dialogButton('Drop and Restore Whole Server').waitFor();
      const text = await ui.dialogText();
      assert.match(text, new RegExp(`Server: .*${server.port}`));
      assert.match(text, /File: .*server\.sql/);
      assert.match(text, new RegExp(`Drops databases: .*"${database}"`));
      assert.match(text, new RegExp(`Creates databases: .*"${database}"`));
      assert.match(text, new RegExp(`Drops roles: .*"${role}"`));
      assert.match(text, new RegExp(`Creates roles: .*"${role}"`));
      await safeAnswerHasFocus(ui);
      await ui.dialogButton('Change Nothing').click();
      await dropping.button('Restore').waitFor();
      assert.equal(await dropping.result.count(), 0);
      assert.equal((await roles()).trim(), '1', 'nothing was dropped');

      await ui.closeEditors();

      // What only creates something asks as well.
      await dumpall('roles.sql', '--roles-only');
      await psql(server, 'postgres', `DROP ROLE ${role};`);
      const creating = await ask('roles.sql');
      await ui.dialogButton('Restore Whole Server').waitFor();
      assert.doesNotMatch(await ui.dialogText(), /Drops/);
      await ui.dialogButton('Restore Whole Server').click();
      assert.match(await creating.outcome(), /^Restore of /);
      assert.equal((await roles()).trim(), '1', 'the role is there again');
    } finally {
      await psql(server, 'postgres', `DROP ROLE IF EXISTS ${role};`);
    }
  });

  it('refuse a file that is no dump, and say what it looks like', async () => {
    const { ui, workspace } = vscode;
    await writeFile(
      path.join(workspace.backups, 'mysql.sql'),
      '-- MySQL dump 10.13\n\nSELECT 1;\n',
    );
    const restore = await RestoreForm.openFor(ui, 'backups/mysql.sql');
    await restore.frame
      .getByText(/MySQL or MariaDB/)
      .first()
      .waitFor();
  });

  it('are accessible, in the colours that the tests of the pages take for VS Code’s', async () => {
    const { ui, workspace } = vscode;
    const form = await BackupForm.open(ui);
    await form.chooseFormat('Custom');
    await form.saveTo(path.join(workspace.backups, 'themes.dump'));
    assert.match(await form.create(), /^Backup finished/);
    await ui.runCommand('Notifications: Clear All Notifications');
    await ui.screenshot('backup');
    assert.deepEqual(await ui.axe(form.frame), []);
    const restore = await RestoreForm.openFor(ui, 'backups/themes.dump');
    await restore.frame.getByText('pg_restore').first().waitFor();
    await ui.screenshot('restore');
    assert.deepEqual(await ui.axe(restore.frame), []);
    const differing: string[] = [];
    try {
      for (const [theme, { bodyClass, variables }] of shippedThemes) {
        await ui.setTheme(theme);
        await restore.frame.locator(`body.${bodyClass.replace(' ', '.')}`).waitFor();
        const colours = Object.entries(variables).filter(([name]) => !name.includes('font-'));
        const shown = await restore.frame.evaluate(
          (names) => {
            const style = getComputedStyle(document.documentElement);
            return names.map((name) => style.getPropertyValue(`--vscode-${name}`).trim());
          },
          colours.map(([name]) => name),
        );
        for (const [n, [name, value]] of colours.entries()) {
          if (shown[n] !== value) differing.push(`${theme}, ${name}: ${shown[n]} not ${value}`);
        }
      }
      assert.deepEqual(differing, []);
    } finally {
      await ui.setTheme('Default Dark Modern');
    }
  });

  it('mark production and keep read-only connections from being restored into', async () => {
    const { ui } = vscode;
    await ui.runCommand('PostgreSQL Backup: Test Connection…');
    const row = vscode.page.locator('.quick-input-list-entry', { hasText: 'Live shop' });
    await row.waitFor();
    assert.match(await row.innerText(), /PRODUCTION.*read-only/s);
    await vscode.page.keyboard.press('Escape');
  });
});
