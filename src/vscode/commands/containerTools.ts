import * as vscode from 'vscode';
import { dialledTarget } from '../../core/connections/dialledTarget';
import { besideTools } from '../../core/connections/toolsElsewhere';
import {
  connectionLabel,
  type ConnectionProfile,
  type ToolsElsewhere,
} from '../../core/model/profile';
import { NEWEST_MAJOR } from '../../core/model/tools';
import {
  dialFrom,
  ENGINES,
  fullImageName,
  hasImage,
  holdsServer,
  runningContainers,
  type Engine,
  type RunningContainer,
} from '../../core/pgtools/locate/containers';
import { findPlaceProgram } from '../../core/pgtools/locate/startPlaced';
import type { ChosenTools } from '../connections/chosenTools';
import type { ConnectionService } from '../connections/connectionService';
import type { ToolService } from '../connections/toolService';
import { requireTrust } from '../settings/trust';
import { profileProblemText } from '../settings/profileProblems';
import { askBefore } from '../ui/askBefore';
import { window } from '../ui/window';

interface Pick extends vscode.QuickPickItem {
  /** null = the tools of this machine. */
  tools?: ToolsElsewhere | null;
}

/** Offers the tools of containers for a connection. */
export class ContainerTools {
  constructor(
    private readonly connections: ConnectionService,
    private readonly tools: ToolService,
    private readonly chosen: ChosenTools,
  ) {}

  /** Nothing of a container runs before the user has chosen it. */
  async choose(profile: ConnectionProfile): Promise<void> {
    requireTrust();
    await this.connections.requireUse(profile);
    const { target, service, hosts } = dialledTarget(profile, { inherited: process.env });
    if (besideTools(profile, { ...target, ...(service === undefined ? {} : { service }) })) {
      void window.showWarningMessage(profileProblemText({ problem: 'besideTools' }));
      return;
    }
    const engines = ENGINES.filter((by) => findPlaceProgram(by, process.env) !== null);
    if (engines.length === 0) {
      void window.showInformationMessage(
        vscode.l10n.t('Neither docker nor podman is in PATH on this machine.'),
      );
      return;
    }
    const items = this.items(engines);
    const picked = await window.showQuickPick(items(await lookForContainers(), hosts), {
      title: vscode.l10n.t('Tools for "{0}"', connectionLabel(profile)),
      placeHolder: vscode.l10n.t('Where pg_dump, pg_restore and psql run for this connection'),
      matchOnDescription: true,
      matchOnDetail: true,
    });
    const tools = picked?.tools;
    if (tools === undefined) return;
    if (tools !== null && 'image' in tools && !(await askForImage(tools.image, tools.by))) return;
    await this.use(profile, tools ?? undefined);
  }

  private async use(profile: ConnectionProfile, tools: ToolsElsewhere | undefined): Promise<void> {
    await this.chosen.choose(profile, tools);
    this.tools.refresh();
    this.connections.forget(profile.id);
    const location = vscode.ProgressLocation.Notification;
    const title = vscode.l10n.t('Looking for the tools…');
    const { installs } = await window.withProgress({ location, title }, () =>
      this.tools.find(profile),
    );
    const versions = installs.map(({ version, dir }) => `${version.text} (${dir})`).join(', ');
    void window.showInformationMessage(
      vscode.l10n.t('"{0}" uses PostgreSQL {1}.', connectionLabel(profile), versions),
    );
  }

  private items(
    engines: readonly Engine[],
  ): (running: readonly RunningContainer[], hosts: Parameters<typeof holdsServer>[1]) => Pick[] {
    const major = this.connections.newestServerMajor() ?? NEWEST_MAJOR;
    return (running, hosts) => {
      const holding = running.filter((one) => holdsServer(one, hosts));
      const others = running.filter((one) => !holding.includes(one));
      const image = `postgres:${major}`;
      return [
        separator(vscode.l10n.t('holds the server')),
        ...holding.map((one) => containerItem(one, dialFrom(one, hosts)?.port ?? null)),
        separator(vscode.l10n.t('other running containers')),
        ...others.map((one) => containerItem(one, null)),
        separator(vscode.l10n.t('a new container, which ends by itself')),
        ...engines.map((by) => ({
          label: image,
          description: by,
          iconPath: new vscode.ThemeIcon('add'),
          tools: { image, by },
        })),
        separator(''),
        {
          label: vscode.l10n.t('The tools of this machine'),
          iconPath: new vscode.ThemeIcon('device-desktop'),
          tools: null,
        },
      ];
    };
  }
}

function lookForContainers(): Thenable<RunningContainer[]> {
  const location = vscode.ProgressLocation.Notification;
  const title = vscode.l10n.t('Looking for running containers…');
  return window.withProgress({ location, title }, () => runningContainers(process.env));
}

function containerItem({ by, name, image }: RunningContainer, port: number | null): Pick {
  return {
    label: name,
    description: by,
    detail: port === null ? image : vscode.l10n.t('{0} · port {1} in it', image, port),
    iconPath: new vscode.ThemeIcon('package'),
    tools: { container: name, by },
  };
}

function separator(label: string): Pick {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** Nothing is downloaded or started without a word of the user, who has seen what it is. */
async function askForImage(image: string, by: Engine = 'docker'): Promise<boolean> {
  const name = fullImageName(image);
  const isThere = await hasImage(by, image, process.env);
  return askBefore({
    title: vscode.l10n.t('Run a container of {0}?', image),
    detail: [
      isThere
        ? vscode.l10n.t('The image {0} is on this machine.', name)
        : vscode.l10n.t(
            'The image {0} is downloaded first: about 160 MB, which take about 450 MB on the disk.',
            name,
          ),
      vscode.l10n.t(
        'The container has the network of this machine, none of its files and no ports. It ends by itself after an hour in which nothing has used it.',
      ),
    ],
    dangerous: vscode.l10n.t('Run the Container'),
    safe: vscode.l10n.t('Do Not Run'),
  });
}
