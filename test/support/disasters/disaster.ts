import type {
  FindingCode,
  Preflight,
  RemedyId,
  Severity,
} from '../../../src/core/model/findings/findings';
import type { BackupJob, JobStatus, TargetState } from '../../../src/core/model/job';
import type { BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import type { ServerCoordinates } from '../machine/server';

/** What must be found, and how bad it is: `drops:loses`. */
export type Expected = `${FindingCode}:${Severity}`;

/** A restore whose findings and outcome are known beforehand. */
export interface Disaster {
  title: string;
  /** Makes the database that is backed up; absent = the usual one. */
  source?: string;
  backup?: Partial<BackupOptions>;
  /** The first backup fails; after this remedy of its error, it goes through. */
  mendBackup?: RemedyId;
  /** SQL that is run on the server after the backup, e.g. to drop a role. */
  gone?: string;
  /** An existing archive to restore instead of a new backup. */
  file?: string;
  /** SQL that fills the target; null = the target does not exist. */
  target?: string | null;
  /** The target's name; absent = `disaster_target`. */
  name?: string;
  /** Clauses of its CREATE DATABASE. */
  clauses?: string;
  /** SQL that is run in the target when all is over, so that it can be dropped. */
  undo?: string;
  /** A lock that another session holds during the restore. */
  lock?: string;
  options?: Partial<RestoreOptions>;
  /** Only entries of these types are restored, by their numbers. */
  only?: readonly string[];
  /** The role that restores, which is not a superuser. */
  as?: string;
  /** How the connection to the target differs from an ordinary one. */
  connection?: Pick<Partial<ConnectionProfile>, 'environment' | 'readOnly' | 'port'>;
  /** The target is reached through a connection pooler. */
  pooled?: true;
  /** Runs on a server with little room, where transactions can be prepared and slots be made. */
  narrow?: true;
  expect: readonly Expected[];
  /** Findings that it comes near to, and that must not be found. */
  near?: readonly FindingCode[];
  /** It was put together by chance: nobody knows how it ends, it may be refused. */
  byChance?: true;
  /** How the restore ends, `failed` also where it is refused; null = it is not run. */
  outcome: JobStatus | null;
  /** The command API takes no such options. */
  coreOnly?: true;
  /** The state of the target that a failed job tells. */
  left?: TargetState;
  /** The ids of remedies that must be offered, in any finding. */
  offers?: readonly string[];
  /** The ids of remedies that must not be offered. */
  withholds?: readonly RemedyId[];
  /**
   * Remedies that are taken, one row after the other on a target made anew; those of a row together.
   * Then the restore goes through.
   */
  press?: readonly (readonly string[])[];
  /** Remedies for what the restore has left, taken there; `after` looks at what has come of it. */
  afterwards?: readonly RemedyId[];
  /** After the last remedy it goes through with errors, which the remedy says. */
  endsWithErrors?: true;
  /** The restore fails for what nobody sees beforehand; its errors offer the remedies. */
  unforeseen?: true;
  /** Looks at the database that was restored, after a remedy. */
  after?: (server: ServerCoordinates, database: string) => Promise<void>;
}

/** What was found before a restore, and what it did. */
export interface Attempt<State> {
  ahead: Preflight;
  /** null = it was not run, or refused. */
  job: BackupJob | null;
  /** The error that refused to begin it. */
  refusal: Error | null;
  /** null = the target did not exist. */
  before: State | null;
  after: State | null;
}

/** The connection of a case, which the way that it is run by has to know. */
export type CaseConnection = Pick<ConnectionProfile, 'id' | 'host' | 'port' | 'user' | 'database'> &
  Pick<Partial<ConnectionProfile>, 'environment' | 'readOnly'>;

/** The options of its backup that a case sets; all others are the defaults. */
export type CaseBackup = Partial<BackupOptions> &
  Pick<BackupOptions, 'connectionId' | 'outputPath'>;

/** The options that a case sets; all others are the defaults. */
export type CaseOptions = Partial<RestoreOptions> &
  Pick<RestoreOptions, 'connectionId' | 'inputPath'>;

/** The way by which cases are backed up, judged and restored: the core, or the command API. */
export interface Door {
  /** Absolute path for a backup. */
  path(name: string): string;
  connect(connection: CaseConnection): Promise<void>;
  backup(options: CaseBackup): Promise<BackupJob>;
  preflight(options: CaseOptions): Promise<Preflight>;
  /** Nobody is asked. Rejects where it is refused. */
  restore(options: CaseOptions): Promise<BackupJob>;
  dispose(): Promise<void>;
}
