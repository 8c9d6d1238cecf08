import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { placeText } from '../../src/vscode/settings/connectionSettings';
import { Settings } from '../../src/vscode/settings/settings';

const { Global, Workspace } = vscode.ConfigurationTarget;
const configuration = (): vscode.WorkspaceConfiguration =>
  vscode.workspace.getConfiguration('pgBackup');
const set = (value: unknown, target: vscode.ConfigurationTarget): Thenable<void> =>
  configuration().update('connections', value, target);

describe('Connections in the settings of the user and of the workspace', () => {
  const user = [
    { id: 'mine', host: 'u' },
    { id: 'both', host: 'u' },
  ];
  const workspace = [
    { id: 'both', host: 'w' },
    { id: 'broken', port: 0 },
    { id: 'theirs', host: 'w' },
  ];
  let settings: Settings;
  let earlier: { globalValue?: unknown; workspaceValue?: unknown } | undefined;

  before(async () => {
    earlier = configuration().inspect('connections');
    settings = new Settings();
    await set(user, Global);
    await set(workspace, Workspace);
  });
  after(async () => {
    settings.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await set(earlier?.globalValue, Global);
    await set(earlier?.workspaceValue, Workspace);
  });

  /** `id host place`, and where what it hides stands. */
  const placed = (): string[] =>
    settings
      .placedConnections()
      .map(({ profile, place, hides }) =>
        [profile.id, profile.host, placeText(place), ...hides.map(placeText)].join(', '),
      );

  it('are merged by id, the workspace before the user', () => {
    assert.deepEqual(placed(), [
      'both, w, workspace settings, user settings',
      'theirs, w, workspace settings',
      'mine, u, user settings',
    ]);
    assert.deepEqual(settings.connectionIds().sort(), ['both', 'broken', 'mine', 'theirs']);
  });

  it('lose none when one is added to either', async () => {
    let changes = 0;
    const subscription = settings.onDidChangeConnections(() => changes++);
    await settings.addConnection({ id: 'new-user', host: 'u' }, 'user');
    await settings.addConnection({ id: 'new-workspace', host: 'w' }, 'workspace');
    subscription.dispose();
    assert.ok(changes >= 2);
    assert.deepEqual(placed(), [
      'both, w, workspace settings, user settings',
      'theirs, w, workspace settings',
      'new-workspace, w, workspace settings',
      'mine, u, user settings',
      'new-user, u, user settings',
    ]);
    const stated = configuration().inspect<unknown[]>('connections');
    assert.deepEqual(stated?.globalValue?.slice(0, 2), user);
    assert.deepEqual(stated.workspaceValue?.slice(0, 3), workspace);
  });

  it('are edited where they stand, and the file is not touched', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    const file = path.join(folder, '.vscode', 'settings.json');
    const text = await readFile(file, 'utf8');
    const places: [argument: object, line: RegExp, next: RegExp][] = [
      [{ connectionId: 'theirs' }, /^\s*\{$/, /"id": "theirs"/],
      [{ place: { scope: 'workspace', folder: '', index: 1 } }, /^\s*\{$/, /"id": "broken"/],
      [{ connectionId: 'mine' }, /^\s*\{$/, /"id": "mine"/],
      [{ place: { scope: 'user', folder: '', index: 1 } }, /^\s*\{$/, /"id": "both"/],
    ];
    for (const [argument, line, next] of places) {
      await vscode.commands.executeCommand('pgBackup.editConnections', argument);
      const editor = vscode.window.activeTextEditor;
      assert.ok(editor);
      const { document, selection } = editor;
      assert.match(document.uri.path, /settings\.json$/);
      assert.match(document.lineAt(selection.active.line).text, line);
      assert.match(document.lineAt(selection.active.line + 1).text, next);
      assert.equal(document.isDirty, false);
    }
    assert.equal(await readFile(file, 'utf8'), text);
  });

  it('are changed by their menu where they stand, and nowhere else', async () => {
    const stated = (): { globalValue?: unknown[]; workspaceValue?: unknown[] } | undefined =>
      configuration().inspect<unknown[]>('connections');
    const earlierUser = stated()?.globalValue;
    await vscode.commands.executeCommand('pgBackup.markReadOnly', { connectionId: 'both' });
    assert.deepEqual(stated()?.workspaceValue?.[0], { id: 'both', host: 'w', readOnly: true });
    assert.deepEqual(stated()?.workspaceValue?.slice(1, 3), workspace.slice(1));
    assert.deepEqual(stated()?.globalValue, earlierUser);
  });

  it('are copied as a URL', async () => {
    await vscode.commands.executeCommand('pgBackup.copyConnectionUrl', { connectionId: 'mine' });
    assert.equal(await vscode.env.clipboard.readText(), 'postgresql://u/');
  });

  it('are not overwritten where the setting is no list', async () => {
    await set({ id: 'no list' }, Workspace);
    await assert.rejects(settings.addConnection({ id: 'x' }, 'workspace'), /connectionInvalid/);
    assert.deepEqual(configuration().inspect('connections')?.workspaceValue, { id: 'no list' });
    assert.deepEqual(
      settings.placedConnections().map(({ profile }) => profile.id),
      ['mine', 'both', 'new-user'],
    );
  });
});
