import { maskError, maskSecrets, maskStrings } from '../../secrets/mask';
import type { AppError } from '../../errors';
import type { Verification } from '../../model/backups';
import type { DatabaseSwap } from '../../model/ways/databaseSwap';
import type { JobEstimate } from '../../model/estimates/estimate';
import type { JobNote } from '../../model/jobNotes';
import type { BackupOptions, RestoreOptions, VerifyOptions } from '../../model/options';
import {
  isFinished,
  type BackupJob,
  type JobError,
  type JobStatus,
  type SafetyBackup,
  type TargetState,
} from '../../model/job';
import { toJobFailure } from './jobFailure';
import { LineTail } from './lineTail';
import { ProgressTracker } from './progressTracker';

/** Most errors kept; a restore into a full database can bring one per object. */
const MAX_ERRORS = 1000;

/** Milliseconds by the wall clock, which can be set, and by a monotonic clock. */
export interface JobClock {
  wall(): number;
  monotonic(): number;
}

const systemClock: JobClock = { wall: () => Date.now(), monotonic: () => performance.now() };

/** Events of a record. */
export interface JobWatcher {
  changed(record: JobRecord): void;
  lines(record: JobRecord, lines: string[]): void;
}

/**
 * One job's state while it runs and afterwards. The runner of the job writes it; all others get
 * copies.
 */
export class JobRecord {
  readonly progress = new ProgressTracker();
  status: JobStatus = 'pending';
  exitCode: number | null = null;
  command: string[] = [];
  outputPath: string | null = null;
  sizeBytes: number | null = null;
  targetState: TargetState | null = null;
  /** Errors of a restore that do no harm. */
  harmlessErrors = 0;
  /** Why it failed; null unless `status` is `failed`. */
  failure: AppError | null = null;
  verification: Verification | null = null;
  /** The database that this job has created and not dropped again; null = none. */
  createdDatabase: string | null = null;
  /** The databases that are about to be exchanged, or were. */
  swap: DatabaseSwap | null = null;
  safetyBackup: SafetyBackup | null = null;
  /** What the job was expected to take; null = unknown. */
  estimate: JobEstimate | null = null;
  /** Dump ids of the entries that a restore, which went on after errors, has not restored. */
  failedEntries: readonly number[] = [];
  private startTime: string | null = null;
  private endTime: string | null = null;
  private startedAt: number | null = null;
  private readonly tail = new LineTail();
  private readonly errors: JobError[] = [];
  /** Number of all errors, including those that are not kept. */
  private total = 0;
  private readonly warnings: AppError[] = [];
  private readonly notes: JobNote[] = [];

  readonly id: string;
  readonly type: BackupJob['type'];
  options: BackupOptions | RestoreOptions | VerifyOptions;

  constructor(
    { id, type, options }: Pick<BackupJob, 'id' | 'type' | 'options'>,
    private readonly watcher: JobWatcher,
    private readonly clock: JobClock = systemClock,
  ) {
    this.id = id;
    this.type = type;
    this.options = options;
  }

  start(): void {
    this.status = 'running';
    this.startTime = new Date(this.clock.wall()).toISOString();
    this.startedAt = this.clock.monotonic();
    this.progress.start();
    this.touch();
  }

  cancelling(): void {
    if (isFinished(this.status)) return;
    this.status = 'cancelling';
    this.progress.setPhase('cancelling');
    this.touch();
  }

  end(status: JobStatus, failure: AppError | null = null): void {
    if (isFinished(this.status)) return;
    this.progress.stop(status === 'completed' || status === 'completedWithErrors');
    this.endTime = this.now();
    this.startTime ??= this.endTime;
    this.failure = failure && maskError(failure);
    this.status = status;
    this.touch();
  }

  /**
   * The time by the job's own clock: its start plus its duration so far, because the system's clock
   * may have been set meanwhile. ISO 8601, UTC.
   */
  now(): string {
    if (this.startTime === null || this.startedAt === null) {
      return new Date(this.clock.wall()).toISOString();
    }
    const took = this.clock.monotonic() - this.startedAt;
    return new Date(Date.parse(this.startTime) + took).toISOString();
  }

  /** Tells watchers that something has changed. */
  touch(): void {
    this.progress.advance();
    this.watcher.changed(this);
  }

  addLines(lines: string[]): void {
    this.addMasked(lines.map(maskSecrets));
  }

  /** Lines of a tool, which come without secrets already. */
  addMasked(lines: string[]): void {
    if (lines.length === 0) return;
    this.tail.add(lines);
    this.watcher.lines(this, lines);
    this.touch();
  }

  addError(error: JobError): void {
    this.total++;
    if (this.errors.length < MAX_ERRORS) this.errors.push(withoutSecrets(error));
    this.touch();
  }

  /** Adds a problem that does not stop the job. */
  addWarning(warning: AppError): void {
    this.warnings.push(maskError(warning));
    this.touch();
  }

  /** Adds a note; `tellNote` writes it into the log as well. */
  addNote(note: JobNote): void {
    this.notes.push(maskStrings(note));
    this.touch();
  }

  /** `total`: how many there were, when these are the first of them only. */
  replaceErrors(errors: readonly JobError[], total = errors.length): void {
    this.total = total;
    this.errors.splice(0, this.errors.length, ...errors.slice(0, MAX_ERRORS).map(withoutSecrets));
  }

  get errorCount(): number {
    return this.total;
  }

  /** A copy in plain JSON. */
  snapshot(): BackupJob {
    return {
      id: this.id,
      type: this.type,
      status: this.status,
      options: structuredClone(this.options),
      startTime: this.startTime,
      endTime: this.endTime,
      output: this.tail.lines(),
      errors: this.errors.map((error) => ({ ...error })),
      progress: this.progress.snapshot(),
      exitCode: this.exitCode,
      command: [...this.command],
      outputPath: this.outputPath,
      sizeBytes: this.sizeBytes,
      targetState: this.targetState,
      failure: this.failure && toJobFailure(this.failure),
      ...(this.total === 0 ? {} : { errorCount: this.total }),
      ...(this.failedEntries.length === 0 ? {} : { failedEntries: [...this.failedEntries] }),
      ...(this.harmlessErrors === 0 ? {} : { harmlessErrors: this.harmlessErrors }),
      ...(this.warnings.length === 0 ? {} : { warnings: this.warnings.map(toJobFailure) }),
      ...(this.notes.length === 0 ? {} : { notes: structuredClone(this.notes) }),
      ...(this.verification === null ? {} : { verification: structuredClone(this.verification) }),
      ...(this.createdDatabase === null ? {} : { createdDatabase: this.createdDatabase }),
      ...(this.swap === null ? {} : { swap: { ...this.swap } }),
      ...(this.safetyBackup === null ? {} : { safetyBackup: structuredClone(this.safetyBackup) }),
      ...(this.estimate === null ? {} : { estimate: { ...this.estimate } }),
    };
  }
}

function withoutSecrets(error: JobError): JobError {
  const { message, sql } = error;
  return {
    ...error,
    message: maskSecrets(message),
    ...(sql === undefined ? {} : { sql: maskSecrets(sql) }),
  };
}
