import os from 'node:os';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { BackupInfoCache } from '../../core/archive/inspect/backupInfoCache';
import * as urls from '../../core/connections/paste/readUrl';
import { readUrlsBy } from '../../core/connections/url/reference';
import { UnpackedDumps } from '../../core/archive/packed/unpackedDumps';
import { hasEnded, identify } from '../../core/jobs/supervisor/store/processIdentity';
import { chooseDump } from '../ui/dialogs';
import { onDemand } from '../../core/onDemand';
import { MachineRecords } from '../../core/backups/records/machineRecords';
import type { Jobs } from '../../core/jobs/manager/jobs';
import { recordsDir } from '../../core/jobs/supervisor/store/storeDir';
import { SupervisedJobs } from '../../core/jobs/supervisor/window/supervisedJobs';
import { apiCommands } from '../commands/api';
import { ConnectionCommands } from '../commands/connectionCommands';
import { allCommands } from '../commands/allCommands';
import { ToolCommands } from '../commands/toolCommands';
import { ChosenTools } from '../connections/chosenTools';
import { Connector } from '../connections/connector';
import { BackupEstimates } from '../connections/backupEstimates';
import { ConnectionService } from '../connections/connectionService';
import { settleProfile } from '../connections/settleProfile';
import { WindowSshAnswers } from '../connections/windowSshAnswers';
import type { FormTunnels } from '../connections/formTunnels';
import { ArchiveEditorProvider, type ArchiveFile } from '../editors/archiveEditor';
import type { EditorServices } from '../editors/editorServices';
import { errorMessage } from '../text/errorText';
import { JobPresenter } from '../jobs/jobPresenter';
import { LastingJobs } from '../jobs/lastingJobs';
import { WatchedJobs } from '../jobs/watchedJobs';
import { JobService } from '../jobs/jobService';
import { PreflightService } from '../jobs/preflightService';
import { RestoreEstimates } from '../jobs/restoreEstimates';
import { WAY_COMMANDS } from '../jobs/wayCommands';
import type { WaysBack } from '../jobs/waysBack';
import { suggestOutputPath } from '../connections/outputPaths';
import { OutputLog } from '../ui/outputLog';
import { PanelManager } from '../panels/panelManager';
import { PreflightDocuments } from '../panels/preflightDocuments';
import { UsedConnections } from '../connections/usedConnections';
import type { ConnectionProfile } from '../../core/model/profile';
import { PasswordStore } from '../connections/passwordStore';
import { problemActions } from '../commands/problemActions';
import type { Settings } from '../settings/settings';
import type { CommandTable } from '../ui/commandTable';
import type { DocumentDoor } from '../doors/documentDoor';
import { ToolService } from '../connections/toolService';
import { JobLogDocuments } from '../views/jobLogDocuments';
import { type ViewDoors, Views, type ViewParts } from '../views/views';
import { isForeign, thisWorkspace } from '../settings/workspace';

/** What VS Code asks for by the doors, and what is known of the window. */
export interface Start extends Doors {
  /** Were the jobs that run now left by an earlier window of this workspace? */
  leftJobs: boolean;
}

/** What VS Code asks for by the doors. */
export interface Doors {
  views: ViewDoors;
  logs: DocumentDoor;
  reports: DocumentDoor;
  ddl: DocumentDoor;
}

/** The parts that VS Code reaches by the doors. */
export interface Extension {
  /** By their names without `pgBackup.`. */
  commands: CommandTable;
  panels: Pick<PanelManager, 'revive'>;
  archives: vscode.CustomReadonlyEditorProvider<ArchiveFile>;
  /** Ends what is to end with the window. */
  end(): Promise<void>;
}

/** Builds all parts, and passes them to each other. What they hold ends with the context. */
export function createExtension(
  context: vscode.ExtensionContext,
  settings: Settings,
  doors: Start,
): Extension {
  readUrlsBy(urls);
  const jobs: Jobs[] = [];
  const base = createBase(context, settings);
  const runners = createRunners(context, base, jobs);
  const parts = { ...base, ...runners };
  const panels = createPanels(context, parts, new PreflightDocuments(doors.reports));
  const archives = createArchiveEditor(context, { ...parts, ddlDoor: doors.ddl }, panels);
  const logs = new JobLogDocuments(parts.manager, parts.manager.known, doors.logs);
  const waysBack = createWaysBack(parts, panels);
  const presenter = createPresenter(parts, { panels, logs, leftJobs: doors.leftJobs });
  const views = createViews(context, {
    ...{ ...parts, panels, archives, logs, waysBack },
    doors: doors.views,
  });
  jobs.push(parts.manager);

  const { connections, log } = parts;
  context.subscriptions.push(
    parts.dumps,
    log,
    presenter,
    parts.watched,
    parts.lasting,
    logs,
    views,
    panels,
    archives,
  );
  const commands = {
    ...apiCommands({ jobs: parts.manager, found: parts.manager.known }, parts.service, parts, {
      outputPathFor: async (options) => {
        const { connectionId, scope, database } = options;
        if (scope === 'database' && database === null) {
          await connections.learnDatabase(settings.connection(connectionId));
        }
        return suggestOutputPath(settings, connections, options);
      },
      settleProfile: (options) => settleProfile(options, parts),
    }),
    ...allCommands({ ...parts, panels, archives, more: views.commands }),
  };
  const end = async (): Promise<void> => {
    await Promise.all(jobs.map((each) => each.dispose()));
  };
  return { commands, panels, archives, end };
}

type Base = ReturnType<typeof createBase>;
type Parts = Base & ReturnType<typeof createRunners>;

/** Creates what all other parts use: texts, settings, connections, tools and the files of dumps. */
function createBase(context: vscode.ExtensionContext, settings: Settings) {
  const strings = vscode.l10n.bundle ?? null;
  if (strings !== null) l10n.config({ contents: strings });
  const log = new OutputLog();
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
    const { ContainerTools } = await import('../commands/containerTools');
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
    workspaceState: context.workspaceState,
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
  return onDemand(async () => {
    const { FormTunnels: Loaded } = await import('../connections/formTunnels');
    const tunnels = new Loaded(parts);
    subscriptions.push(tunnels);
    return tunnels;
  });
}

/** Creates what runs jobs, and what asks the user before one starts. */
function createRunners(context: vscode.ExtensionContext, base: Base, jobs: Jobs[]) {
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
  const transient = onDemand(async (): Promise<Jobs> => {
    const { JobManager } = await import('../../core/jobs/manager/jobManager');
    const loaded = new JobManager({
      ...services,
      tempDir: os.tmpdir(),
      connectTimeoutSeconds: settings.connectTimeoutSeconds(),
      sshPrompts: { answers: sshAnswers, program: base.askpassProgram },
    });
    loaded.onLines((_id, lines) => log.lines(lines, null));
    jobs.push(loaded);
    return loaded;
  });
  return {
    records,
    manager,
    lasting: new LastingJobs(manager),
    /** Dumps for comparisons are not listed as jobs, and end with their window. */
    transient,
    service: new JobService(manager, settings, connections, { files, records }),
    estimates: new BackupEstimates(settings, connections, storeDir),
    preflight: new PreflightService(settings, connections, files, dumps),
    restoreEstimates: new RestoreEstimates(settings, files, dumps, storeDir),
  };
}

/** Creates the manager of the form pages. */
function createPanels(
  { extensionUri }: vscode.ExtensionContext,
  parts: Parts,
  reports: PreflightDocuments,
): PanelManager {
  const { manager, service, records, dumps } = parts;
  const panels: PanelManager = new PanelManager({
    ...parts,
    extensionUri,
    jobs: manager,
    jobsFound: manager.known,
    reports,
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
  parts: Parts & Pick<EditorServices, 'ddlDoor'>,
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
      const { WaysBack: Loaded } = await import('../jobs/waysBack');
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
function createPresenter(
  parts: Parts,
  { panels, logs, leftJobs }: { panels: PanelManager; logs: JobLogDocuments; leftJobs: boolean },
): JobPresenter {
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
    found: leftJobs ? manager.ready : Promise.resolve(),
    isForeign,
  });
}

/** The views of the side bar. */
function createViews(
  { workspaceState }: vscode.ExtensionContext,
  parts: Parts & Pick<ViewParts, 'doors' | 'panels' | 'archives' | 'logs' | 'waysBack'>,
): Views {
  const { manager, records } = parts;
  return new Views({
    ...parts,
    jobs: manager,
    jobsFound: manager.known,
    listBackups: async (dir, signal) => {
      const { listBackups } = await import('../../core/backups/list/listBackups');
      return listBackups(dir, { signal, records });
    },
    isForeign,
    state: workspaceState,
  });
}
