import path from 'node:path';
import * as vscode from 'vscode';

/** More than this is no workspace of dumps: the menu entry is left to the toc.dat file itself. */
const MAX_FOLDERS = 1000;

/**
 * Tells the Explorer's context menu which folders are directory archives (they hold a toc.dat), by
 * the context key `pgBackup.directoryArchives`.
 */
export class DirectoryArchives implements vscode.Disposable {
  private readonly folders = new Set<string>();
  private readonly watcher = vscode.workspace.createFileSystemWatcher('**/toc.dat', false, true);

  constructor() {
    this.watcher.onDidCreate((uri) => this.change(uri, true));
    this.watcher.onDidDelete((uri) => this.change(uri, false));
    void this.search();
  }

  dispose(): void {
    this.watcher.dispose();
  }

  private async search(): Promise<void> {
    for (const uri of await vscode.workspace.findFiles('**/toc.dat', null, MAX_FOLDERS)) {
      this.folders.add(path.dirname(uri.fsPath));
    }
    this.publish();
  }

  private change(uri: vscode.Uri, exists: boolean): void {
    const folder = path.dirname(uri.fsPath);
    if (exists) this.folders.add(folder);
    else this.folders.delete(folder);
    this.publish();
  }

  private publish(): void {
    void vscode.commands.executeCommand('setContext', 'pgBackup.directoryArchives', [
      ...this.folders,
    ]);
  }
}
