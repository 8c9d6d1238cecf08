import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import '../support/connections/readUrls';
import type { ConnectionProfile } from '../../src/core/model/profile';
import { UsedConnections } from '../../src/vscode/connections/usedConnections';
import { FakePostgres } from '../support/machine/fakePostgres';
import { until } from '../support/until';
import { api, scratchDir } from './support';

/** What VS Code keeps for an extension, in memory. */
class Memory implements vscode.Memento {
  private readonly values = new Map<string, unknown>();
  keys = (): readonly string[] => [...this.values.keys()];
  get = <T>(key: string, fallback?: T): T => (this.values.get(key) ?? fallback) as T;
  update = async (key: string, value: unknown): Promise<void> => {
    this.values.set(key, structuredClone(value));
  };
}

/** VS Code shows no dialog in tests, and says in the error which one it would have shown. */
const asks = /refused to show dialog in tests.*Connect to/;

describe('A connection that comes with the workspace', () => {
  const theirs: ConnectionProfile = { id: 'theirs', host: 'db.example', user: 'bob' };

  it('is asked about until the user has chosen it, and again when it leads elsewhere', async () => {
    const state = new Memory();
    const used = new UsedConnections(state);
    assert.equal(used.has(theirs), false);
    await assert.rejects(used.require(theirs), asks);
    await used.add(theirs);
    assert.equal(used.has(theirs), true);
    await used.require(theirs);
    const again = new UsedConnections(state);
    for (const same of [
      { database: 'x' },
      { name: 'Theirs' },
      { environment: 'staging' },
    ] as const) {
      assert.equal(again.has({ ...theirs, ...same }), true);
    }
    const elsewhere: Partial<ConnectionProfile>[] = [
      { host: 'evil.example' },
      { host: 'db.example,evil.example' },
      { port: 6543 },
      { user: 'alice' },
      { sslMode: 'disable' },
      { sslRootCert: '/ca' },
      { id: 'other' },
      { url: 'postgresql://db.example/?require_auth=password' },
    ];
    for (const other of elsewhere) {
      assert.equal(again.has({ ...theirs, ...other }), false, JSON.stringify(other));
    }
    assert.doesNotMatch(JSON.stringify(state.get('connections.used')), /example/);
  });

  it('needs no question in the user settings', async () => {
    const used = new UsedConnections(new Memory());
    assert.equal(used.has({ ...theirs, source: 'user' }), true);
  });

  it('is not remembered when what was kept is damaged', async () => {
    const state = new Memory();
    for (const damaged of [null, 'x', { a: 1 }, [1, null]]) {
      await state.update('connections.used', damaged);
      const used = new UsedConnections(state);
      assert.equal(used.has(theirs), false);
      await used.add(theirs);
      assert.equal(used.has(theirs), true);
    }
  });

  describe('in a real workspace', () => {
    const configuration = (): vscode.WorkspaceConfiguration =>
      vscode.workspace.getConfiguration('pgBackup');
    let thief: FakePostgres;
    let scratch: Awaited<ReturnType<typeof scratchDir>>;
    let earlier: unknown;

    before(async () => {
      thief = await FakePostgres.start();
      scratch = await scratchDir();
      earlier = configuration().inspect('connections')?.workspaceValue;
      await set([{ id: 'thief', host: '127.0.0.1', port: thief.port, user: 'bob' }]);
    });
    after(async () => {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await set(earlier);
      await scratch.remove();
      await thief.stop();
    });

    const set = async (value: unknown): Promise<void> => {
      await configuration().update('connections', value, vscode.ConfigurationTarget.Workspace);
    };

    it('is connected to by nothing that the user has not chosen', async () => {
      const outputPath = path.join(scratch.dir, 'never.dump');
      const inputPath = path.resolve(__dirname, '../../../test/fixtures/archives/mini.17.dump');
      await assert.rejects(
        api.createBackup({ options: { connectionId: 'thief', outputPath } }),
        asks,
      );
      await assert.rejects(
        api.restoreBackup({ options: { connectionId: 'thief', inputPath } }),
        asks,
      );
      await assert.rejects(
        api.verifyBackup({ options: { connectionId: 'thief', inputPath, level: 'trialRestore' } }),
        asks,
      );
      const tabs = (): number => vscode.window.tabGroups.all.flatMap((group) => group.tabs).length;
      // These do what they do by themselves: a form, and what is known of the tools.
      void vscode.commands.executeCommand('pgBackup.showTools');
      void vscode.commands.executeCommand('pgBackup.backup', { connectionId: 'thief' });
      void vscode.commands.executeCommand('pgBackup.restoreFile', vscode.Uri.file(inputPath));
      await until(() => tabs() >= 2, 'both forms are open');
      await assert.rejects(
        api.createBackup({ options: { connectionId: 'thief', outputPath } }),
        asks,
      );
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      assert.equal(thief.connections, 0);
    });
  });
});
