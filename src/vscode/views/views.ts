import * as vscode from 'vscode';
import type { LabelOf } from '../../core/text/jobOutcome';
import type { BackupJob } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';
import type { BackupEstimates } from '../connections/backupEstimates';
import type { ConnectionService } from '../connections/connectionService';
import { pickConnection } from '../connections/pickConnection';
import type { LastingJobs } from '../jobs/lastingJobs';
import type { WatchedJobs } from '../jobs/watchedJobs';
import type { ArchiveEditorProvider } from '../editors/archiveEditor';
import type { JobService } from '../jobs/jobService';
import type { WaysBack } from '../jobs/waysBack';
import type { PanelManager } from '../panels/panelManager';
import type { Settings } from '../settings/settings';
import { requireTrust } from '../settings/trust';
import { backupsCommands } from './backupsCommands';
import { type BackupNode, BackupsView, type ListBackups } from './backupsView';
import { type CommandTable, waitingFor } from '../ui/commandTable';
import type { ViewDoor } from '../doors/viewDoor';
import { type ConnectionNode, ConnectionsView } from './connectionsView';
import { jobsCommands } from './jobsCommands';
import type { JobLogDocuments } from './jobLogDocuments';
import { JobStatusBar } from './jobStatusBar';
import { type JobNode, JobsView } from './jobsView';
import { pickBackup } from './pickBackup';
import { textField } from '../ui/argumentField';

/** The views as VS Code has them. */
export interface ViewDoors {
  connections: ViewDoor<ConnectionNode>;
  backups: ViewDoor<BackupNode>;
  jobs: ViewDoor<JobNode>;
}

export interface ViewParts {
  doors: ViewDoors;
  jobs: Jobs;
  /** Resolves when the jobs of earlier windows are known. */
  jobsFound: Promise<void>;
  service: JobService;
  settings: Settings;
  connections: ConnectionService;
  estimates: BackupEstimates;
  panels: PanelManager;
  archives: ArchiveEditorProvider;
  logs: JobLogDocuments;
  waysBack: Pick<WaysBack, 'take'>;
  listBackups: ListBackups;
  labelOf: LabelOf;
  /** Was the job started from another workspace? */
  isForeign: (job: BackupJob) => boolean;
  watched: WatchedJobs;
  lasting: LastingJobs;
  workspaceState: vscode.Memento;
  /** State of the workspace. */
  state: vscode.Memento;
}

/** The views of the activity bar, the status bar's item, and the commands of both. */
export class Views implements vscode.Disposable {
  readonly commands: CommandTable;
  private readonly parts: vscode.Disposable[];
  private readonly stop: () => void;

  constructor(private readonly viewParts: ViewParts) {
    const parts = viewParts;
    const { jobs, settings, connections, panels, labelOf, doors, state } = parts;
    const backups = new BackupsView(settings, parts.listBackups, jobs, {
      door: doors.backups,
      state,
    });
    const jobsView = new JobsView(jobs, labelOf, parts.isForeign, {
      door: doors.jobs,
      known: parts.jobsFound,
      lasting: parts.lasting,
      state,
    });
    const connectionsView = new ConnectionsView(settings, connections, doors.connections);
    this.parts = [
      connectionsView,
      backups,
      jobsView,
      new JobStatusBar(jobs, parts.lasting, labelOf, parts.isForeign),
    ];
    this.stop = jobs.onUpdate(({ endTime, type }) => {
      if (endTime === null) return;
      backups.soon();
      // The job may have created a database or changed its size.
      if (type === 'restore') connectionsView.refresh();
    });
    const pick = async (): Promise<string | null> =>
      pickBackup(await backups.entries(), vscode.l10n.t('Restore Database'));
    this.commands = {
      restore: async () => {
        const inputPath = await pick();
        if (inputPath !== null) await panels.openRestore({ inputPath });
      },
      restoreInto: async (node) => {
        requireTrust();
        const connectionId = textField(node, 'connectionId');
        const database = textField(node, 'database');
        const inputPath = await pick();
        if (inputPath !== null) await panels.openRestore({ inputPath, connectionId, database });
      },
      refreshConnections: () => connectionsView.refresh(),
      backupDatabases: (node, nodes) => this.backUpDatabases(node, nodes),
      ...backupsCommands({ ...parts, view: backups }),
      // The first command may come before the jobs of earlier windows are known.
      ...waitingFor(parts.jobsFound, jobsCommands({ ...parts, view: jobsView })),
    };
  }

  /** @param nodes all selected rows, when there are several */
  private async backUpDatabases(node: unknown, nodes: unknown): Promise<void> {
    requireTrust();
    const { settings, connections } = this.viewParts;
    const id = textField(node, 'connectionId');
    const profile =
      id === undefined
        ? await pickConnection(settings, connections, vscode.l10n.t('Back Up Databases'))
        : settings.connection(id);
    if (profile === undefined) return;
    const selected = (Array.isArray(nodes) ? (nodes as unknown[]) : [node])
      .filter((one) => textField(one, 'connectionId') === id)
      .flatMap((one) => textField(one, 'database') ?? []);
    const { backUpDatabases } = await import('../commands/backupDatabases');
    await backUpDatabases(this.viewParts, profile, selected);
  }

  dispose(): void {
    this.stop();
    for (const part of this.parts) part.dispose();
  }
}
