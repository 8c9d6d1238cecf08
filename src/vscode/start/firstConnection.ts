import * as vscode from 'vscode';
import { statedConnections } from '../settings/statedConnections';

/** Milliseconds for which a window that has just begun has other things to do. */
const FIRST_LOOK_MS = 1500;

/**
 * Calls `stated` once, as soon as any settings file that counts here has something as connections; at
 * the start of a window a little later.
 */
export function onFirstConnection(stated: () => void): vscode.Disposable {
  const look = (): void => {
    if (statedConnections().every(({ value }) => value === undefined)) return;
    dispose();
    stated();
  };
  const subscriptions = [
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('pgBackup.connections')) look();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(look),
    vscode.workspace.onDidGrantWorkspaceTrust(look),
  ];
  const first = setTimeout(look, FIRST_LOOK_MS);
  const dispose = (): void => {
    clearTimeout(first);
    for (const subscription of subscriptions) subscription.dispose();
  };
  return { dispose };
}
