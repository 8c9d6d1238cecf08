import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { isLeftoverOutput } from '../../core/archive/file/unfinished';
import { isWithin } from '../../core/files/samePath';

/** With more folders the menu entry is only shown on the toc.dat file itself. */
const MAX_FOLDERS = 1000;
/** Events come in bursts (an installation, a checkout); a burst is looked at once, when it is over. */
const QUIET_MS = 300;
/** Above this many new paths one search is cheaper than a look at each. */
const MAX_LOOKS = 200;

/**
 * Tells the Explorer's context menu which folders are directory archives (they hold a toc.dat), by
 * the context key `pgBackup.directoryArchives`.
 */
export class DirectoryArchives implements vscode.Disposable {
  private readonly folders = new Set<string>();
  // A folder that is moved into place brings no event for the toc.dat in it.
  private readonly watcher = vscode.workspace.createFileSystemWatcher('**/*', false, true);
  private readonly created = new Set<string>();
  private readonly deleted = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    this.watcher.onDidCreate((uri) => this.note(this.created, uri));
    this.watcher.onDidDelete((uri) => this.note(this.deleted, uri));
    void this.search();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watcher.dispose();
  }

  private note(paths: Set<string>, uri: vscode.Uri): void {
    paths.add(uri.fsPath);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), QUIET_MS);
  }

  private async look(): Promise<void> {
    const created = [...this.created];
    const deleted = [...this.deleted];
    this.created.clear();
    this.deleted.clear();
    if (created.length > MAX_LOOKS) return this.search();
    const before = [...this.folders].join('\0');
    for (const folder of this.folders) {
      if (deleted.some((gone) => isWithin(path.join(folder, 'toc.dat'), gone))) {
        if (!existsSync(path.join(folder, 'toc.dat'))) this.folders.delete(folder);
      }
    }
    for (const file of created) {
      if (path.basename(file) === 'toc.dat') this.folders.add(path.dirname(file));
      else if (existsSync(path.join(file, 'toc.dat'))) this.folders.add(file);
    }
    if ([...this.folders].join('\0') !== before) await this.publish();
  }

  private async search(): Promise<void> {
    this.folders.clear();
    for (const uri of await vscode.workspace.findFiles('**/toc.dat', null, MAX_FOLDERS)) {
      this.folders.add(path.dirname(uri.fsPath));
    }
    await this.publish();
  }

  private async publish(): Promise<void> {
    const key = 'pgBackup.directoryArchives';
    const archives = [...this.folders].filter((dir) => !isLeftoverOutput(path.basename(dir)));
    await vscode.commands.executeCommand('setContext', key, archives);
  }
}
