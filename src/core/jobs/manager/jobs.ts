import type { AppError } from '../../errors';
import type { BackupRequest } from '../backup/backupRequest';
import type { DatabaseSwap } from '../../model/ways/databaseSwap';
import type { BackupJob } from '../../model/job';
import type { RestoreRequest } from '../restore/restoreJob';
import type { Permitted } from '../restore/restorePermission';
import type { VerifyRequest } from '../verify/verifyRequest';

/** A job that was started. */
export interface JobHandle {
  /** As it was at the start. */
  readonly job: BackupJob;
  /** Resolves when the job has ended, however it did; never rejects. */
  readonly finished: Promise<BackupJob>;
}

/** Stops what it was returned for. */
export type Stop = () => void;

/**
 * All known jobs, run by this process (`JobManager`) or by supervisors that outlive it
 * (`SupervisedJobs`).
 */
export interface Jobs {
  /**
   * Everything else that can go wrong makes the job end as `failed`, with the reason in
   * `failure(id)`. An output that exists is replaced only with `overwrite`.
   * @throws AppError `jobIdTaken`
   */
  startBackup(request: BackupRequest & { jobId?: string | undefined }): JobHandle;
  /**
   * Does not ask for confirmation: a `Permitted` request has been confirmed, or needs no
   * confirmation.
   * @throws AppError `jobIdTaken`; see `startBackup`
   */
  startRestore(request: Permitted<RestoreRequest & { jobId?: string | undefined }>): JobHandle;
  /**
   * Verifies a backup; the result is in the job's `verification` and stays with the backup. A trial
   * restore needs the permission that a restore needs.
   * @throws AppError `jobIdTaken`; see `startBackup`
   */
  startVerify(request: VerifyRequest & { jobId?: string | undefined }): JobHandle;
  /** Prepares for a job, so that it starts at once, until the returned function is called. */
  prewarm(): Stop;
  /**
   * Prepares for one job that is about to be asked for, so that it starts sooner. The returned
   * function ends what no job has taken: to be called when the job has ended, or was not asked for.
   */
  expect(kind: BackupJob['type']): Stop;
  get(id: string): BackupJob | undefined;
  /**
   * All known jobs, oldest first. Jobs of earlier windows have no `output` here; `get` fills it from
   * their log.
   */
  list(): BackupJob[];
  /** A job that is known, also one that another window has started. */
  handle(id: string): JobHandle | undefined;
  /** Was it started here, by this very process? */
  isOwn(id: string): boolean;
  /** Why a job failed; null when it did not. */
  failure(id: string): AppError | null;
  /**
   * Ends a job and everything it started, and resolves once nothing of it is left. A job that has
   * ended already stays as it is.
   * @throws AppError `jobUnknown`
   */
  cancel(id: string): Promise<BackupJob>;
  /**
   * Forgets a job that has ended, and its log.
   * @throws AppError `jobUnknown`, also for one that still runs
   */
  remove(id: string): Promise<void>;
  /**
   * Records what has become of the databases of a job that has ended.
   * @throws AppError `jobUnknown`
   */
  noteSwap(id: string, swap: DatabaseSwap): void;
  /** Absolute path of the job's whole output as text; null when there is no such file. */
  logPath(id: string): string | null;
  /** Listens to jobs' states, also of those that were found or started elsewhere. */
  onUpdate(listener: (job: BackupJob) => void): Stop;
  /** Listens to all output, line by line, as it comes. */
  onLines(listener: (jobId: string, lines: string[]) => void): Stop;
  /** Listens to jobs that are no longer known: removed by the user, or too old. */
  onRemoved(listener: (jobId: string) => void): Stop;
  /** No job can be started afterwards, and no listener is called. */
  dispose(): Promise<void>;
}
