import path from 'node:path';
import * as vscode from 'vscode';

/** In the workspace: its Explorer; elsewhere: the system's file manager. */
export async function revealInExplorer(file: string): Promise<void> {
  const uri = vscode.Uri.file(path.normalize(file));
  const inside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', uri);
}
