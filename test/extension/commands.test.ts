import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Contributes {
  commands: { command: string }[];
}

describe('Commands', () => {
  it('are registered, each one that the manifest contributes', async () => {
    const extension = vscode.extensions.getExtension('pg-backup.pg-backup-restore');
    assert.ok(extension);
    await extension.activate();
    const { commands } = (extension.packageJSON as { contributes: Contributes }).contributes;
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = commands.map(({ command }) => command).filter((id) => !registered.has(id));
    assert.deepEqual(missing, []);
    assert.ok(commands.length > 10);
  });
});
