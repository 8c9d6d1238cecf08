import { setTimeout as delay } from 'node:timers/promises';
import type { BackupJob } from '../../../model/job';
import type { PlacedRun } from '../../../pgtools/locate/startPlaced';
import { Throttle } from '../../../throttle';
import { HEARTBEAT_MS, type JobFolder, type StoredJob } from '../store/jobFolder';
import { identify, type ProcessIdentity } from '../store/processIdentity';

/** The status is written at most this often, */
const INTERVAL_MS = 250;
/** and never for more than this part of the time: 20,000 chosen tables are a megabyte. */
const MAX_SHARE = 0.05;

/** How long the job's end is tried to be written when the disk is full. */
const END_ATTEMPTS = 300;
const END_RETRY_MS = 1000;

/**
 * Keeps `status.json` up to date. On a full disk the file is written later; the job is not
 * affected.
 */
export class StatusWriter {
  private job: BackupJob | undefined;
  private beat = 1;
  private readonly tools = new Map<number, ProcessIdentity>();
  private readonly placed = new Map<number, PlacedRun>();
  private guard: ProcessIdentity | undefined;
  private readonly soon: Throttle;
  private took = 0;
  private readonly heart: NodeJS.Timeout;

  constructor(
    private readonly folder: JobFolder,
    private readonly base: Pick<StoredJob, 'owner' | 'runId' | 'ticket' | 'origin'>,
    /** The guard's process: it is started anew when it ends. */
    private readonly guardPid: () => number | undefined = () => undefined,
  ) {
    const interval = (): number => Math.max(INTERVAL_MS, this.took / MAX_SHARE);
    this.soon = new Throttle(() => this.writeNow(), interval);
    this.heart = setInterval(() => this.write(), HEARTBEAT_MS);
  }

  update(job: BackupJob): void {
    this.job = job;
    this.soon.request();
  }

  /**
   * Writes at once: a window that finds the supervisor dead ends the tools that are recorded here.
   */
  addTool(pid: number, placed?: PlacedRun): void {
    this.tools.set(pid, identify(pid));
    if (placed) this.placed.set(pid, placed);
    this.write();
  }

  removeTool(pid: number): void {
    this.tools.delete(pid);
    this.placed.delete(pid);
  }

  write(): void {
    this.soon.now();
  }

  /** Writes the last status, with retries, because a job without an end counts as lost. */
  async end(job: BackupJob): Promise<void> {
    clearInterval(this.heart);
    this.soon.cancel();
    this.tools.clear();
    this.placed.clear();
    for (let attempt = 0; attempt < END_ATTEMPTS; attempt++) {
      try {
        this.folder.write(this.stored(job), true);
        this.folder.giveUpReserve();
        return;
      } catch (error) {
        const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
        // The job's folder was removed.
        if (gone) return;
        this.folder.giveUpReserve();
        if (attempt > 0) await delay(END_RETRY_MS);
      }
    }
  }

  private writeNow(): void {
    if (!this.job) return;
    const started = performance.now();
    try {
      this.folder.write(this.stored(this.job));
    } catch {
      // The disk is full, or the directory was removed: the next write may succeed.
    }
    this.took = performance.now() - started;
  }

  private stored(job: BackupJob): StoredJob {
    const guard = this.currentGuard();
    return {
      version: 1,
      beat: ++this.beat,
      ...this.base,
      tools: [...this.tools.values()],
      ...(this.placed.size === 0 ? {} : { placed: [...this.placed.values()] }),
      ...(guard === undefined ? {} : { guard }),
      job: { ...job, output: [] },
    };
  }

  /** Identified once for each process: the system is not asked at every write. */
  private currentGuard(): ProcessIdentity | undefined {
    const pid = this.guardPid();
    if (pid !== this.guard?.pid) this.guard = pid === undefined ? undefined : identify(pid);
    return this.guard;
  }
}
