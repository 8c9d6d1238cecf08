import { type FSWatcher, existsSync, watch } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ToolInstall, ToolSearch } from '../../core/model/tools';

/** Installers write many files, one after another. */
const SETTLED_MS = 1000;
/** The longest that changes which go on put off a look, in settled times. */
const MAX_PUT_OFF = 5;
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
  /** When the first of the changes that have not been looked at came; see `performance.now`. */
  private changedAt: number | undefined;
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

  private watched({ folder, awaited }: WatchedFolder): vscode.Disposable[] {
    try {
      const watcher: FSWatcher = watch(folder, { persistent: false }, (_event, name) => {
        // Where a system does not tell the name, each change may be the one.
        if (name === null || awaited === undefined || awaited.has(anyCase(name))) {
          this.changed();
        }
      });
      // One that goes away is looked into by the other events.
      watcher.on('error', () => watcher.close());
      return [new vscode.Disposable(() => watcher.close())];
    } catch {
      // The system has no more watches, or the folder may not be read.
      return [];
    }
  }

  /** Looks once the folder has settled; one in which something always changes does not put it off for ever. */
  private changed(): void {
    const { settledMs = SETTLED_MS } = this.parts;
    const now = performance.now();
    this.changedAt ??= now;
    const left = this.changedAt + MAX_PUT_OFF * settledMs - now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), Math.max(0, Math.min(settledMs, left))).unref();
  }

  private async look(): Promise<void> {
    this.changedAt = undefined;
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

/** Where case does not count, an installer may write a name otherwise than it was searched. */
function anyCase(name: string): string {
  return name.normalize().toLowerCase();
}

interface WatchedFolder {
  readonly folder: string;
  /** The entries that matter, by `anyCase`; undefined: all of them. */
  readonly awaited: ReadonlySet<string> | undefined;
}

/**
 * The folders themselves, and of those that are not there the nearest that is. Of such a one (which
 * may be as busy as the folder of temporary files) only the way to the missing folder matters.
 */
function watchable(folders: readonly string[]): WatchedFolder[] {
  const found = new Map<string, Set<string> | undefined>();
  for (const folder of folders.filter((each) => path.isAbsolute(each))) {
    let nearest = path.normalize(folder);
    let missing: string | undefined;
    while (!existsSync(nearest) && path.dirname(nearest) !== nearest) {
      missing = anyCase(path.basename(nearest));
      nearest = path.dirname(nearest);
    }
    const before = found.get(nearest);
    const isWhole = missing === undefined || (found.has(nearest) && before === undefined);
    found.set(nearest, isWhole ? undefined : new Set([...(before ?? []), missing ?? '']));
  }
  return [...found].slice(0, MAX_FOLDERS).map(([folder, awaited]) => ({ folder, awaited }));
}
