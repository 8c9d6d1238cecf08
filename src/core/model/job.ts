import type { Verification } from './backups';
import type { LockWait } from './catalog';
import type { JobEstimate } from './estimates/estimate';
import type { DatabaseSwap } from './ways/databaseSwap';
import type { JobNote } from './jobNotes';
import type { BackupOptions, RestoreOptions, TableRef, VerifyOptions } from './options';

export const JOB_STATUSES = [
  'pending',
  'running',
  'cancelling',
  'completed',
  /** A restore went through, with errors that were ignored. */
  'completedWithErrors',
  'failed',
  'cancelled',
  /** It is unknown how the job ended: the process that owned its tool is gone. */
  'lost',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Phase of a job. The codes are turned into words where they are shown. */
export type JobPhase =
  | 'starting'
  | 'reading'
  | 'dumping'
  /** Making one file of the directory that was dumped. */
  | 'joining'
  /** Backing up what the restore is about to drop. */
  | 'safetyBackup'
  | 'creatingDatabase'
  | 'restoring'
  /** Reading a backup to find out whether it is whole. */
  | 'verifying'
  | 'countingRows'
  /** The restored database takes the name of the old one. */
  | 'swapping'
  | 'finishing'
  | 'cancelling';

export interface BackupProgress {
  phase: JobPhase;
  currentObject: string | null;
  /** Objects this run will go through, once known. */
  objectsTotal: number | null;
  objectsCompleted: number;
  /** Bytes written to the output so far (a backup), or read from the archive (a restore). */
  bytesWritten: number;
  elapsedMs: number;
  /** 0 to 100, never falling, 100 only when the job has ended; null while unknown. */
  percent: number | null;
  /** Milliseconds left, as estimated; null while it cannot be estimated. */
  remainingMs: number | null;
  /** Everything that is being worked on, one per worker; `currentObject` is the newest of them. */
  currentObjects: string[];
  /**
   * Rows copied so far, as the server counts them, those of finished tables by its estimates; null
   * when it does not say.
   */
  rows: number | null;
  /**
   * Bytes per second over the last seconds: of table data where the server counts them, else of the
   * output or of the archive; null while unknown.
   */
  bytesPerSecond: number | null;
  /** The lock that blocks it, as the server reports; absent = none known. */
  lockWait?: LockWait;
}

export interface JobError {
  message: string;
  /** The object it is about, e.g. `TABLE public.orders`. */
  object?: string;
  /** The statement that failed. */
  sql?: string;
  /** The server's code of the error, e.g. `42P01`; absent = the tool does not tell it. */
  sqlState?: string;
  /** The entry of the archive it is about. */
  dumpId?: number;
  /**
   * The note behind `message`, where the text is this extension's own, so that it can be shown in
   * another language.
   */
  note?: JobNote;
}

/** An `AppError` in plain JSON. Its details never hold a secret. */
export interface JobFailure {
  code: string;
  details: Readonly<Record<string, unknown>>;
}

/** Where a job was asked for. */
export interface JobOrigin {
  /** The workspace of the window, by its URI; '' = the window had none. */
  workspace: string;
  /** Name of that workspace. */
  workspaceName: string;
  /** Label of its connection there; null = no connection. */
  connection: string | null;
}

/** A job as the command API returns it and the forms show it: plain JSON. */
export interface BackupJob {
  id: string;
  type: 'backup' | 'restore' | 'verify';
  status: JobStatus;
  options: BackupOptions | RestoreOptions | VerifyOptions;
  /** ISO 8601, UTC. */
  startTime: string | null;
  endTime: string | null;
  /** The newest lines of the tool's output, at most `OUTPUT_TAIL_LINES`. */
  output: string[];
  errors: JobError[];
  progress: BackupProgress | null;
  exitCode: number | null;
  /** argv of the tool that ran, without any secret. */
  command: string[];
  /** The backup's final path; null for a restore. */
  outputPath: string | null;
  /** Size of the finished backup in bytes; null until then and for restores. */
  sizeBytes: number | null;
  /** In what state the target was left, when a restore did not go through. */
  targetState: TargetState | null;
  /** Why it failed; null unless `status` is `failed`. */
  failure: JobFailure | null;
  /**
   * How many errors there were; `errors` holds the first of them, the log all. Absent: none, or
   * the job is of an earlier version.
   */
  errorCount?: number;
  /**
   * Dump ids of the entries that a restore, which went on after errors, has not restored. Absent:
   * there are none, or they cannot be restored again on their own.
   */
  failedEntries?: number[];
  /** Harmless errors of a restore, not in `errors`; absent = none. */
  harmlessErrors?: number;
  /** Problems that did not stop the job, e.g. a manifest that could not be written. */
  warnings?: JobFailure[];
  /** What the job did differently from what was asked, as in its log; absent = nothing. */
  notes?: JobNote[];
  /** How a verification went, once it has ended; also when it found the backup damaged. */
  verification?: Verification;
  /** Absent: it ended with the window that knew, or is of an earlier version. */
  origin?: JobOrigin;
  /** A database that this job made, or was about to make; absent once it is dropped again. */
  createdDatabase?: string;
  /** The database that was restored beside another one to take its name, and where both are. */
  swap?: DatabaseSwap;
  /** What was backed up before a restore dropped it. */
  safetyBackup?: SafetyBackup;
  /**
   * What a backup or restore was expected to take; absent = it could not be told. What it took is in
   * `sizeBytes` and `progress.elapsedMs`.
   */
  estimate?: JobEstimate;
}

/** A backup of what a restore is about to drop. */
export interface SafetyBackup {
  /** Absolute. */
  path: string;
  /** The database that it is of. */
  database: string;
  /** Objects that it holds; both null = the whole database. */
  schemas: string[] | null;
  tables: TableRef[] | null;
  /** The backup has its final name; otherwise it is being written or was left unfinished. */
  whole: boolean;
}

/** State in which a cancelled or failed restore left the target. */
export type TargetState = 'untouched' | 'rolledBack' | 'partial' | 'databaseDropped' | 'unknown';

/** How many lines of output a job keeps in memory. */
export const OUTPUT_TAIL_LINES = 500;

/** How many errors there were, listed or not. */
export function errorCountOf({
  errors,
  errorCount,
}: Pick<BackupJob, 'errors' | 'errorCount'>): number {
  return Math.max(errorCount ?? 0, errors.length);
}

/** Has the job ended? */
export function isFinished(status: JobStatus): boolean {
  return status !== 'pending' && status !== 'running' && status !== 'cancelling';
}
