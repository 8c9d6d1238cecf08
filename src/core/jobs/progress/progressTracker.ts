import type { BackupProgress, JobPhase } from '../job';

/**
 * A job's progress: only ever forwards. What the tools say is fed by `backupProgress` and
 * `restoreProgress`; this keeps the sums and makes sure that no number falls.
 */
export class ProgressTracker {
  private phase: JobPhase = 'starting';
  private currentObject: string | null = null;
  private total: number | null = null;
  private completed = 0;
  private bytes = 0;
  private startedAt: number | null = null;
  private stoppedAt: number | null = null;

  /** `now` in milliseconds; a monotonic clock, because the wall clock can be set back. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  start(): void {
    this.startedAt = this.now();
  }

  /** The job has ended; with `whole`, all its objects are done. */
  stop(whole: boolean): void {
    this.stoppedAt = this.now();
    this.currentObject = null;
    if (whole && this.total !== null) this.completed = this.total;
  }

  setPhase(phase: JobPhase): void {
    // Cancelling goes on whatever the tool still says.
    if (this.phase === 'cancelling') return;
    if (phase !== this.phase) this.currentObject = null;
    this.phase = phase;
  }

  setCurrent(object: string | null): void {
    this.currentObject = object;
  }

  /** How many objects there are; more may turn out to have been done meanwhile. */
  setTotal(total: number): void {
    this.total = Math.max(total, this.completed);
  }

  setCompleted(completed: number): void {
    this.completed = Math.max(this.completed, completed);
    if (this.total !== null) this.total = Math.max(this.total, this.completed);
  }

  /** `bytes` so far, as measured from outside; a file that is replaced may shrink, this does not. */
  setBytes(bytes: number): void {
    this.bytes = Math.max(this.bytes, bytes);
  }

  /** null before the start. */
  snapshot(): BackupProgress | null {
    if (this.startedAt === null) return null;
    return {
      phase: this.phase,
      currentObject: this.currentObject,
      objectsTotal: this.total,
      objectsCompleted: this.completed,
      bytesWritten: this.bytes,
      elapsedMs: Math.round((this.stoppedAt ?? this.now()) - this.startedAt),
      percent: null,
      remainingMs: null,
      currentObjects: this.currentObject === null ? [] : [this.currentObject],
      rows: null,
      bytesPerSecond: null,
    };
  }
}
