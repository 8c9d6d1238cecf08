import os from 'node:os';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { listBackups } from './core/backups/listBackups';
import { JobManager } from './core/jobs/jobManager';
import { registerApi } from './vscode/commands/api';
import { ConnectionCommands } from './vscode/commands/connectionCommands';
import { registerCommands } from './vscode/commands/registerCommands';
import { ToolCommands } from './vscode/commands/toolCommands';
import { ConnectionService } from './vscode/connectionService';
import { DirectoryArchives } from './vscode/directoryArchives';
import { ArchiveEditorProvider } from './vscode/editors/archiveEditor';
import { errorMessage } from './vscode/errorText';
import { JobPresenter } from './vscode/jobPresenter';
import { JobService } from './vscode/jobService';
import { suggestOutputPath } from './vscode/outputPaths';
import { LastOptions } from './vscode/lastOptions';
import { OutputLog } from './vscode/outputLog';
import { PanelManager } from './vscode/panels/panelManager';
import { PasswordStore } from './vscode/passwordStore';
import { problemActions } from './vscode/problemActions';
import { Settings } from './vscode/settings';
import { SettingsProblems } from './vscode/settingsProblems';
import { ToolService } from './vscode/toolService';
import { JobLogDocuments } from './vscode/views/jobLogDocuments';
import { Views } from './vscode/views/views';

let jobs: JobManager | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  try {
    activateParts(context);
  } catch (error) {
    // VS Code itself says nothing when an extension fails to activate.
    const text = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(
      vscode.l10n.t('PostgreSQL Backup could not be started: {0}', text),
    );
    throw error;
  }
}

/** Ends every running tool; VS Code waits for it, within limits. */
export async function deactivate(): Promise<void> {
  await jobs?.dispose();
}

function activateParts(context: vscode.ExtensionContext): void {
  const { extensionUri } = context;
  const strings = vscode.l10n.bundle ?? null;
  if (strings !== null) l10n.config({ contents: strings });

  const log = new OutputLog();
  const settings = new Settings();
  const passwords = new PasswordStore(context.secrets);
  const tools = new ToolService(settings);
  const connections = new ConnectionService(settings, passwords, tools);
  const manager = new JobManager({
    connections: { get: (id) => settings.connection(id) },
    passwords,
    tools,
    inherited: process.env,
    tempDir: os.tmpdir(),
    describe: errorMessage,
    connectTimeoutSeconds: settings.connectTimeoutSeconds(),
  });
  jobs = manager;

  const connectionCommands = new ConnectionCommands(settings, connections, passwords);
  const toolCommands = new ToolCommands(settings, connections, tools, log);
  const act = problemActions(connectionCommands, toolCommands, log);
  const labelOf = (id: string): string => connections.labelOf(id);
  const logs = new JobLogDocuments(manager);
  const presenter = new JobPresenter(manager, log, labelOf, {
    openRestore: (inputPath) => panels.openRestore({ inputPath }),
    showLog: (jobId) => logs.open(jobId),
    act,
  });
  const service = new JobService(manager, settings, connections);
  const panels = new PanelManager({
    extensionUri,
    settings,
    connections,
    jobs: manager,
    lastOptions: new LastOptions(context.workspaceState),
    strings,
    act,
    openRestore: (inputPath) => panels.openRestore({ inputPath }),
    startBackup: async (options) => (await service.startBackup({ options }))?.job.id ?? null,
    startRestore: async (options) => (await service.startRestore({ options }))?.job.id ?? null,
  });
  const archives = new ArchiveEditorProvider({
    extensionUri,
    settings,
    connections,
    jobs: manager,
    strings,
    act,
    openRestore: (start) => panels.openRestore(start),
  });
  const views = new Views({
    jobs: manager,
    service,
    settings,
    connections,
    panels,
    archives,
    logs,
    listBackups: (dir, signal) => listBackups(dir, { signal }),
    labelOf,
    state: context.workspaceState,
  });

  context.subscriptions.push(
    log,
    settings,
    presenter,
    logs,
    views,
    panels,
    archives,
    new DirectoryArchives(),
    new SettingsProblems(settings, connectionCommands),
    ...registerApi(manager, service, (options) =>
      suggestOutputPath(settings, connections, options),
    ),
    ...registerCommands({
      panels,
      archives,
      connectionCommands,
      toolCommands,
      log,
      jobs: manager,
      more: views.commands,
    }),
  );
}
