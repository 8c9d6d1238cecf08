import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import * as vscode from 'vscode';
import { Settings } from '../../../src/vscode/settings/settings';
import { api } from '../support';

/** The command lines of all processes below this one. */
function childCommands(): string[] {
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, ppid, args]) => ({ pid: Number(pid), ppid: Number(ppid), args: args ?? '' }));
  const below = (parent: number): string[] =>
    rows.filter((row) => row.ppid === parent).flatMap((row) => [row.args, ...below(row.pid)]);
  return below(process.pid);
}

describe('Restricted Mode', () => {
  before(async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await vscode.extensions.getExtension('pg-backup.pg-backup-restore')?.activate();
  });

  it('starts no process, whatever command is called', async () => {
    const options = { connectionId: 'pg18', outputPath: '/tmp/never.dump' };
    await assert.rejects(api.createBackup({ options }), /Restricted Mode/);
    await assert.rejects(
      api.restoreBackup({ options: { connectionId: 'pg18', inputPath: '/tmp/never.dump' } }),
      /Restricted Mode/,
    );
    // These show a message and wait for the user to close it.
    for (const name of ['backup', 'showTools', 'testConnection', 'addConnection']) {
      void vscode.commands.executeCommand(`pgBackup.${name}`);
    }
    const tools = childCommands().filter((args) => /pg_dump|pg_restore|psql|--version/.test(args));
    assert.deepEqual(tools, []);
  });

  it('knows the connections of the user, and none of the workspace', async () => {
    const { Global } = vscode.ConfigurationTarget;
    const configuration = vscode.workspace.getConfiguration('pgBackup');
    const settings = new Settings();
    await configuration.update('connections', [{ id: 'mine' }], Global);
    try {
      assert.deepEqual(settings.connectionIds(), ['mine']);
    } finally {
      settings.dispose();
      await configuration.update('connections', undefined, Global);
    }
  });

  it('still tells what is in a file', async () => {
    const file = path.resolve(__dirname, '../../../../test/fixtures/archives/mini.17.dump');
    const info = await api.getBackupInfo({ path: file });
    assert.equal(info.format, 'custom');
    assert.ok(info.contents.tables.length > 10);
  });
});
