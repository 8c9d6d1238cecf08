/**
 * New connections, and what is asked and shown of those whose secrets nobody has stored.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSampleDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { SshServer } from '../support/machine/sshServer';
import { itNeeds } from '../support/needs';
import { startKeyedServer, type KeyedServer } from '../support/workbench/keyedServer';
import { ENGINE_HELD, fakeDocker } from '../support/workbench/fakeDocker';
import { openExtension, type OpenedExtension } from '../support/workbench/openExtension';
import { newestServer } from '../support/servers';
import { BackupForm } from '../support/start/formPages';
import { Sidebar } from '../support/start/sidebar';
import { connectionTo } from '../support/workbench/testWorkspace';
import { until } from '../support/until';
import { toolsArrive } from './firstMinutes';

const database = 'connect_e2e';
const server = newestServer();
const password = server.password ?? '';

const others = ['connect_one', 'connect_two'];
describe('Connections in VS Code', function () {
  const container = 'db-1';
  let vscode: OpenedExtension;
  let programs: string;
  let ssh: SshServer;
  let keyed: KeyedServer;
  /** The folder with the server's tools. */
  let tools: string;

  before(async () => {
    ssh = await SshServer.start();
    programs = await mkdtemp(path.join(tmpdir(), 'connect-programs-'));
    await fakeDocker(programs, container, server);
    tools = path.join(programs, 'tools');
    await mkdir(tools);
    for (const name of await readdir(server.binDir)) {
      await symlink(path.join(server.binDir, name), path.join(tools, name));
    }
    keyed = await startKeyedServer(server.major);
    for (const name of [database, ...others]) await createSampleDatabase(server, name, 'tiny');
    vscode = await openExtension({
      connections: [
        { ...connectionTo(server, 'shop', 'postgres'), name: 'Shop' },
        { ...connectionTo(server, 'inner', 'postgres'), name: 'Inner', ssh: 'new-and-locked' },
        keyed.connection,
      ],
      settings: { 'terminal.integrated.tabs.hideCondition': 'never' },
      env: {
        PGPASSFILE: undefined,
        PATH: [programs, ssh.binDir, tools, process.env['PATH']].join(path.delimiter),
      },
      prepare: async (dir) => {
        const url = `postgres://${server.user}:${encodeURIComponent(password)}@${server.host}:${server.port}/postgres`;
        await writeFile(path.join(dir, '.env'), `DATABASE_URL=${url}\n`);
        await mkdir(path.join(dir, 'prisma'));
        const schema = 'datasource db {\n  provider = "postgresql"\n  url = env("SHOP_URL")\n}\n';
        await writeFile(path.join(dir, 'prisma', 'schema.prisma'), schema);
      },
    });
  });
  after(async () => {
    await vscode.close();
    await ssh.stop();
    await keyed.stop();
    await rm(programs, { recursive: true });
    for (const name of [database, ...others]) await dropDatabase(server, name);
  });
  afterEach(async () => {
    await vscode.page.keyboard.press('Escape');
    await vscode.ui.closeEditors();
  });

  describe('A new connection', function () {
    /** As a text box would take it from the clipboard. */
    async function paste(text: string): Promise<void> {
      await vscode.ui.runCommand('PostgreSQL Backup: Add Connection…');
      await vscode.ui.quickInput.getByPlaceholder(/^Paste a URL/).waitFor();
      await vscode.ui.quickInput.locator('input.input').fill(text);
    }
    const row = (text: string | RegExp): ReturnType<typeof vscode.page.locator> =>
      vscode.ui.quickInput.locator('.monaco-list-row', { hasText: text }).first();

    it('whose database is missing is mended from the list of the server', async () => {
      const { ui, page } = vscode;
      await paste(`psql -h ${server.host} -p ${server.port} -U ${server.user} connect_nodb`);
      await row(/connect_nodb/).waitFor();
      await page.keyboard.press('Enter');
      await row('Test and Save for This Workspace').click();
      await ui.quickInput.locator('input[type=password]').waitFor();
      await ui.fillQuickInput(password);
      await row(database).waitFor();
      await row(database).click();
      await row('Test and Save for This Workspace').waitFor();
      assert.match(await row(/^Database/).innerText(), new RegExp(database));
      await page.keyboard.press('Escape');
    });

    it('is found in the files of the workspace, and looked through before it is saved', async () => {
      const { ui, page } = vscode;
      const held = path.join(programs, ENGINE_HELD);
      await writeFile(held, '');
      await paste('');
      await row('Find Connections').click();
      await row('prisma/schema.prisma: db.url').waitFor();
      assert.match(await row('.env: DATABASE_URL').innerText(), /with its password/);
      // What comes later leaves the row that was chosen.
      const chosen = ui.quickInput.locator('.monaco-list-row.focused', { hasText: 'SHOP_URL' });
      await page.keyboard.press('ArrowDown');
      await chosen.waitFor();
      // The page tells the extension of it a moment later.
      await page.evaluate(
        () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
      );
      await rm(held);
      await row(`running container: ${container}`).waitFor();
      await chosen.waitFor();
      assert.ok(!(await ui.accessibleText()).includes(password));
      await ui.screenshot('found-connections');
      // A variable stays one; where it is not set, that is said before anything is saved.
      await row('prisma/schema.prisma: db.url').click();
      await row(/\$\{env:SHOP_URL\}/).waitFor();
      await row('Test and Save for Me').click();
      await ui.quickInput.getByPlaceholder(/SHOP_URL, .*is not set/).waitFor();
      await page.keyboard.press('Escape');

      await paste('');
      await row('Find Connections').click();
      await row('.env: DATABASE_URL').click();
      await row('Test and Save for Me').waitFor();
      assert.match(await row(/^Host/).innerText(), new RegExp(server.host));
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

  describe('A connection whose password is not stored', function () {
    let sidebar: Sidebar;

    before(async () => {
      sidebar = await Sidebar.open(vscode.ui);
      await vscode.ui.runCommand('Notifications: Clear All Notifications');
    });

    it('is asked for it when the server wants one, and it appears nowhere', async () => {
      const { ui, page, workspace } = vscode;
      assert.ok(password.length > 5);
      await sidebar.inline(sidebar.row('Connections', /^Shop,/), 'Back Up Database');
      const field = page.locator('.quick-input-widget input[type=password]');
      await field.waitFor();
      await ui.fillQuickInput('wrong');
      await page.getByText(/did not accept the password/).waitFor();
      await ui.fillQuickInput(password);
      const form = new BackupForm(await ui.webviewFrame('Back Up '));
      await form.frame
        .getByText(/PostgreSQL \d+/)
        .first()
        .waitFor();
      // Only now that it has worked.
      await ui.clickNotificationButton('The password for', 'Use for this session');
      await form.saveTo(path.join(workspace.backups, 'asked.dump'));
      assert.match(await form.create(), /^Backup finished/);
      await ui.runCommand('PostgreSQL Backup: Show Output');

      assert.ok(!(await ui.accessibleText()).includes(password));
      const places = [vscode.vscode.userDataDir, workspace.dir];
      const found = spawnSync('grep', ['-rlF', '--', password, ...places], { encoding: 'utf8' });
      // 1 = searched everything, found nothing.
      assert.equal(found.status, 1, found.stdout);
    });

    it('is asked for the passphrase of its key, which is kept only once it has worked', async () => {
      const { ui } = vscode;
      const test = async (): Promise<void> => {
        await ui.runCommand('PostgreSQL Backup: Test Connection…');
        await ui.pick('Keyed');
      };
      const kept = /The passphrase of the key of Keyed works\./;
      const field = ui.quickInput.locator('input[type=password]');
      await test();
      await ui.quickInput.getByText(/needs its passphrase/).waitFor();
      await field.fill('wrong');
      await vscode.page.keyboard.press('Enter');
      await ui.quickInput.getByText(/does not open the key/).waitFor();
      assert.ok(!(await ui.notifications()).some((text) => kept.test(text)));
      await field.fill(keyed.passphrase);
      await vscode.page.keyboard.press('Enter');
      await ui.waitForNotification(/Connected to "Keyed"/);
      await ui.clickNotificationButton(kept, 'Remember');
      await ui.runCommand('Notifications: Clear All Notifications');
      await test();
      await ui.waitForNotification(/Connected to "Keyed"/);
    });

    const databaseRow = (name: string): ReturnType<Sidebar['row']> =>
      sidebar.row('Connections', new RegExp(`^${name}, [\\d.]+ [kM]B`));

    it('shows its databases with their sizes, each with what a connection can do', async () => {
      const { ui, page } = vscode;
      await sidebar.row('Connections', /^Shop,/).click();
      await databaseRow('connect_one').waitFor();
      await databaseRow('postgres').waitFor();
      assert.equal(await sidebar.row('Connections', /^template/).count(), 0);
      await ui.screenshot('connection-databases');
      await sidebar.inline(databaseRow('connect_two'), 'Back Up Database');
      await page.getByRole('tab', { name: /Back Up connect_two – Shop/ }).waitFor();
      const form = new BackupForm(await ui.webviewFrame('Back Up '));
      await form.frame
        .getByText(/PostgreSQL \d+/)
        .first()
        .waitFor();
      const proposed = form.textField('Save to');
      await until(async () => /connect_two_[^/]*\.dump$/.test(await proposed.inputValue()));
      await form.choose('Database', 'connect_one');
      await page.getByRole('tab', { name: /Back Up connect_one – Shop/ }).waitFor();
      await form.frame
        .getByText(/--dbname=connect_one/)
        .first()
        .waitFor();
      await form.frame.getByText(`${server.host}:${server.port}/connect_one`).waitFor();
      await ui.screenshot('database-chooser');
      assert.match(await form.create(), /^Backup finished/);
    });

    it('backs up several of them in one go, with the globals beside them', async () => {
      const { ui, page, workspace } = vscode;
      await databaseRow('connect_one').click();
      await databaseRow('connect_two').click({ modifiers: ['Control'] });
      await sidebar.menu(
        databaseRow('connect_two'),
        'Back Up Several Databases…',
        ui.quickInput.getByPlaceholder(/^Check what is to be backed up/),
      );
      await ui.screenshot('several-databases');
      await page.keyboard.press('Enter');
      const summary = await ui.waitForNotification(/Backed up connect_one, connect_two, Roles/);
      assert.match(await summary.innerText(), /of Shop: [\d.]+ [kM]B/);
      // Where the summary had hidden itself, the notification centre shows those of other cases, too.
      const ofThese = async (): Promise<string[]> =>
        (await ui.notifications()).filter((text) => /connect_(?:one|two)|Roles/.test(text));
      await until(async () => (await ofThese()).length === 1, 'one notification for all of them');
      const files = (await readdir(workspace.backups)).filter((name) => !name.endsWith('.json'));
      const stamp = /_[\d-]+_\d+/.exec(files.find((name) => name.startsWith('globals')) ?? '')?.[0];
      assert.ok(stamp !== undefined, files.join());
      for (const name of [`connect_one${stamp}.dump`, `connect_two${stamp}.dump`]) {
        assert.ok(files.includes(name), `${name} in ${files.join()}`);
      }
    });

    itNeeds(
      'no newer PostgreSQL',
      'waits for tools that are not there, says once how to install them, and goes on when they are',
      () => toolsArrive(vscode, sidebar, { connection: 'Shop', tools }),
    );

    it('uses the tools of a container that was chosen', async () => {
      const { ui } = vscode;
      const pick = async (item: string | RegExp): Promise<void> => {
        await ui.runCommand('PostgreSQL Backup: Use the Tools of a Container…');
        const rows = ui.quickInput.locator('.monaco-list-row');
        await rows.filter({ hasText: /^Shop/ }).first().click();
        await rows.filter({ hasText: item }).first().click();
      };
      await pick(container);
      await ui.waitForNotification(/"Shop" uses PostgreSQL .*docker:db-1:/);
      await sidebar.inline(sidebar.row('Connections', /^Shop,/), 'Back Up Database');
      const form = new BackupForm(await ui.webviewFrame('Back Up '));
      await form.frame
        .getByText(/docker exec -i .*db-1/)
        .first()
        .waitFor();
    });
  });

  describe('A connection through an SSH server', function () {
    it('shows the unknown key of the server, then asks for the passphrase of one’s own', async () => {
      const { ui, page } = vscode;
      await ui.runCommand('PostgreSQL Backup: Test Connection…');
      await ui.pick('Inner');
      await ui.dialogButton('Trust and Connect').waitFor();
      assert.equal(await ui.dialogFocus(), 'Do Not Connect');
      const dialog = await ui.dialogText();
      assert.match(dialog, /Trust the key of the SSH server 127\.0\.0\.1\?/);
      assert.ok(dialog.includes(`Host: 127.0.0.1, port ${ssh.port}`), dialog);
      assert.ok(dialog.includes(`Key: ED25519 ${await ssh.fingerprint()}`), dialog);
      await ui.screenshot('ssh-host-key');
      await ui.dialogButton('Trust and Connect').click();
      await ui.quickInput.getByText(`Passphrase of the key ${ssh.file('locked')}`).waitFor();
      await ui.quickInput.locator('input[type=password]').waitFor();
      await ui.screenshot('ssh-passphrase');
      await ui.fillQuickInput('wrong');
      await ui.quickInput.getByText('That was not accepted.').waitFor();
      await ui.fillQuickInput(ssh.passphrase);
      await ui.quickInput.getByText('Password for Inner').waitFor();
      await ui.fillQuickInput(password);
      await ui.waitForNotification(/Connected to "Inner"/);
      await ui.clickNotificationButton('The passphrase of the key', 'Use for this session');
      assert.ok(!(await ui.accessibleText()).includes(ssh.passphrase));
      await page.keyboard.press('Escape');
    });
  });
});
