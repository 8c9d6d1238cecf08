import type { BackupOptions, BackupScope, RememberedBackup } from '../core/model/options';
import type { FieldProblem } from '../core/forms/form/formTypes';
import type {
  ConnectionState,
  ConnectionSummary,
  JobUpdate,
  ProblemAction,
  StringBundle,
} from './types';

export interface BackupInit {
  strings: StringBundle;
  connections: ConnectionSummary[];
  options: BackupOptions;
  /** The path is one that was asked for, not a proposal that follows connection and format. */
  typedPath?: boolean;
  /** A job of this page that is running or has ended since the page was made. */
  job: JobUpdate | null;
  /** The user's shell decides which command preview stands first. */
  shell: 'bash' | 'powershell';
}

export type StartResult =
  | { started: true; jobId: string }
  /** The user said no to a question (overwrite, destructive restore). */
  | { started: false; declined: true }
  | { started: false; declined: false; problems: FieldProblem<string>[] };

/** What the backup page asks of the host: method -> [parameters, result]. */
export interface BackupRequests {
  /** The page is up; `restored` is what it kept over a reload. */
  ready: [{ restored: BackupOptions | null }, BackupInit];
  /** `toolDir`: the tools of this directory, instead of those that fit best. */
  'connection/load': [
    {
      connectionId: string;
      refresh: boolean;
      toolDir?: string | null | undefined;
      /** Decides which tool it is; one database when left out. */
      scope?: BackupScope | undefined;
    },
    ConnectionState,
  ];
  /** A path from the template for this connection and format. */
  'output/suggest': [
    { connectionId: string; format: BackupOptions['format']; scope?: BackupScope | undefined },
    { path: string },
  ];
  /** The options of the last backup of this connection; null = there was none. */
  'options/remembered': [{ connectionId: string }, { options: RememberedBackup | null }];
  'output/browse': [{ options: BackupOptions }, { path: string | null }];
  'job/start': [{ options: BackupOptions }, StartResult];
  'job/cancel': [{ jobId: string }, void];
  'job/reveal': [{ jobId: string }, void];
  'job/restore': [{ jobId: string }, void];
  'clipboard/copy': [{ text: string }, void];
  /** Types the text into a terminal and leaves it to the user to run it. One line. */
  'terminal/open': [{ text: string }, void];
  /** A file for an option: one to read, or one to write. */
  'file/browse': [{ direction: 'in' | 'out'; current: string }, { path: string | null }];
  'problem/action': [{ action: ProblemAction; connectionId: string | null }, void];
}

export interface BackupEvents {
  'job/update': JobUpdate;
  'connections/changed': { connections: ConnectionSummary[] };
}
