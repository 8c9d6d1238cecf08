import os from 'node:os';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { BackupInfoCache } from './core/archive/inspect/backupInfoCache';
import { UnpackedDumps } from './core/archive/packed/unpackedDumps';
import { hasEnded, identify } from './core/jobs/supervisor/store/processIdentity';
import { chooseDump } from './vscode/ui/dialogs';
import { MachineRecords } from './core/backups/records/machineRecords';
import { messageOf } from './core/errors';
import type { Jobs } from './core/jobs/manager/jobs';
import { recordsDir } from './core/jobs/supervisor/store/storeDir';
import { SupervisedJobs } from './core/jobs/supervisor/window/supervisedJobs';
import { registerApi } from './vscode/commands/api';
import { ConnectionCommands } from './vscode/commands/connectionCommands';
import { registerCommands } from './vscode/commands/registerCommands';
import { ToolCommands } from './vscode/commands/toolCommands';
import { ChosenTools } from './vscode/connections/chosenTools';
import { Connector } from './vscode/connections/connector';
import { BackupEstimates } from './vscode/connections/backupEstimates';
import { ConnectionService } from './vscode/connections/connectionService';
import { settleProfile } from './vscode/connections/settleProfile';
import { WindowSshAnswers } from './vscode/connections/windowSshAnswers';
import type { FormTunnels } from './vscode/connections/formTunnels';
import { DirectoryArchives } from './vscode/ui/directoryArchives';
import { ArchiveEditorProvider } from './vscode/editors/archiveEditor';
import { errorMessage } from './vscode/text/errorText';
import { JobPresenter } from './vscode/jobs/jobPresenter';
import { WatchedJobs } from './vscode/jobs/watchedJobs';
import { JobService } from './vscode/jobs/jobService';
import { PreflightService } from './vscode/jobs/preflightService';
import { RestoreEstimates } from './vscode/jobs/restoreEstimates';
import { WAY_COMMANDS } from './vscode/jobs/wayCommands';
import type { WaysBack } from './vscode/jobs/waysBack';
import { suggestOutputPath } from './vscode/connections/outputPaths';
import { LastOptions } from './vscode/settings/lastOptions';
import { OutputLog } from './vscode/ui/outputLog';
import { PanelManager } from './vscode/panels/panelManager';
import { PreflightDocuments } from './vscode/panels/preflightDocuments';
import { UsedConnections } from './vscode/connections/usedConnections';
import type { ConnectionProfile } from './core/model/profile';
import { PasswordStore } from './vscode/connections/passwordStore';
import { problemActions } from './vscode/commands/problemActions';
import { Settings } from './vscode/settings/settings';
import { SettingsProblems } from './vscode/commands/settingsProblems';
import { ToolService } from './vscode/connections/toolService';
import { JobLogDocuments } from './vscode/views/jobLogDocuments';
import { Views, type ViewParts } from './vscode/views/views';
import { isForeign, thisWorkspace } from './vscode/settings/workspace';
import { window } from './vscode/ui/window';

let jobs: Jobs[] = [];

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  try {
    activateParts(context);
  } catch (error) {
    // VS Code itself says nothing when an extension fails to activate.
    void window.showErrorMessage(
      vscode.l10n.t('PostgreSQL Backup could not be started: {0}', messageOf(error)),
    );
    throw error;
  }
}

/** Ends what is to end with the window; VS Code waits for it, within limits. */
export async function deactivate(): Promise<void> {
  await Promise.all(jobs.map((each) => each.dispose()));
}

function activateParts(context: vscode.ExtensionContext): void {
  const base = createBase(context);
  const runners = createRunners(context, base);
  const parts = { ...base, ...runners };
  const panels = createPanels(context, parts);
  const archives = createArchiveEditor(context, parts, panels);
  const logs = new JobLogDocuments(parts.manager);
  const waysBack = createWaysBack(parts, panels);
  const presenter = createPresenter(parts, panels, logs);
  const views = createViews(context, { ...parts, panels, archives, logs, waysBack });
  jobs = [parts.manager];

  const { settings, connections, connectionCommands, log } = parts;
  context.subscriptions.push(
    parts.dumps,
    log,
    settings,
    presenter,
    parts.watched,
    logs,
    views,
    panels,
    archives,
    new DirectoryArchives(),
    new SettingsProblems(settings, connectionCommands),
    ...registerApi(parts.manager, parts.service, parts, {
      outputPathFor: async (options) => {
        const { connectionId, scope, database } = options;
        if (scope === 'database' && database === null) {
          await connections.learnDatabase(settings.connection(connectionId));
        }
        return suggestOutputPath(settings, connections, options);
      },
      settleProfile: (options) => settleProfile(options, connections),
    }),
    ...registerCommands({ ...parts, panels, archives, more: views.commands }),
  );
}

type Base = ReturnType<typeof createBase>;
type Parts = Base & ReturnType<typeof createRunners>;

/** Creates what all other parts use: texts, settings, connections, tools and the files of dumps. */
function createBase(context: vscode.ExtensionContext) {
  const strings = vscode.l10n.bundle ?? null;
  if (strings !== null) l10n.config({ contents: strings });
  const log = new OutputLog();
  const settings = new Settings();
  const sshAnswers = new WindowSshAnswers(context.secrets);
  const passwords = new PasswordStore(context.secrets, sshAnswers);
  const chosenTools = new ChosenTools(context.globalState);
  const tools = new ToolService(settings, chosenTools);
  const used = new UsedConnections(context.globalState);
  const program = (name: string): string =>
    vscode.Uri.joinPath(context.extensionUri, 'dist', name).fsPath;
  const askpassProgram = program('askpass.js');
  const tunnels = tunnelsOnDemand(context, {
    guardScript: program('guard.js'),
    askpassProgram,
    answers: sshAnswers,
    connectTimeoutSeconds: () => settings.connectTimeoutSeconds(),
  });
  const connector = new Connector({ settings, passwords, used, tunnels, tools });
  const connections = new ConnectionService(settings, connector, tools, used);
  const dumps = new UnpackedDumps({
    tempDir: os.tmpdir(),
    owner: () => JSON.stringify(identify()),
    isGone: hasEnded,
    choose: chooseDump,
  });
  void dumps.sweep();
  const connectionCommands = new ConnectionCommands(settings, connections, passwords, async () => {
    const { ContainerTools } = await import('./vscode/commands/containerTools');
    return new ContainerTools(connections, tools, chosenTools);
  });
  const toolCommands = new ToolCommands(settings, connections, tools, log);
  context.subscriptions.push(toolCommands);
  return {
    strings,
    log,
    settings,
    passwords,
    sshAnswers,
    askpassProgram,
    tools,
    connections,
    used,
    labelOf: (id: string): string => connections.labelOf(id),
    dumps,
    files: new BackupInfoCache(dumps),
    watched: new WatchedJobs(),
    lastOptions: new LastOptions(context.workspaceState),
    connectionCommands,
    toolCommands,
    act: problemActions(connectionCommands, toolCommands, log),
  };
}

/** Loaded when a connection is first reached through one: most windows have none. */
function tunnelsOnDemand(
  { subscriptions }: vscode.ExtensionContext,
  parts: ConstructorParameters<typeof FormTunnels>[0],
): () => Promise<FormTunnels> {
  let loaded: Promise<FormTunnels> | undefined;
  const load = async (): Promise<FormTunnels> => {
    const { FormTunnels: Loaded } = await import('./vscode/connections/formTunnels');
    const tunnels = new Loaded(parts);
    subscriptions.push(tunnels);
    return tunnels;
  };
  // Its code may not have been read because too many files were open: the next one tries again.
  const forget = (error: unknown): never => {
    loaded = undefined;
    throw error;
  };
  return () => (loaded ??= load().catch(forget));
}

/** Creates what runs jobs, and what asks the user before one starts. */
function createRunners(context: vscode.ExtensionContext, base: Base) {
  const { settings, connections, passwords, sshAnswers, tools, files, dumps, log } = base;
  const services = {
    connections: {
      get: (id: string) => settings.connection(id),
      all: () => settings.connections(),
    },
    passwords,
    sshAnswers,
    tools: {
      find: (profile?: ConnectionProfile) =>
        profile === undefined ? tools.findForFiles() : tools.find(profile),
    },
    inherited: process.env,
    translations: vscode.l10n.uri?.fsPath,
    describe: errorMessage,
  };
  const storeDir = path.join(context.globalStorageUri.fsPath, 'jobs');
  const records = new MachineRecords(recordsDir(storeDir));
  const manager = new SupervisedJobs({
    ...services,
    storeDir,
    script: vscode.Uri.joinPath(context.extensionUri, 'dist', 'supervisor.js').fsPath,
    workspace: thisWorkspace,
    limits: () => settings.jobLimits(),
    retention: () => settings.jobRetention(),
  });
  let transient: Promise<Jobs> | undefined;
  const loadTransient = async (): Promise<Jobs> => {
    const { JobManager } = await import('./core/jobs/manager/jobManager');
    const loaded = new JobManager({
      ...services,
      tempDir: os.tmpdir(),
      connectTimeoutSeconds: settings.connectTimeoutSeconds(),
      sshPrompts: { answers: sshAnswers, program: base.askpassProgram },
    });
    loaded.onLines((_id, lines) => log.lines(lines));
    jobs.push(loaded);
    return loaded;
  };
  // Its code may not have been read because too many files were open: the next comparison tries again.
  const forget = (error: unknown): never => {
    transient = undefined;
    throw error;
  };
  return {
    records,
    manager,
    /** Dumps for comparisons are not listed as jobs, and end with their window. */
    transient: () => (transient ??= loadTransient().catch(forget)),
    service: new JobService(manager, settings, connections, { files, records }),
    estimates: new BackupEstimates(settings, connections, storeDir),
    preflight: new PreflightService(settings, connections, files, dumps),
    restoreEstimates: new RestoreEstimates(settings, files, dumps, storeDir),
  };
}

/** Creates the manager of the form pages. */
function createPanels({ extensionUri }: vscode.ExtensionContext, parts: Parts): PanelManager {
  const { manager, service, records, dumps } = parts;
  const panels: PanelManager = new PanelManager({
    ...parts,
    extensionUri,
    jobs: manager,
    jobsFound: manager.ready,
    reports: new PreflightDocuments(),
    madeHere: (file) => records.madeHere(file),
    openRestore: (inputPath, connectionId) =>
      panels.openRestore({ inputPath, connectionId: connectionId ?? undefined }),
    startBackup: async (options) => (await service.startBackup({ options }))?.job.id ?? null,
    startRestore: async (options) => {
      const inputMember = options.inputMember ?? dumps.memberOf(options.inputPath);
      const handle = await service.startRestore({ options: { ...options, inputMember } });
      return handle?.job.id ?? null;
    },
  });
  return panels;
}

function createArchiveEditor(
  { extensionUri }: vscode.ExtensionContext,
  parts: Parts,
  panels: PanelManager,
): ArchiveEditorProvider {
  return new ArchiveEditorProvider({
    ...parts,
    extensionUri,
    jobs: parts.transient,
    openRestore: (start) => panels.openRestore(start),
  });
}

/** Loaded when the first way back is taken: most windows never take one. */
function createWaysBack(parts: Parts, panels: PanelManager): Pick<WaysBack, 'take'> {
  return {
    take: async (...taken) => {
      const { WaysBack: Loaded } = await import('./vscode/jobs/waysBack');
      const ways = new Loaded({
        ...parts,
        jobs: parts.manager,
        openRestore: (start) => panels.openRestore(start),
        changed: () => void vscode.commands.executeCommand('pgBackup.refreshConnections'),
      });
      await ways.take(...taken);
    },
  };
}

/** Tells the user how jobs go: notifications and the output channel. */
function createPresenter(parts: Parts, panels: PanelManager, logs: JobLogDocuments): JobPresenter {
  const { manager, act } = parts;
  return new JobPresenter({
    ...parts,
    jobs: manager,
    actions: {
      openRestore: (inputPath) => panels.openRestore({ inputPath }),
      showLog: (jobId) => logs.open(jobId),
      act,
      // Its errors are told as those of any command.
      takeWayBack: async ({ id }, way) => {
        await vscode.commands.executeCommand(WAY_COMMANDS[way], { jobId: id });
      },
    },
    found: manager.ready,
    isForeign,
  });
}

/** The views of the side bar. */
function createViews(
  { workspaceState }: vscode.ExtensionContext,
  parts: Parts & Pick<ViewParts, 'panels' | 'archives' | 'logs' | 'waysBack'>,
): Views {
  const { manager, records } = parts;
  return new Views({
    ...parts,
    jobs: manager,
    listBackups: async (dir, signal) => {
      const { listBackups } = await import('./core/backups/list/listBackups');
      return listBackups(dir, { signal, records });
    },
    isForeign,
    state: workspaceState,
  });
}
