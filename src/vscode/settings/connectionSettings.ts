import * as vscode from 'vscode';
import { changedList } from '../../core/connections/changeEntry';
import {
  type ConnectionPlace,
  mergeConnections,
  type MergedConnections,
  type SettingsPlace,
} from '../../core/connections/mergeConnections';
import { AppError } from '../../core/errors';
import type { ConnectionProfile } from '../../core/model/profile';
import { profileProblemText } from './profileProblems';
import { inspectConnections, statedConnections } from './statedConnections';

/** The entries of every settings file that counts in this window. */
export function readConnections(): MergedConnections {
  return mergeConnections(statedConnections(), process.env);
}

/**
 * Appends an entry to the list of one settings file; other files stay as they are.
 *
 * @throws AppError `connectionInvalid` when the file has something there that is no list
 */
export async function appendConnection(
  profile: ConnectionProfile,
  scope: 'user' | 'workspace',
): Promise<void> {
  const stated = inspectConnections();
  const current: unknown = (scope === 'user' ? stated.globalValue : stated.workspaceValue) ?? [];
  if (!Array.isArray(current)) {
    const problem = profileProblemText({ problem: 'notAnArray' });
    throw new AppError('connectionInvalid', { id: profile.id, problem });
  }
  const { Global, Workspace } = vscode.ConfigurationTarget;
  await vscode.workspace
    .getConfiguration('pgBackup')
    .update(
      'connections',
      [...(current as unknown[]), profile],
      scope === 'user' ? Global : Workspace,
    );
}

/**
 * Changes one entry in the file where it stands.
 *
 * @throws AppError `connectionUnknown` when it is not there any more
 */
export async function changeConnection(
  { scope, folder, index }: ConnectionPlace,
  id: string,
  change: Parameters<typeof changedList>[2],
): Promise<void> {
  const root = scope === 'folder' ? vscode.Uri.parse(folder) : undefined;
  const stated = inspectConnections(root);
  const { Global, Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
  const [list, target] = {
    user: [stated.globalValue, Global] as const,
    workspace: [stated.workspaceValue, Workspace] as const,
    folder: [stated.workspaceFolderValue, WorkspaceFolder] as const,
  }[scope];
  const changed = changedList(list, { id, index }, change);
  if (changed === null) throw new AppError('connectionUnknown', { id });
  await vscode.workspace
    .getConfiguration('pgBackup', root)
    .update('connections', changed.length === 0 ? undefined : changed, target);
}

/** Whose settings: `user settings`. */
export function placeText({ scope, folder }: SettingsPlace): string {
  switch (scope) {
    case 'user':
      return vscode.l10n.t('user settings');
    case 'workspace':
      return vscode.l10n.t('workspace settings');
    case 'folder':
      return vscode.l10n.t('settings of the folder {0}', folderName(folder));
  }
}

function folderName(folder: string): string {
  const uri = vscode.Uri.parse(folder);
  return vscode.workspace.getWorkspaceFolder(uri)?.name ?? uri.path;
}
