import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ensureWindowsTools } from '../../support/install/windowsTools';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { newestServer } from '../../support/servers';
import { BackupForm } from '../../support/start/formPages';
import { WindowsEditor } from '../../support/windows/editor';
import { windowsPath } from '../../support/windows/windowsPath';
import { connectionTo, createTestWorkspace } from '../../support/workbench/testWorkspace';
import { openWorkbench } from '../../support/workbench/workbench';

const DATABASE = 'Übung Ω';

describe('the extension in VS Code on Windows', () => {
  const server = newestServer();

  before(() => createSampleDatabase(server, DATABASE, 'tiny'));
  after(() => dropDatabase(server, DATABASE));

  it('makes a backup by its form, of a database and into a path beyond the code page', async () => {
    const workspace = await createTestWorkspace({});
    const passwords = path.join(workspace.dir, 'pgpass');
    await writeFile(passwords, `*:*:*:*:${server.password.replace(/[\\:]/g, '\\$&')}\n`);
    const toolsDir = windowsPath(await ensureWindowsTools());
    const settings = { 'pgBackup.connections': [connectionTo(server, 'shop', DATABASE)] };
    const env = { WINEPATH: toolsDir, PGPASSFILE: windowsPath(passwords) };
    const workbench = await openWorkbench({
      version: 'minimum',
      workspace: `/z:${workspace.dir}`,
      start: () => WindowsEditor.start(settings, env),
    });
    try {
      const form = await BackupForm.open(workbench.ui);
      const file = path.join(workspace.backups, 'Größe 日本.dump');
      await form.textField('Save to').fill(windowsPath(file));
      assert.match(await form.create(), /^Backup finished/);
      assert.equal((await readFile(file)).subarray(0, 5).toString(), 'PGDMP');
      const names = (await readdir(workspace.backups)).filter((name) => name.startsWith('.'));
      assert.deepEqual(names, []);
    } finally {
      await workbench.close();
      await workspace.remove();
    }
  });
});
