import os from 'node:os';
import * as vscode from 'vscode';
import { AppError } from '../core/errors';
import { findTools } from '../core/pgtools/locate';
import type { ToolName, ToolSearch } from '../core/pgtools/types';
import type { Settings } from './settings';
import { requireTrust } from './trust';

/** The client tools on this machine, looked for once and again when asked. */
export class ToolService {
  private found: Promise<ToolSearch> | undefined;
  private foundFor = '';

  constructor(private readonly settings: Settings) {}

  async find(): Promise<ToolSearch> {
    requireTrust();
    const key = this.settings.toolsPath();
    if (this.found === undefined || this.foundFor !== key) {
      this.foundFor = key;
      this.found = this.search(key);
      // A failed search is not remembered.
      this.found.catch(() => this.refresh());
    }
    const search = await this.found;
    if (search.installs.length === 0) this.refresh();
    return search;
  }

  refresh(): void {
    this.found = undefined;
  }

  /**
   * The newest install's `tool`: for questions to the server, where any will do.
   * @throws AppError `toolsNotFound`
   */
  async newest(tool: ToolName): Promise<string> {
    const { installs, searched } = await this.find();
    const newest = installs
      .filter((install) => install.tools[tool] !== undefined)
      .sort((a, b) => b.version.major - a.version.major || b.version.minor - a.version.minor)[0];
    const file = newest?.tools[tool];
    if (file === undefined) throw new AppError('toolsNotFound', { searched: searched.join(', ') });
    return file;
  }

  private search(toolsPath: string): Promise<ToolSearch> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return findTools({
      ...(toolsPath === '' ? {} : { toolsPath }),
      env: process.env,
      platform: process.platform,
      homeDir: os.homedir(),
      // The working directory needs no mention: entries of PATH that depend on it are not searched.
      excludeDirs: folders.map((folder) => folder.uri.fsPath),
    });
  }
}
