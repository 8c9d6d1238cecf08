import { type FSWatcher, existsSync, watch } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ToolInstall, ToolSearch } from '../../core/model/tools';

/** Installers write many files, one after another. */
const SETTLED_MS = 1000;
/** Most folders that are watched. */
const MAX_FOLDERS = 64;

interface ArrivalParts {
  /** Looks for the tools anew. */
  look(): Promise<ToolSearch>;
  /** Tools are there that were not. Called once. */
  arrived(installs: readonly ToolInstall[]): void;
  /** Milliseconds without another change in a folder, after which it looks. */
  settledMs?: number;
}

/**
 * Notices that the user has installed tools. It looks when a command of the terminal has ended, when
 * that is closed, when the window gets the focus back, and when something changes in a folder that
 * tools are looked for in; in between nothing runs.
 */
export class ToolArrival implements vscode.Disposable {
  private listeners: vscode.Disposable[] = [];
  private known = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private again = false;

  constructor(private readonly parts: ArrivalParts) {}

  /** Waits for tools that are not among these, until there are some. */
  expect({ installs, searched }: ToolSearch, terminal: vscode.Terminal): void {
    this.dispose();
    this.known = new Set(installs.map(identity));
    const lookIf = (concerned: boolean): void => {
      if (concerned) void this.look();
    };
    this.listeners = [
      vscode.window.onDidCloseTerminal((closed) => lookIf(closed === terminal)),
      vscode.window.onDidEndTerminalShellExecution((end) => lookIf(end.terminal === terminal)),
      vscode.window.onDidChangeWindowState(({ focused }) => lookIf(focused)),
      ...watchable(searched).flatMap((folder) => this.watched(folder)),
    ];
    // They may have come after the search, before anything was watched.
    void this.look();
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const listener of this.listeners.splice(0)) listener.dispose();
  }

  private watched(folder: string): vscode.Disposable[] {
    try {
      const watcher: FSWatcher = watch(folder, { persistent: false }, () => {
        clearTimeout(this.timer);
        const { settledMs = SETTLED_MS } = this.parts;
        this.timer = setTimeout(() => void this.look(), settledMs).unref();
      });
      // One that goes away is looked into by the other events.
      watcher.on('error', () => watcher.close());
      return [new vscode.Disposable(() => watcher.close())];
    } catch {
      // The system has no more watches, or the folder may not be read.
      return [];
    }
  }

  private async look(): Promise<void> {
    this.again = this.looking;
    if (this.looking || this.listeners.length === 0) return;
    this.looking = true;
    const search = await this.parts.look().catch(() => null);
    this.looking = false;
    if (this.listeners.length === 0) return;
    const fresh = search?.installs.filter((install) => !this.known.has(identity(install))) ?? [];
    if (fresh.length > 0) {
      this.dispose();
      this.parts.arrived(fresh);
    } else if (this.again) void this.look();
  }
}

function identity({ dir, version, tools }: ToolInstall): string {
  return JSON.stringify([dir, version.text, Object.keys(tools).sort()]);
}

/** The folders themselves, and of those that are not there the nearest that is. */
function watchable(folders: readonly string[]): string[] {
  const found = folders
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => {
      let nearest = folder;
      while (!existsSync(nearest) && path.dirname(nearest) !== nearest) {
        nearest = path.dirname(nearest);
      }
      return nearest;
    });
  return [...new Set(found)].slice(0, MAX_FOLDERS);
}
