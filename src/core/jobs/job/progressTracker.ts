import type { LockWait } from '../../model/catalog';
import type { BackupProgress, JobPhase } from '../../model/job';
import { SmoothedEstimate } from './smoothedEstimate';

/** Source of the time left. */
export interface Forecast {
  /** Is the estimate good enough to be shown? `now`: seconds on the tracker's clock. */
  isFounded(now: number): boolean;
  /** Seconds until everything is done. */
  remaining(now: number): number;
  /** 0 to 1: the share of what `remaining` said last that is only planned; absent = none. */
  readonly doubt?: number;
}

/** The estimate is made anew at most this often, in milliseconds. */
const ESTIMATE_INTERVAL_MS = 200;
/** … and takes at most this share of a processor, however many tables there are. */
const ESTIMATE_SHARE = 0.02;
/** … and is made at least this often. */
const ESTIMATE_MAX_INTERVAL_MS = 10_000;
/** Window of a rate in milliseconds, and the shortest window that gives one. */
const RATE_WINDOW_MS = 6000;
const RATE_MIN_MS = 1000;
/** Samples for the rate are taken no more often. */
const RATE_SAMPLE_MS = 250;

function usedProcessorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * A job's progress, which never goes backwards. The monitors feed in what the tools and the server
 * report; this class keeps the sums.
 */
export class ProgressTracker {
  private phase: JobPhase = 'starting';
  private current: readonly string[] = [];
  private total: number | null = null;
  private completed = 0;
  private bytes = 0;
  private dataBytes: number | null = null;
  private rows: number | null = null;
  private startedAt: number | null = null;
  private stoppedAt: number | null = null;
  private whole = false;
  private model: Forecast | null = null;
  private around: ((part: Forecast) => Forecast) | null = null;
  private readonly estimate = new SmoothedEstimate();
  private estimatedAt = -Infinity;
  /** Milliseconds that the last estimate took: it looks at every piece of work. */
  private estimateCostMs = 0;
  private samples: { at: number; bytes: number }[] = [];
  /** The lock that was waited for last, held still or not. */
  lastLockWait: LockWait | null = null;
  private lockWait: LockWait | null = null;
  /** Milliseconds: when everything came to a halt, and the sum of earlier halts. */
  private standsSince: number | null = null;
  private stoodMs = 0;
  /** When the last lock that had brought everything to a halt was gone, in milliseconds. */
  private freeAt = -Infinity;

  /**
   * @param now milliseconds; a monotonic clock, because the wall clock can be set back
   * @param processorTime milliseconds of processor time that this process has used: an estimate
   *   that had to wait for the processor has cost nothing
   */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly processorTime: () => number = usedProcessorTime,
  ) {}

  start(): void {
    this.startedAt = this.now();
  }

  /** The job has ended; with `whole`, all its objects are done. */
  stop(whole: boolean): void {
    this.stoppedAt = this.now();
    this.whole = whole;
    this.current = [];
    if (whole && this.total !== null) this.completed = this.total;
  }

  /**
   * Seconds on the tracker's clock, which is the model's time. It stops while a lock blocks
   * everything.
   */
  get seconds(): number {
    return ((this.standsSince ?? this.now()) - this.stoodMs) / 1000;
  }

  /** Seconds since the job began, without those that it waited for locks. */
  get elapsedSeconds(): number {
    return this.startedAt === null ? 0 : this.seconds - this.startedAt / 1000;
  }

  /**
   * A lock that blocks the job; null = none. `milliseconds`: how long everything has been blocked;
   * null = other workers continue. Blocked time does not count as progress, because the end of a
   * lock cannot be predicted.
   */
  setLockWait(wait: LockWait | null, milliseconds: number | null = null): void {
    this.lockWait = wait;
    this.lastLockWait = wait ?? this.lastLockWait;
    const now = this.now();
    if (wait !== null && milliseconds !== null) {
      this.standsSince ??= Math.max(this.startedAt ?? now, this.freeAt, now - milliseconds);
      return;
    }
    if (this.standsSince !== null) this.stoodMs += now - this.standsSince;
    this.standsSince = null;
    this.freeAt = now;
  }

  /** From here on percent and time left follow this model. */
  setModel(model: Forecast): void {
    this.model = this.around ? this.around(model) : model;
  }

  /**
   * Models that are set from now on cover only a part of the job; `around` makes a model of the
   * whole job from each.
   */
  setModelAround(around: (part: Forecast) => Forecast): void {
    this.around = around;
  }

  setPhase(phase: JobPhase): void {
    // The phase stays "cancelling" whatever the tool still prints.
    if (this.phase === 'cancelling') return;
    if (phase !== this.phase) this.current = [];
    this.phase = phase;
  }

  setCurrent(object: string | null): void {
    this.current = object === null ? [] : [object];
  }

  /** All that is being worked on, the newest last. */
  setCurrentObjects(objects: readonly string[]): void {
    this.current = objects;
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
    if (this.dataBytes === null) this.sample(this.bytes);
  }

  /** Rows copied so far, as the server counts them. */
  setRows(rows: number): void {
    this.rows = Math.max(this.rows ?? 0, Math.round(rows));
  }

  /** Rows, and their bytes as text, copied so far. */
  setCopied(rows: number, bytes: number): void {
    this.setRows(rows);
    if (this.dataBytes === null) this.samples = [];
    this.dataBytes = Math.max(this.dataBytes ?? 0, Math.round(bytes));
    this.sample(this.dataBytes);
  }

  /** The progress as of the last update of the estimate; null before the start. */
  snapshot(): BackupProgress | null {
    if (this.startedAt === null) return null;
    const ended = this.stoppedAt !== null;
    const over = ended || this.phase === 'cancelling';
    const left = over || this.standsSince !== null ? null : this.estimate.remaining;
    // Before anything is done, a number would only show the waiting time.
    const nothingDone = !ended && this.standsSince !== null && this.completed === 0;
    return {
      phase: this.phase,
      currentObject: this.current.at(-1) ?? null,
      objectsTotal: this.total,
      objectsCompleted: this.completed,
      bytesWritten: this.bytes,
      elapsedMs: Math.round((this.stoppedAt ?? this.now()) - this.startedAt),
      percent: this.whole ? 100 : nothingDone ? null : this.estimate.percent,
      remainingMs: this.whole ? 0 : left === null ? null : Math.round(left * 1000),
      currentObjects: [...this.current],
      rows: this.rows,
      bytesPerSecond: ended ? null : this.rate(),
      ...(over || this.lockWait === null ? {} : { lockWait: structuredClone(this.lockWait) }),
    };
  }

  /** Brings percent and time left up to now, unless that was done a moment ago. */
  advance(): void {
    if (!this.model || this.stoppedAt !== null || this.phase === 'cancelling') return;
    const now = this.now();
    const interval = Math.max(ESTIMATE_INTERVAL_MS, this.estimateCostMs / ESTIMATE_SHARE);
    if (now - this.estimatedAt < Math.min(interval, ESTIMATE_MAX_INTERVAL_MS)) return;
    this.estimatedAt = now;
    const used = this.processorTime();
    const { seconds } = this;
    const stands = this.standsSince !== null;
    const known = !stands && this.model.isFounded(seconds);
    const remaining = stands ? null : this.model.remaining(seconds);
    if (!known && !stands) this.estimate.waitForEstimate(this.elapsedSeconds, remaining);
    const { doubt = 0 } = this.model;
    this.estimate.update(seconds, this.elapsedSeconds, known ? remaining : null, doubt);
    this.estimateCostMs = this.processorTime() - used;
  }

  private sample(bytes: number): void {
    const at = this.now();
    const last = this.samples.at(-1);
    if (last && at - last.at < RATE_SAMPLE_MS) return;
    this.samples.push({ at, bytes });
    // One from before the window stays, or there would be nothing to compare with.
    while ((this.samples[1]?.at ?? Infinity) < at - RATE_WINDOW_MS) this.samples.shift();
  }

  private rate(): number | null {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (!first || !last || last.at - first.at < RATE_MIN_MS) return null;
    // When nothing was counted for long, nothing is known.
    if (this.now() - last.at > 3 * RATE_WINDOW_MS) return null;
    return Math.round(((last.bytes - first.bytes) * 1000) / (last.at - first.at));
  }
}
