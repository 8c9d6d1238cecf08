import * as vscode from 'vscode';
import type { ScopedConnections } from '../../core/connections/mergeConnections';

/** What every settings file that counts in this window has as its connections, unread. */
export function statedConnections(): ScopedConnections[] {
  const stated = inspectConnections();
  const user: ScopedConnections = { scope: 'user', folder: '', value: stated.globalValue };
  // Settings of a workspace are only used once it is trusted.
  if (!vscode.workspace.isTrusted) return [user];
  const workspace: ScopedConnections = {
    scope: 'workspace',
    folder: '',
    value: stated.workspaceValue,
  };
  // Without a workspace file the one folder's settings are those of the workspace.
  const folders =
    vscode.workspace.workspaceFile === undefined ? [] : (vscode.workspace.workspaceFolders ?? []);
  return [
    user,
    workspace,
    ...folders.map(({ uri }): ScopedConnections => ({
      scope: 'folder',
      folder: uri.toString(),
      value: inspectConnections(uri).workspaceFolderValue,
    })),
  ];
}

interface InspectedSetting {
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}

/** The connections of each settings file; `folder`: with those of a folder of the workspace. */
export function inspectConnections(folder?: vscode.Uri): InspectedSetting {
  const configuration = vscode.workspace.getConfiguration('pgBackup', folder);
  return configuration.inspect<unknown>('connections') ?? {};
}
