import type { BackupInfo } from '../core/model/archive';
import type { RestoreOptions, RememberedRestore } from '../core/model/options';
import type { StartResult } from './backupApi';
import type {
  ConnectionState,
  ConnectionSummary,
  JobUpdate,
  ProblemAction,
  ProblemReport,
  StringBundle,
} from './types';

export interface RestoreInit {
  strings: StringBundle;
  connections: ConnectionSummary[];
  options: RestoreOptions;
  /** Fields that were asked for: what is settled by itself leaves them alone. */
  explicitFields?: (keyof RestoreOptions)[];
  job: JobUpdate | null;
  shell: 'bash' | 'powershell';
}

/** What the chosen file turned out to be: exactly one of the two is there. */
export interface InspectResult {
  info: BackupInfo | null;
  problem: ProblemReport | null;
  /** Has a job of this machine made it? */
  madeHere?: boolean | undefined;
}

export interface RestoreRequests {
  ready: [{ restored: RestoreOptions | null }, RestoreInit];
  'input/browse': [{ folder: boolean }, { path: string | null }];
  'input/inspect': [{ path: string }, InspectResult];
  /** The tool depends on the file too. */
  'connection/load': [
    {
      connectionId: string;
      inputPath: string;
      refresh: boolean;
      toolDir?: string | null | undefined;
    },
    ConnectionState,
  ];
  /** The options of the last restore by this connection; null = there was none. */
  'options/remembered': [{ connectionId: string }, { options: RememberedRestore | null }];
  'job/start': [{ options: RestoreOptions }, StartResult];
  'job/cancel': [{ jobId: string }, void];
  'clipboard/copy': [{ text: string }, void];
  /** Types the text into a terminal and leaves it to the user to run it. One line. */
  'terminal/open': [{ text: string }, void];
  /** A file for an option: one to read, or one to write. */
  'file/browse': [{ direction: 'in' | 'out'; current: string }, { path: string | null }];
  'problem/action': [{ action: ProblemAction; connectionId: string | null }, void];
}

export interface RestoreEvents {
  'job/update': JobUpdate;
  'connections/changed': { connections: ConnectionSummary[] };
  /** The panel was asked to show another file. */
  'input/changed': { path: string };
}
