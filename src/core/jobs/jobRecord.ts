import type { AppError } from '../errors';
import type { BackupOptions, RestoreOptions } from '../forms/options';
import {
  isFinished,
  OUTPUT_TAIL_LINES,
  type BackupJob,
  type JobError,
  type JobStatus,
  type TargetState,
} from './job';
import { ProgressTracker } from './progress/progressTracker';

/** Longest line kept in the tail, in UTF-16 units; one message can be 100 KB. */
const TAIL_LINE_LENGTH = 2000;
/** Most errors kept; a restore into a full database can bring one per object. */
const MAX_ERRORS = 1000;

/** What a record tells those who watch it. */
export interface JobWatcher {
  changed(record: JobRecord): void;
  lines(record: JobRecord, lines: string[]): void;
}

/** One job's state while it runs and after. Whoever runs the job writes, everybody else gets copies. */
export class JobRecord {
  readonly progress = new ProgressTracker();
  status: JobStatus = 'pending';
  exitCode: number | null = null;
  command: string[] = [];
  outputPath: string | null = null;
  sizeBytes: number | null = null;
  targetState: TargetState | null = null;
  /** Why it failed; null unless `status` is `failed`. */
  failure: AppError | null = null;
  private startTime: string | null = null;
  private endTime: string | null = null;
  private readonly tail: string[] = [];
  private tailStart = 0;
  private readonly errors: JobError[] = [];

  constructor(
    readonly id: string,
    readonly type: 'backup' | 'restore',
    public options: BackupOptions | RestoreOptions,
    private readonly watcher: JobWatcher,
  ) {}

  start(): void {
    this.status = 'running';
    this.startTime = new Date().toISOString();
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
    this.endTime = new Date().toISOString();
    this.startTime ??= this.endTime;
    this.failure = failure;
    this.status = status;
    this.touch();
  }

  /** Tells watchers that something has changed. */
  touch(): void {
    this.watcher.changed(this);
  }

  addLines(lines: string[]): void {
    if (lines.length === 0) return;
    for (const line of lines.slice(-OUTPUT_TAIL_LINES)) {
      // A ring: shifting 500 elements for each of 200,000 lines would cost more than reading them.
      const short = line.length > TAIL_LINE_LENGTH ? `${line.slice(0, TAIL_LINE_LENGTH)}…` : line;
      if (this.tail.length < OUTPUT_TAIL_LINES) this.tail.push(short);
      else {
        this.tail[this.tailStart] = short;
        this.tailStart = (this.tailStart + 1) % OUTPUT_TAIL_LINES;
      }
    }
    this.watcher.lines(this, lines);
    this.touch();
  }

  addError(error: JobError): void {
    if (this.errors.length < MAX_ERRORS) this.errors.push(error);
    this.touch();
  }

  replaceErrors(errors: readonly JobError[]): void {
    this.errors.splice(0, this.errors.length, ...errors.slice(0, MAX_ERRORS));
  }

  get errorCount(): number {
    return this.errors.length;
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
      output: [...this.tail.slice(this.tailStart), ...this.tail.slice(0, this.tailStart)],
      errors: this.errors.map((error) => ({ ...error })),
      progress: this.progress.snapshot(),
      exitCode: this.exitCode,
      command: [...this.command],
      outputPath: this.outputPath,
      sizeBytes: this.sizeBytes,
      targetState: this.targetState,
      failure: this.failure && { code: this.failure.code, details: { ...this.failure.details } },
    };
  }
}
