import type * as vscode from 'vscode';
import type { BackupInfoCache } from '../../core/archive/inspect/backupInfoCache';
import type { BackupOptions, RestoreOptions } from '../../core/model/options';
import type { Jobs } from '../../core/jobs/manager/jobs';
import type { ProblemAction, StringBundle } from '../../protocol/types';
import type { BackupEstimates } from '../connections/backupEstimates';
import type { ConnectionService } from '../connections/connectionService';
import type { PreflightService } from '../jobs/preflightService';
import type { RestoreEstimates } from '../jobs/restoreEstimates';
import type { WatchedJobs } from '../jobs/watchedJobs';
import type { PreflightDocuments } from './preflightDocuments';
import type { Settings } from '../settings/settings';

/** The types of the two forms' panels, as in package.json. */
export const BACKUP_VIEW = 'pgBackup.backup';
export const RESTORE_VIEW = 'pgBackup.restore';

/** Dependencies of a form panel. */
export interface PanelServices {
  extensionUri: vscode.Uri;
  settings: Settings;
  connections: ConnectionService;
  estimates: BackupEstimates;
  jobs: Jobs;
  /** Resolves when the jobs of earlier windows are known. */
  jobsFound: Promise<void>;
  /** The jobs whose form is visible. */
  watched: WatchedJobs;
  files: BackupInfoCache;
  preflight: PreflightService;
  /** Shows what pre-flights have found in documents. */
  reports: PreflightDocuments;
  restoreEstimates: RestoreEstimates;
  /** Where `LastOptions` keeps those of the last runs. */
  workspaceState: vscode.Memento;
  /** Has a job of this machine made the file, as it is now? */
  madeHere(path: string): Promise<boolean>;
  strings: StringBundle;
  /** Carries out what a problem's button offers. */
  act: (action: ProblemAction, connectionId: string | null) => Promise<void>;
  /** Opens the restore form on a finished backup. */
  openRestore(path: string, connectionId: string | null): Promise<void>;
  /** Starts after asking what must be asked; null = the user said no. */
  startBackup: (options: BackupOptions) => Promise<string | null>;
  startRestore: (options: RestoreOptions) => Promise<string | null>;
}
