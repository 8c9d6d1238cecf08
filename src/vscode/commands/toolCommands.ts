import os from 'node:os';
import * as vscode from 'vscode';
import type { ToolInstall, ToolRejection } from '../../core/model/tools';
import type { ConnectionService } from '../connections/connectionService';
import { errorMessage } from '../text/errorText';
import type { OutputLog } from '../ui/outputLog';
import type { Settings } from '../settings/settings';
import type { ConnectionProfile } from '../../core/model/profile';
import type { ToolService } from '../connections/toolService';
import { typeInTerminal } from '../ui/typeInTerminal';
import { installLine, thisMachine } from './installLine';
import type { ToolArrival } from './toolArrival';
import { window } from '../ui/window';

export class ToolCommands implements vscode.Disposable {
  /** Where the install line was typed last. */
  private installing: Promise<vscode.Terminal> | undefined;
  private arrival: ToolArrival | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly connections: ConnectionService,
    private readonly tools: ToolService,
    private readonly log: OutputLog,
  ) {}

  /** Found tools, and for each connection which one would run and why. */
  async show(): Promise<void> {
    this.tools.refresh();
    const { installs, searched, rejected } = await this.tools.find();
    this.log.say(vscode.l10n.t('PostgreSQL tools: searched {0}', searched.join(', ')));
    for (const { path, reason } of rejected) this.log.say(`${path}: ${rejectionText(reason)}`);
    const choose = {
      label: vscode.l10n.t('Choose Folder…'),
      iconPath: new vscode.ThemeIcon('folder-opened'),
      run: () => this.chooseFolder(),
    };
    const install = {
      label: vscode.l10n.t('How to Install'),
      iconPath: new vscode.ThemeIcon('cloud-download'),
      run: () => this.install(),
    };
    const pick = window.createQuickPick<vscode.QuickPickItem & { run?: () => Promise<void> }>();
    pick.title = vscode.l10n.t('PostgreSQL Tools on This Machine');
    pick.placeholder =
      installs.length === 0
        ? vscode.l10n.t('None found. Searched: {0}', searched.join(', '))
        : vscode.l10n.t('{0} found', installs.length);
    pick.matchOnDescription = true;
    const chosenFor = new Map<string, string[]>();
    const failures: vscode.QuickPickItem[] = [];
    const list = (): void => {
      pick.items = [
        ...installs.map((found) => installItem(found, chosenFor.get(found.dir) ?? [])),
        ...failures,
        { label: '', kind: vscode.QuickPickItemKind.Separator },
        choose,
        install,
      ];
    };
    list();
    pick.onDidAccept(() => {
      const run = pick.selectedItems[0]?.run;
      pick.hide();
      void run?.();
    });
    pick.onDidHide(() => pick.dispose());
    pick.show();
    pick.busy = true;
    await Promise.all(
      this.settings.connections().map(async (profile) => {
        try {
          const { dir, why } = await this.choiceText(profile);
          chosenFor.set(dir, [...(chosenFor.get(dir) ?? []), why]);
        } catch (error) {
          const label = profile.name ?? profile.id;
          const iconPath = new vscode.ThemeIcon('warning');
          failures.push({ label, iconPath, detail: errorMessage(error) });
        }
        list();
      }),
    );
    pick.busy = false;
  }

  /** Which tools a connection uses, and why. */
  private async choiceText(profile: ConnectionProfile): Promise<{ dir: string; why: string }> {
    const { install, reason, server } = await this.connections.choiceFor(profile);
    const name = profile.name ?? profile.id;
    const why =
      reason === 'serverMajor'
        ? vscode.l10n.t('"{0}" (server {1}): same major version', name, server.version)
        : vscode.l10n.t('"{0}" (server {1}): the nearest newer version', name, server.version);
    return { dir: install.dir, why };
  }

  /** Sets `pgBackup.toolsPath` to a folder that has tools in it. */
  async chooseFolder(): Promise<void> {
    // Beside what was found already others are likely; never in the workspace.
    const near = (await this.tools.find()).installs[0]?.dir ?? os.homedir();
    const uris = await window.showOpenDialog({
      defaultUri: vscode.Uri.file(near),
      title: vscode.l10n.t('Folder with pg_dump, pg_restore and psql'),
      openLabel: vscode.l10n.t('Use This Folder'),
      canSelectFiles: false,
      canSelectFolders: true,
    });
    const dir = uris?.[0]?.fsPath;
    if (dir === undefined) return;
    await this.settings.setToolsPath(dir);
    this.tools.refresh();
    const { installs } = await this.tools.find();
    const found = installs.find((install) => install.source === 'setting');
    if (found === undefined) {
      void window.showWarningMessage(
        vscode.l10n.t('No working PostgreSQL tools were found in {0}.', dir),
      );
    } else {
      void window.showInformationMessage(
        vscode.l10n.t('PostgreSQL {0} tools are used from {1}.', found.version.text, found.dir),
      );
    }
  }

  /**
   * Types the install line of this system into a terminal, and leaves pressing Enter to the user. Once
   * the tools are there, forms and views go on by themselves.
   */
  async install(): Promise<void> {
    this.installing = this.installTerminal(this.installing);
    const terminal = await this.installing;
    // No tool is looked for before the user trusts the workspace.
    if (!vscode.workspace.isTrusted) return;
    this.arrival ??= await this.toolArrival();
    this.arrival.expect(await this.tools.find(), terminal);
  }

  dispose(): void {
    this.arrival?.dispose();
  }

  private async toolArrival(): Promise<ToolArrival> {
    const { ToolArrival: Loaded } = await import('./toolArrival');
    return new Loaded({
      look: async () => {
        this.tools.refresh();
        return this.tools.find();
      },
      arrived: (installs) => {
        this.settings.reconsider();
        const found = installs.map(({ version, dir }) => `${version.text} (${dir})`).join(', ');
        void window.showInformationMessage(
          vscode.l10n.t('PostgreSQL tools were found: {0}.', found),
        );
      },
    });
  }

  /** The terminal in which the line waits or runs, as long as that is open. */
  private async installTerminal(
    before: Promise<vscode.Terminal | undefined> | undefined,
  ): Promise<vscode.Terminal> {
    // An attempt that failed leaves nothing to come back to.
    const earlier = await before?.catch(() => undefined);
    if (earlier && earlier.exitStatus === undefined) {
      earlier.show();
      return earlier;
    }
    const line = installLine(await thisMachine(this.connections.newestServerMajor()));
    return typeInTerminal(line, vscode.l10n.t('Install the PostgreSQL Tools'));
  }
}

function installItem(
  install: ToolInstall,
  chosenFor: readonly string[],
): vscode.QuickPickItem & { run?: () => Promise<void> } {
  const source = {
    setting: vscode.l10n.t('from the setting pgBackup.toolsPath'),
    path: vscode.l10n.t('from PATH'),
    wellKnown: vscode.l10n.t('from a usual folder'),
    place: vscode.l10n.t('where the connection says'),
  }[install.source];
  return {
    label: `PostgreSQL ${install.version.text}`,
    iconPath: new vscode.ThemeIcon(chosenFor.length > 0 ? 'pass' : 'tools'),
    description: install.dir,
    detail: [source, Object.keys(install.tools).join(' '), ...chosenFor].join(' · '),
  };
}

function rejectionText(reason: ToolRejection): string {
  switch (reason) {
    case 'relative':
      return vscode.l10n.t('not used: a relative entry of PATH depends on the working directory');
    case 'excluded':
      return vscode.l10n.t('not used: programs in the workspace are never run');
    case 'wrapper':
      return vscode.l10n.t('not used: a wrapper whose version depends on the cluster it finds');
    case 'notStarted':
      return vscode.l10n.t('the system did not start it: too few file handles');
    case 'notATool':
      return vscode.l10n.t('not used: it does not answer to --version like a PostgreSQL tool');
  }
}
