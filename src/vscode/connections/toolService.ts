import os from 'node:os';
import * as vscode from 'vscode';
import { AppError } from '../../core/errors';
import { findTools } from '../../core/pgtools/locate/locate';
import { readToolAbilities } from '../../core/pgtools/locate/toolHelp';
import type { ToolAbilities, ToolName, ToolSearch, ToolVersion } from '../../core/model/tools';
import type { Settings } from '../settings/settings';
import { requireTrust } from '../settings/trust';

/** The client tools on this machine, looked for once and again when asked. */
export class ToolService {
  private found: Promise<ToolSearch> | undefined;
  private foundFor = '';
  /** By path of the tool. */
  private readonly abilities = new Map<string, Promise<ToolAbilities>>();

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
    const unsure = search.rejected.some(({ reason }) => reason === 'notStarted');
    if (search.installs.length === 0 || unsure) this.refresh();
    return search;
  }

  refresh(): void {
    this.found = undefined;
    this.abilities.clear();
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

  /** Options according to each tool's own help, read once per tool. */
  abilitiesOf(file: string, tool: ToolName, version: ToolVersion): Promise<ToolAbilities> {
    requireTrust();
    let known = this.abilities.get(file);
    if (known === undefined) {
      known = readToolAbilities(file, tool, version, process.env).catch(() => ({}));
      this.abilities.set(file, known);
    }
    return known;
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
