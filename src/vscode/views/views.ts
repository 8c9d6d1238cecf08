import type * as vscode from 'vscode';
import type { LabelOf } from '../../core/text/jobOutcome';
import type { BackupJob } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';
import type { ConnectionService } from '../connections/connectionService';
import { openDumpDialog } from '../ui/dialogs';
import type { ArchiveEditorProvider } from '../editors/archiveEditor';
import type { JobService } from '../jobs/jobService';
import type { PanelManager } from '../panels/panelManager';
import type { Settings } from '../settings/settings';
import { requireTrust } from '../settings/trust';
import { backupsCommands } from './backupsCommands';
import { BackupsView, type ListBackups } from './backupsView';
import type { CommandTable } from '../ui/commandTable';
import { ConnectionsView } from './connectionsView';
import { jobsCommands } from './jobsCommands';
import type { JobLogDocuments } from './jobLogDocuments';
import { JobStatusBar } from './jobStatusBar';
import { JobsView } from './jobsView';

export interface ViewParts {
  jobs: Jobs;
  service: JobService;
  settings: Settings;
  connections: ConnectionService;
  panels: PanelManager;
  archives: ArchiveEditorProvider;
  logs: JobLogDocuments;
  listBackups: ListBackups;
  labelOf: LabelOf;
  /** Was it asked for in another workspace? */
  isForeign: (job: BackupJob) => boolean;
  /** State of the workspace. */
  state: vscode.Memento;
}

/** The views of the activity bar, the status bar's item, and the commands of both. */
export class Views implements vscode.Disposable {
  readonly commands: CommandTable;
  private readonly parts: vscode.Disposable[];
  private readonly stop: () => void;

  constructor(parts: ViewParts) {
    const { jobs, settings, connections, panels, labelOf } = parts;
    const backups = new BackupsView(settings, parts.listBackups, jobs, parts.state);
    const jobsView = new JobsView(jobs, labelOf, parts.isForeign, parts.state);
    this.parts = [
      new ConnectionsView(settings, connections),
      backups,
      jobsView,
      new JobStatusBar(jobs, labelOf, parts.isForeign),
    ];
    this.stop = jobs.onUpdate(({ endTime }) => {
      if (endTime !== null) backups.soon();
    });
    this.commands = {
      restoreInto: async (node) => {
        requireTrust();
        const connectionId = connectionIdOf(node);
        const inputPath = await openDumpDialog(false);
        if (inputPath !== null) panels.openRestore({ inputPath, connectionId });
      },
      ...backupsCommands({ ...parts, view: backups }),
      ...jobsCommands({ ...parts, view: jobsView }),
    };
  }

  dispose(): void {
    this.stop();
    for (const part of this.parts) part.dispose();
  }
}

function connectionIdOf(node: unknown): string | undefined {
  const id: unknown =
    typeof node === 'object' && node !== null ? Reflect.get(node, 'connectionId') : undefined;
  return typeof id === 'string' ? id : undefined;
}
