import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { samePath } from '../../core/files/samePath';

/** A file changes many times while it is written; it is read after it was unchanged for so long. */
const REST_MS = 400;
/** Watchers need a moment to start, and report nothing on some network drives. */
const LOOK_MS = 3000;

/** Reports when a dump was rewritten or deleted: a file, or the toc.dat of a directory. */
export class FileWatcher implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly deleted = new vscode.EventEmitter<void>();
  readonly onDidDelete = this.deleted.event;

  private readonly watchers: vscode.FileSystemWatcher[];
  private readonly interval: NodeJS.Timeout;
  private timer: NodeJS.Timeout | undefined;
  /** The state that was reported last, and the one that was seen last. */
  private reported: string | null = null;
  private seen = '';
  private disposed = false;

  constructor(private readonly file: string) {
    const inFolder = new vscode.RelativePattern(vscode.Uri.file(path.dirname(file)), '*');
    const inside = new vscode.RelativePattern(vscode.Uri.file(file), 'toc.dat');
    // The name is not used as a pattern, because it may contain wildcard characters.
    this.watchers = [inFolder, inside].map((pattern) =>
      vscode.workspace.createFileSystemWatcher(pattern),
    );
    for (const watcher of this.watchers) {
      for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
        event((uri) => {
          if (samePath(uri.fsPath, file) || samePath(path.dirname(uri.fsPath), file)) this.soon();
        });
      }
    }
    this.interval = setInterval(() => void this.look(), LOOK_MS);
    this.interval.unref();
    void this.look();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    clearInterval(this.interval);
    for (const watcher of this.watchers) watcher.dispose();
    this.changed.dispose();
    this.deleted.dispose();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), REST_MS);
  }

  /** A backup that replaces a file deletes it for a moment, so what is there after a rest decides. */
  private async look(): Promise<void> {
    const now = await this.stamp();
    if (this.disposed) return;
    const rested = now === this.seen;
    this.seen = now;
    if (this.reported === null) {
      this.reported = now;
      return;
    }
    if (now === this.reported) return;
    if (!rested) {
      this.soon();
      return;
    }
    this.reported = now;
    if (now === '') this.deleted.fire();
    else this.changed.fire();
  }

  /** '' when the file does not exist. */
  private async stamp(): Promise<string> {
    const shown = (await statOf(path.join(this.file, 'toc.dat'))) ?? (await statOf(this.file));
    return shown ?? '';
  }
}

async function statOf(file: string): Promise<string | null> {
  try {
    const { size, mtimeMs, ino } = await stat(file);
    return `${size} ${mtimeMs} ${ino}`;
  } catch {
    return null;
  }
}
