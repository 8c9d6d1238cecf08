import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from './core/errors';
import { onDemand } from './core/onDemand';
import { ARCHIVE_EDITOR, OPTIONAL_ARCHIVE_EDITOR } from './vscode/editors/archiveViewTypes';
import { BACKUP_VIEW, RESTORE_VIEW } from './vscode/panels/panelServices';
import type { Settings } from './vscode/settings/settings';
import { publishShownJobs, showsAllJobs } from './vscode/settings/shownJobs';
import { onFirstConnection } from './vscode/start/firstConnection';
import type { Doors, Extension } from './vscode/start/parts';
import { WorkToDo } from './vscode/start/workToDo';
import { DirectoryArchives } from './vscode/start/directoryArchives';
import {
  DDL_SCHEME,
  DocumentDoor,
  JOB_LOG_SCHEME,
  PREFLIGHT_SCHEME,
} from './vscode/doors/documentDoor';
import { ViewDoor } from './vscode/doors/viewDoor';

/** The parts, once somebody has asked for them. */
let asked: Promise<Extension> | undefined;

type Load = () => Promise<Extension>;

/**
 * Registers what VS Code can ask for. Most windows never ask: so the parts that answer are loaded
 * with the first question, and a start costs next to nothing.
 */
export function activate(context: vscode.ExtensionContext): void {
  const { subscriptions } = context;
  const settings = onDemand(async () => {
    const { Settings: Loaded } = await import('./vscode/settings/settings');
    const loaded = new Loaded();
    subscriptions.push(loaded);
    return loaded;
  });
  const make = onDemand(async () => {
    const leftJobs = work.isFirstLook;
    try {
      const { createExtension } = await import('./vscode/start/parts');
      const loaded = await settings();
      work.dispose();
      return createExtension(context, loaded, { ...doors, leftJobs });
    } catch (error) {
      throw new Error(
        vscode.l10n.t('PostgreSQL Backup could not be started: {0}', messageOf(error)),
      );
    }
  });
  const load: Load = () => (asked = make());
  const doors = createDoors(load);
  const places = {
    storeDir: path.join(context.globalStorageUri.fsPath, 'jobs'),
    tempDir: os.tmpdir(),
  };
  const work = new WorkToDo(places, () => void load().catch(() => undefined));
  // The palette offers one of two commands by it before the view that answers both is loaded.
  if (showsAllJobs(context.workspaceState)) publishShownJobs(context.workspaceState);
  subscriptions.push(
    ...[doors.views.connections, doors.views.backups, doors.views.jobs],
    ...[doors.logs, doors.reports, doors.ddl],
    ...registerCommands(context, load),
    ...registerEditors(load),
    ...registerForms(load),
    work,
    new DirectoryArchives(),
    onFirstConnection(() => void tellSettingsProblems(context, settings)),
  );
}

/** Ends what is to end with the window; VS Code waits for it, within limits. */
export async function deactivate(): Promise<void> {
  // Parts that are just being made could otherwise not be ended any more.
  const extension = await asked?.catch(() => undefined);
  await extension?.end();
}

function createDoors(load: Load): Doors {
  return {
    views: {
      connections: new ViewDoor('pgBackup.connectionsView', load),
      backups: new ViewDoor('pgBackup.backupsView', load),
      jobs: new ViewDoor('pgBackup.jobsView', load),
    },
    logs: new DocumentDoor(JOB_LOG_SCHEME, load),
    reports: new DocumentDoor(PREFLIGHT_SCHEME, load),
    ddl: new DocumentDoor(DDL_SCHEME, load),
  };
}

interface Manifest {
  contributes: { commands: { command: string }[] };
}

/** All commands of the manifest. */
function registerCommands(
  { extension: { packageJSON } }: vscode.ExtensionContext,
  load: Load,
): vscode.Disposable[] {
  return (packageJSON as Manifest).contributes.commands.map(({ command }) =>
    vscode.commands.registerCommand(command, async (...args: unknown[]): Promise<unknown> => {
      const { commands } = await load();
      return commands[command.replace('pgBackup.', '')]?.(...args);
    }),
  );
}

function registerEditors(load: Load): vscode.Disposable[] {
  type Editor = Extension['archives'];
  const editor: Editor = {
    openCustomDocument: async (...args) => (await load()).archives.openCustomDocument(...args),
    resolveCustomEditor: async (...args) => (await load()).archives.resolveCustomEditor(...args),
  };
  return [ARCHIVE_EDITOR, OPTIONAL_ARCHIVE_EDITOR].map((viewType) =>
    vscode.window.registerCustomEditorProvider(viewType, editor, {
      supportsMultipleEditorsPerDocument: true,
    }),
  );
}

/** VS Code keeps forms over a reload of its window. */
function registerForms(load: Load): vscode.Disposable[] {
  return [BACKUP_VIEW, RESTORE_VIEW].map((viewType) =>
    vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (panel) => (await load()).panels.revive(panel),
    }),
  );
}

async function tellSettingsProblems(
  { subscriptions }: vscode.ExtensionContext,
  settings: () => Promise<Settings>,
): Promise<void> {
  const { SettingsProblems } = await import('./vscode/commands/settingsProblems');
  subscriptions.push(new SettingsProblems(await settings()));
}
