/** The first five minutes, in an empty VS Code: from what one has in the clipboard to a backup. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createSampleDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { openExtension, type OpenedExtension } from '../support/openExtension';
import { newestServer } from '../support/servers';
import { BackupForm } from '../support/start/formPages';

const database = 'connect_e2e';
const server = newestServer();
const password = server.password ?? '';

describe('A new connection', function () {
  let vscode: OpenedExtension;

  before(async () => {
    await createSampleDatabase(server, database, 'tiny');
    vscode = await openExtension({ connections: [], env: { PGPASSFILE: undefined } });
  });
  after(async () => {
    await vscode.close();
    await dropDatabase(server, database);
  });

  /** As a text box would take it from the clipboard. */
  async function paste(text: string): Promise<void> {
    await vscode.ui.runCommand('PostgreSQL Backup: Add Connection…');
    await vscode.ui.quickInput.getByPlaceholder(/^Paste a URL/).waitFor();
    await vscode.ui.quickInput.locator('input.input').fill(text);
  }
  const row = (text: string | RegExp): ReturnType<typeof vscode.page.locator> =>
    vscode.ui.quickInput.locator('.monaco-list-row', { hasText: text }).first();

  it('is one paste, one look and one click away from a finished backup', async () => {
    const { ui, page, workspace } = vscode;
    let inputs = 0;
    const secret = encodeURIComponent(password);
    await paste(
      `postgresql+asyncpg://${server.user}:${secret}@${server.host}:${server.port}/${database}?schema=x&pool_size=5`,
    );
    await row(`${server.host}:${server.port}/${database}`).waitFor();
    const box = ui.quickInput.locator('input.input');
    assert.match(await box.inputValue(), /:••••••••@/);
    assert.ok(!(await ui.accessibleText()).includes(password));
    await ui.screenshot('add-connection-paste');
    inputs++;
    await page.keyboard.press('Enter');

    await row('Test and Save for Me').waitFor();
    assert.match(await row(/^schema/).innerText(), /chosen in the backup form/);
    await ui.screenshot('add-connection-review');
    inputs++;
    await page.keyboard.press('Enter');

    await page.getByRole('tab', { name: /Back Up/ }).waitFor({ timeout: 30_000 });
    const form = new BackupForm(await ui.webviewFrame());
    await form.frame
      .getByText(/PostgreSQL \d+/)
      .first()
      .waitFor({ timeout: 30_000 });
    inputs++;
    assert.match(await form.create(), /^Backup finished/);
    assert.equal(inputs, 3);

    const settings = path.join(vscode.vscode.userDataDir, 'User', 'settings.json');
    const text = await readFile(settings, 'utf8');
    assert.ok(text.includes(`"database": "${database}"`), "it is the user's");
    assert.ok(!text.includes(password) && !text.includes(secret));
    assert.ok(
      !(await readFile(path.join(workspace.dir, '.vscode/settings.json'), 'utf8')).includes(
        database,
      ),
    );
  });

  it('whose database is missing is mended from the list of the server', async () => {
    const { ui, page } = vscode;
    await paste(`psql -h ${server.host} -p ${server.port} -U ${server.user} connect_nodb`);
    await row(/connect_nodb/).waitFor();
    await page.keyboard.press('Enter');
    await row('Test and Save for This Workspace').click();
    await ui.quickInput.locator('input[type=password]').waitFor({ timeout: 30_000 });
    await ui.fillQuickInput(password);
    await row(database).waitFor({ timeout: 30_000 });
    await row(database).click();
    await row('Test and Save for This Workspace').waitFor();
    assert.match(await row(/^Database/).innerText(), new RegExp(database));
    await page.keyboard.press('Escape');
  });

  it('that would send a secret elsewhere is refused by name', async () => {
    const { ui, page } = vscode;
    await paste(`postgresql://db.example/shop?hostaddr=10.0.0.6`);
    await row('"hostaddr" would dial another server').waitFor();
    await page.keyboard.press('Enter');
    assert.ok(await ui.quickInput.getByPlaceholder(/^Paste a URL/).isVisible());
    await page.keyboard.press('Escape');
  });
});
