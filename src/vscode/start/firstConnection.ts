import * as vscode from 'vscode';
import { statedConnections } from '../settings/statedConnections';

/** Calls `stated` once, as soon as any settings file that counts here has something as connections. */
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
  const dispose = (): void => {
    for (const subscription of subscriptions) subscription.dispose();
  };
  look();
  return { dispose };
}
