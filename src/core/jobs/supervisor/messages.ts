import type { SecretKind } from '../../connections/passwords';
import type { SshAnswer, SshLoginEnd, SshQuestion } from '../../connections/ssh/sshAnswers';
import type { ConnectionProfile } from '../../model/profile';
import type { ToolSearch } from '../../model/tools';
import type { BackupRequest } from '../backup/backupRequest';
import type { BackupJob, JobOrigin } from '../../model/job';
import type { RestoreRequest } from '../restore/restoreJob';
import type { Permitted } from '../restore/restorePermission';
import type { VerifyRequest } from '../verify/verifyRequest';
import type { UnableMessage } from './unable';

/** The job that a supervisor runs. */
export type JobRequest =
  | { kind: 'backup'; request: BackupRequest }
  | { kind: 'restore'; request: Permitted<RestoreRequest> }
  | { kind: 'verify'; request: VerifyRequest };

/** The user's job settings that a supervisor needs. */
export interface JobLimits {
  /** How many jobs of this user run at a time; the others wait. */
  concurrency: number;
  /** 0 = for ever. */
  stallTimeoutSeconds: number;
  connectTimeoutSeconds: number;
  /** Cancel the job when the window that has started it is gone. */
  endWithWindow: boolean;
}

/**
 * The first message to a supervisor, with all that it needs. It is sent by a pipe, because it
 * contains secrets.
 */
export interface StartMessage {
  type: 'start';
  storeDir: string;
  id: string;
  runId: string;
  ticket: number;
  origin: JobOrigin | undefined;
  request: JobRequest;
  profiles: readonly ConnectionProfile[];
  /** The known password of the job's own connection. */
  password: string | null;
  /** The known passphrase of its client key. */
  keyPassphrase: string | null;
  tools: ToolSearch;
  inherited: Readonly<Record<string, string | undefined>>;
  limits: JobLimits;
  /** Absolute path of the file with the window's translations; null = its language is English. */
  translations: string | null;
}

export type ToSupervisor =
  | StartMessage
  | { type: 'cancel' }
  /** The answer to an `ask`; undefined = no password. */
  | { type: 'answer'; ask: number; password?: string | undefined }
  /** The answer to an `askSsh`. */
  | { type: 'answerSsh'; ask: number; answer: SshAnswer };

export type FromSupervisor =
  | UnableMessage
  /** Without its output, which is in the log; without its options when they are as before. */
  | { type: 'job'; job: Omit<BackupJob, 'options'> & { options?: BackupJob['options'] } }
  /** With the tail of its output, should the disk have had no room for a log. Nothing follows. */
  | { type: 'ended'; job: BackupJob }
  /**
   * Asks for a password; with `known`, only for one that is known already, without asking the user.
   */
  | {
      type: 'ask';
      ask: number;
      profile: ConnectionProfile;
      reason: 'known' | 'missing' | 'rejected';
      kind: SecretKind;
    }
  /** What `ssh` asks while it logs in. */
  | { type: 'askSsh'; ask: number; profile: ConnectionProfile; question: SshQuestion }
  | { type: 'withdraw'; ask: number }
  | { type: 'sshEnded'; profile: ConnectionProfile; end: SshLoginEnd }
  | { type: 'accepted'; profile: ConnectionProfile };

/** Messages from a window to the keeper of its queue; the jobs come by the same pipe. */
export type ToKeeper =
  | { type: 'hold'; start: StartMessage }
  /** The keeper forgets the job: the window starts it itself now, or it was cancelled. */
  | { type: 'drop'; id: string };

export type FromKeeper =
  /** From now on the job does not end with the window. */
  { type: 'held'; id: string };
