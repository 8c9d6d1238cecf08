/** The way of somebody who has the extension for five minutes, with what holds it up. */
import assert from 'node:assert/strict';
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { compareDatabases } from '../support/machine/compareDatabases';
import { newestServer } from '../support/servers';
import { until } from '../support/until';
import { BackupForm, RestoreForm } from '../support/start/formPages';
import type { Sidebar } from '../support/start/sidebar';
import type { OpenedExtension } from '../support/workbench/openExtension';

/** @param title of its tab, which is clicked; without one the form is the page that is in front */
async function formOf(vscode: OpenedExtension, title?: string): Promise<BackupForm> {
  await vscode.page.getByRole('tab', { name: /Back Up/ }).waitFor();
  const form = new BackupForm(await vscode.ui.webviewFrame(title));
  await form.frame
    .getByText(/PostgreSQL \d+/)
    .first()
    .waitFor();
  return form;
}

/** Counts what a person does with hands: keys that are pressed, and the pointer's clicks. */
class Inputs {
  count = 0;

  static async of({ page }: OpenedExtension): Promise<Inputs> {
    const inputs = new Inputs();
    await page.exposeFunction('handMoved', () => inputs.count++);
    await inputs.watch(page.mainFrame());
    return inputs;
  }

  /** Counts in this frame, too. */
  async watch(frame: Frame): Promise<void> {
    await frame.evaluate(() => {
      const tell = (event: Event): void => {
        // VS Code hands on the keys of a page to the window, by events of its own making.
        if (event.isTrusted) (window as unknown as { handMoved: () => void }).handMoved();
      };
      for (const type of ['keydown', 'pointerdown']) addEventListener(type, tell, true);
    });
  }
}

/**
 * Empty VS Code, paste, databases, backup, a look into it, restore into a new database.
 *
 * @param names `beside`: another database of the server, `restored`: the name that has to be proposed
 */
export async function fromPasteToRestore(
  vscode: OpenedExtension,
  sidebar: Sidebar,
  { database, restored, beside }: { database: string; restored: string; beside: string },
): Promise<void> {
  const { ui, page } = vscode;
  const server = newestServer();
  const row = (text: string | RegExp): ReturnType<typeof page.locator> =>
    ui.quickInput.locator('.monaco-list-row', { hasText: text }).first();
  const welcome = sidebar.view('Connections').locator('.monaco-button');
  // A window that is just opening does not know at once that its workspace is trusted.
  await until(
    async () => (await welcome.allInnerTexts()).join() === 'Add Connection',
    'one primary button',
  );
  await ui.screenshot('empty');
  await welcome.click();

  const password = server.password ?? '';
  const secret = encodeURIComponent(password);
  const box = ui.quickInput.locator('input.input');
  await ui.quickInput.getByPlaceholder(/^Paste a URL/).waitFor();
  await box.fill(
    `postgresql+asyncpg://${server.user}:${secret}@${server.host}:${server.port}/${database}?schema=x&pool_size=5`,
  );
  await row(`${server.host}:${server.port}/${database}`).waitFor();
  assert.match(await box.inputValue(), /:••••••••@/);
  assert.ok(!(await ui.accessibleText()).includes(password));
  await ui.screenshot('add-connection-paste');
  // What is pasted is given; from here on the way is counted.
  const inputs = await Inputs.of(vscode);
  await page.keyboard.press('Enter');

  await row('Test and Save for Me').waitFor();
  assert.match(await row(/^schema/).innerText(), /chosen in the backup form/);
  await ui.screenshot('add-connection-review');
  await page.keyboard.press('Enter');

  const form = await formOf(vscode);
  await inputs.watch(form.frame);
  assert.match(await form.create(), /^Backup finished/);
  assert.equal(inputs.count, 3);
  await assertOfUser(vscode, database, [password, secret]);

  const connection = sidebar.row('Connections', new RegExp(`^${database},`));
  const databaseRow = (name: string): ReturnType<Sidebar['row']> =>
    sidebar.row('Connections', new RegExp(`^${name}, [\\d.]+ [kM]B`));
  await connection.click();
  await databaseRow(beside).waitFor();

  await form.result.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('tab', { name: new RegExp(`${database}_.*\\.dump`) }).waitFor();
  const archive = await ui.webviewFrame(`${database}_`);
  await archive.getByText('app.orders').first().waitFor();
  await ui.screenshot('first-archive');
  await archive.getByRole('button', { name: 'Restore…' }).click();
  const restore = await RestoreForm.opened(ui);
  await restore.setChecked('Create a new database', true);
  const target = restore.textField('Target database');
  await until(async () => (await target.inputValue()) === restored, 'the new name is proposed');
  assert.match(await restore.restore(), /^Restore of .* finished/);
  assert.deepEqual(await compareDatabases(server, database, server, restored), []);
  await databaseRow(restored).waitFor();
  await ui.screenshot('first-restore');
  await connection.click();
  await databaseRow(restored).waitFor({ state: 'detached' });
}

/** It is in the settings of the user, without secrets, and not in those of the workspace. */
async function assertOfUser(
  { vscode, workspace }: OpenedExtension,
  database: string,
  secrets: readonly string[],
): Promise<void> {
  const text = await readFile(path.join(vscode.userDataDir, 'User', 'settings.json'), 'utf8');
  assert.ok(text.includes(`"database": "${database}"`));
  for (const secret of secrets) assert.ok(!text.includes(secret));
  const shared = await readFile(path.join(workspace.dir, '.vscode/settings.json'), 'utf8');
  assert.ok(!shared.includes(database));
}

/** A form waits for tools that fit; they come, and it goes on. `tools`: their folder. */
export async function toolsArrive(
  vscode: OpenedExtension,
  sidebar: Sidebar,
  { connection, tools }: { connection: string; tools: string },
): Promise<void> {
  const { ui, page } = vscode;
  const elsewhere = `${tools}-elsewhere`;
  await rename(tools, elsewhere);
  // Looks for them anew.
  await ui.runCommand('PostgreSQL Backup: Show PostgreSQL Tools');
  await ui.quickInput.getByPlaceholder(/found|Searched/).waitFor();
  await page.keyboard.press('Escape');
  const row = sidebar.row('Connections', new RegExp(`^${connection},`));
  await sidebar.inline(row, 'Back Up Database');
  const form = await formOf(vscode, 'Back Up ');
  const install = form.frame.getByRole('button', { name: 'How to Install' });
  const terminal = page.locator('.terminal-tabs-entry', { hasText: 'Install the' });
  await install.click();
  await terminal.waitFor();
  await ui.screenshot('how-to-install');
  await install.click();
  await form.button('Create Backup').click();
  await form.frame.locator('#problem-count').waitFor();
  await rename(elsewhere, tools);
  await ui.waitForNotification(/PostgreSQL tools were found: .*tools/);
  await install.waitFor({ state: 'detached' });
  assert.match(await form.create(), /^Backup finished/);
  assert.equal(await terminal.count(), 1, 'no second terminal');
}
