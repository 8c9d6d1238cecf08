import * as vscode from 'vscode';
import type { ConnectionPlace, SettingsPlace } from '../../core/connections/mergeConnections';
import { connectionLabel } from '../../core/model/profile';
import { jsonPosition } from '../../core/text/jsonPosition';
import { placeText } from '../settings/connectionSettings';
import { profileProblemText } from '../settings/profileProblems';
import type { Settings } from '../settings/settings';
import { window } from '../ui/window';
import { argumentField } from '../ui/argumentField';

/** How long VS Code may take to show a settings file. */
const OPEN_TIMEOUT_MS = 10_000;

/** An entry of a settings file, whether it counts or not. */
export interface ConnectionEntry {
  id: string;
  label: string;
  detail: string;
  place: ConnectionPlace;
}

/** All of them: those in use, those that cannot be used, and those that others hide. */
export function connectionEntries(settings: Settings): ConnectionEntry[] {
  const used = settings.placedConnections().map(({ profile, place, hides }) => ({
    entry: { id: profile.id, label: connectionLabel(profile), detail: '', place },
    hides,
  }));
  const broken = settings
    .connectionProblems()
    .filter(({ severity }) => severity === 'error')
    .map(({ hides, place, ...problem }) => ({
      entry: {
        id: problem.id ?? '',
        label: problem.id ?? vscode.l10n.t('Unusable entry'),
        detail: profileProblemText(problem),
        place,
      },
      hides,
    }));
  const hidden = ({ id }: ConnectionEntry, place: ConnectionPlace): ConnectionEntry => ({
    id,
    label: id,
    detail: vscode.l10n.t('hidden by another entry with the same "id"'),
    place,
  });
  return [...used, ...broken].flatMap(({ entry, hides }) => [
    entry,
    ...hides.map((place) => hidden(entry, place)),
  ]);
}

/** @param wanted the entry's id or its place */
export function isWanted(entry: ConnectionEntry, wanted?: string | ConnectionPlace): boolean {
  return typeof wanted === 'object' ? isSame(entry.place, wanted) : entry.id === wanted;
}

function isSame(a: ConnectionPlace, b: ConnectionPlace): boolean {
  return a.scope === b.scope && a.folder === b.folder && a.index === b.index;
}

/** The place that a row of the view brings along. */
export function placeOf(argument: unknown): ConnectionPlace | undefined {
  const place = argumentField(argument, 'place');
  // It is only compared with places that are known.
  return typeof place === 'object' && place !== null ? (place as ConnectionPlace) : undefined;
}

export function pickEntry(
  entries: readonly ConnectionEntry[],
): Promise<ConnectionEntry | undefined> {
  const items = entries.map((entry) => ({ ...entry, description: placeText(entry.place) }));
  return window.showQuickPick(items, {
    title: vscode.l10n.t('Edit Connections'),
    placeHolder: vscode.l10n.t('Choose the entry to edit'),
    matchOnDescription: true,
  });
}

/** Opens the settings file at the line of the entry. Nothing is written. */
export async function editConnection(place: ConnectionPlace): Promise<void> {
  const editor = await openSettings(place);
  if (editor === undefined || reveal(editor, place)) return;
  // On another machine (SSH, container) there is a second file of the user.
  if (place.scope !== 'user' || vscode.env.remoteName === undefined) return;
  const remote = await openedBy('workbench.action.openRemoteSettingsFile');
  if (remote !== undefined) reveal(remote, place);
}

async function openSettings({
  scope,
  folder,
}: SettingsPlace): Promise<vscode.TextEditor | undefined> {
  if (scope === 'user') return openedBy('workbench.action.openSettingsJson');
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  if (scope === 'workspace' && workspaceFile !== undefined) {
    return openedBy('workbench.action.openWorkspaceConfigFile');
  }
  const root = scope === 'folder' ? vscode.Uri.parse(folder) : workspaceFolders?.[0]?.uri;
  if (root === undefined) return undefined;
  const file = vscode.Uri.joinPath(root, '.vscode', 'settings.json');
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
}

/** The editor of the settings file that a command of VS Code opens; only VS Code knows where it is. */
async function openedBy(command: string): Promise<vscode.TextEditor | undefined> {
  await vscode.commands.executeCommand(command);
  const now = vscode.window.activeTextEditor;
  if (now !== undefined && isSettings(now)) return now;
  return new Promise((resolve) => {
    const end = (editor: vscode.TextEditor | undefined): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve(editor);
    };
    const subscription = vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor !== undefined && isSettings(editor)) end(editor);
    });
    const timer = setTimeout(() => end(undefined), OPEN_TIMEOUT_MS);
  });
}

function isSettings({ document }: vscode.TextEditor): boolean {
  return /(?:settings\.json|\.code-workspace)$/.test(document.uri.path);
}

/** @returns false when the entry is not in this file */
function reveal(editor: vscode.TextEditor, { scope, index }: ConnectionPlace): boolean {
  const inWorkspaceFile = scope === 'workspace' && vscode.workspace.workspaceFile !== undefined;
  const list = [...(inWorkspaceFile ? ['settings'] : []), 'pgBackup.connections'];
  const text = editor.document.getText();
  const offset = jsonPosition(text, index < 0 ? list : [...list, index]);
  if (offset === null) return false;
  const at = editor.document.positionAt(offset);
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenter);
  return true;
}
