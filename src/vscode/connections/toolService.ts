import os from 'node:os';
import * as vscode from 'vscode';
import { AppError } from '../../core/errors';
import type { ConnectionProfile, ToolsElsewhere } from '../../core/model/profile';
import { isWorkspaces } from '../../core/connections/url/redirects';
import { findTools } from '../../core/pgtools/locate/locate';
import { tableOf } from '../../core/pgtools/catalogue/catalogue';
import { readToolAbilities } from '../../core/pgtools/locate/toolHelp';
import type { ToolAbilities, ToolName, ToolSearch, ToolVersion } from '../../core/model/tools';
import type { Settings } from '../settings/settings';
import { requireTrust } from '../settings/trust';
import type { ChosenTools } from './chosenTools';

/** Milliseconds: a container may be made anew, with other tools and ports. */
const PLACED_MS = 60_000;

/** The client tools on this machine, looked for once and again when asked. */
export class ToolService {
  private found: Promise<ToolSearch> | undefined;
  private foundFor = '';
  /** By path of the tool. */
  private readonly abilities = new Map<string, Promise<ToolAbilities>>();

  /** By connection and what is said of its tools; asked again after a while. */
  private readonly placed = new Map<string, { found: Promise<ToolSearch>; at: number }>();

  constructor(
    private readonly settings: Settings,
    private readonly chosen: ChosenTools,
  ) {}

  /**
   * The tools of this machine; of a connection that has its tools elsewhere, those.
   *
   * @throws AppError `workspaceUntrusted`; as `findPlacedTools`
   */
  async find(profile?: ConnectionProfile): Promise<ToolSearch> {
    requireTrust();
    const elsewhere = profile && this.chosen.of(profile);
    if (profile && elsewhere) return this.findPlaced(profile, elsewhere);
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

  /**
   * The tools for reading a file, which no connection has to do with: those of this machine; where
   * there are none, those that the user runs elsewhere for a connection.
   *
   * @throws AppError `workspaceUntrusted`
   */
  async findForFiles(): Promise<ToolSearch> {
    const search = await this.find();
    if (search.installs.length > 0) return search;
    for (const profile of this.settings.connections()) {
      const elsewhere = this.chosen.of(profile);
      // What a workspace names is started for its connection alone.
      const theirs = profile.tools !== undefined && isWorkspaces(profile.source);
      if (elsewhere === undefined || theirs) continue;
      const placed = await this.findPlaced(profile, elsewhere).catch(() => null);
      if (placed !== null) return placed;
    }
    return search;
  }

  refresh(): void {
    this.found = undefined;
    this.placed.clear();
    this.abilities.clear();
  }

  private findPlaced(profile: ConnectionProfile, tools: ToolsElsewhere): Promise<ToolSearch> {
    const key = JSON.stringify([profile, tools]);
    const known = this.placed.get(key);
    if (known !== undefined && Date.now() - known.at < PLACED_MS) return known.found;
    // Loaded when the first connection has its tools elsewhere.
    const found = import('../../core/connections/elsewhere/placedTools').then(
      ({ findPlacedTools }) => findPlacedTools(profile, tools, process.env),
    );
    this.placed.set(key, { found, at: Date.now() });
    found.catch(() => this.placed.delete(key));
    return found;
  }

  /**
   * The newest install's `tool`: for questions to the connection's server, where any will do.
   * @throws AppError `toolsNotFound`; as `find`
   */
  async newest(tool: ToolName, profile: ConnectionProfile): Promise<string> {
    const { installs, searched } = await this.find(profile);
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
      known = readToolAbilities(file, tableOf(tool), version, process.env).catch(() => ({}));
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
