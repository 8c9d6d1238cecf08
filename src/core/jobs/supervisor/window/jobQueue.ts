import { asAppError, type AppError } from '../../../errors';
import { isFinished } from '../../../model/job';
import type { StartMessage } from '../messages';
import type { SupervisorScript } from '../startScript';
import { HEARTBEAT_MS } from '../store/jobFolder';
import { identify } from '../store/processIdentity';
import { KeeperLink } from './keeperLink';
import type { RemoteJob } from './remoteJob';
import { WorkInTurns } from './workInTurns';

/**
 * Interval in milliseconds at which this window checks whether another window has cancelled a
 * waiting job.
 */
const LOOK_MS = 500;
/** How long, in milliseconds, a window that ends waits for the keeper to acknowledge the jobs. */
const HAND_OVER_MS = 1000;

export interface JobQueueOptions {
  script: SupervisorScript;
  /** How many supervisors this window has at a time. Asked anew for each job. */
  limit(): number;
  /** Has a supervisor carry the job out; resolves when that has ended. Never rejects. */
  run(job: RemoteJob, start: StartMessage): Promise<void>;
  /** Ends a job that was never begun. */
  end(job: RemoteJob, status: 'failed' | 'cancelled', failure?: AppError): Promise<void>;
}

interface Waiting {
  job: RemoteJob;
  start: Promise<StartMessage>;
}

/**
 * The jobs that this window has asked for and that wait: no more supervisors are started than may
 * work at a time, and one process keeps all the others for the case that this window ends. In which
 * order the jobs of several windows begin is the supervisors' business (`waitForTurn`): each window
 * starts its own in the order in which they were asked for.
 */
export class JobQueue {
  private readonly waiting: Waiting[] = [];
  /** Jobs whose turn it is, but which no supervisor has received yet. */
  private readonly beginning = new Set<Waiting>();
  private readonly running = new Set<RemoteJob>();
  private readonly keeper: KeeperLink;
  /** Records of waiting jobs that are to be written. */
  private readonly records = new WorkInTurns((error) => {
    // A full disk is known by then: this is a mistake of ours, which the host reports.
    void Promise.reject(asAppError(error));
  });
  private timer: NodeJS.Timeout | undefined;
  private beatAt = performance.now();
  private closed = false;

  constructor(private readonly options: JobQueueOptions) {
    this.keeper = new KeeperLink(options.script, {
      held: (id, keeper) => this.record(() => this.find(id)?.job.ownedBy(keeper, true)),
      gone: () => this.takeAllBack(),
    });
  }

  /**
   * Starts the job when it is its turn. `start`: the message as of now, whenever the job begins.
   */
  add(job: RemoteJob, start: Promise<StartMessage>): void {
    const waiting = { job, start };
    // The failure is reported when the job starts; until then there is no listener.
    start.catch(() => undefined);
    job.waits = true;
    this.waiting.push(waiting);
    this.startNext();
    if (!this.waiting.includes(waiting)) return;
    this.timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    void start.then(
      (message) => {
        if (this.waiting.includes(waiting) && !this.closed) this.keeper.hold(message);
      },
      (error: unknown) => this.fail(waiting, error),
    );
  }

  /** Ends a job that waits. Returns false for one that does not. */
  cancel(job: RemoteJob): boolean {
    const waiting = this.waiting.find((each) => each.job === job);
    if (waiting === undefined) return false;
    this.remove(waiting);
    void this.options.end(job, 'cancelled');
    return true;
  }

  /**
   * Leaves the waiting jobs to the keeper; with `endAll`, or without a keeper, they are cancelled.
   */
  async dispose(endAll: boolean): Promise<void> {
    this.closed = true;
    this.records.flush();
    clearInterval(this.timer);
    const beginning = [...this.beginning];
    const left = endAll ? [...this.waiting] : await this.withoutKeeper();
    for (const waiting of left) this.remove(waiting);
    await Promise.all([...beginning, ...left].map(({ job }) => this.options.end(job, 'cancelled')));
    if (endAll) await this.keeper.handOver(0);
  }

  /** Jobs that the keeper does not hold. */
  private async withoutKeeper(): Promise<Waiting[]> {
    const unheld = new Set(await this.keeper.handOver(HAND_OVER_MS));
    return this.waiting.filter(({ job }) => unheld.has(job.id) || job.state.keeper !== true);
  }

  private startNext(): void {
    while (!this.closed && this.waiting.length > 0 && this.running.size < this.options.limit()) {
      const [next] = this.waiting;
      if (next) void this.begin(next);
    }
    if (this.waiting.length > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async begin(waiting: Waiting): Promise<void> {
    const { job } = waiting;
    this.remove(waiting);
    this.running.add(job);
    this.beginning.add(waiting);
    // The record shows the keeper that the job is no longer its own, should it miss the message.
    if (job.state.keeper === true) job.ownedBy(identify(), false);
    try {
      const start = await this.begun(waiting);
      if (start) await Promise.race([this.options.run(job, start), job.finished]);
    } catch (error) {
      if (!this.closed) await this.endFailed(job, error);
    } finally {
      this.running.delete(job);
      this.startNext();
    }
  }

  /** The start message; null when the job has ended otherwise meanwhile. */
  private async begun(waiting: Waiting): Promise<StartMessage | null> {
    const { job, start } = waiting;
    try {
      // Mostly the record is as this window has written it; only another is read whole.
      const stored = job.folder.statusNow() === 'pending' ? null : await job.folder.look();
      const message = await start;
      // This window ends, and `dispose` has cancelled the job.
      if (this.closed) return null;
      // Another window may have settled the job as lost.
      if (stored === null || typeof stored === 'string') return message;
      if (!isFinished(stored.job.status)) return message;
      await job.take(stored);
      return null;
    } finally {
      this.beginning.delete(waiting);
    }
  }

  private remove(waiting: Waiting): void {
    this.waiting.splice(this.waiting.indexOf(waiting), 1);
    waiting.job.waits = false;
    this.keeper.drop(waiting.job.id);
  }

  private async fail(waiting: Waiting, error: unknown): Promise<void> {
    if (!this.waiting.includes(waiting)) return;
    this.remove(waiting);
    await this.endFailed(waiting.job, error);
  }

  private async endFailed(job: RemoteJob, error: unknown): Promise<void> {
    const failure = asAppError(error);
    if (failure.code === 'cancelled') await this.options.end(job, 'cancelled');
    else await this.options.end(job, 'failed', failure);
  }

  private find(id: string): Waiting | undefined {
    return this.waiting.find(({ job }) => job.id === id);
  }

  /** The keeper is gone: until there is another, this window answers for the jobs. */
  private takeAllBack(): void {
    const self = identify();
    this.writeEach((job) => job.ownedBy(self, false));
  }

  private look(): void {
    for (const { job } of [...this.waiting]) {
      if (job.folder.isAskedToCancel()) this.cancel(job);
    }
    // Where other hosts cannot see the keeper, its jobs' records carry a heartbeat.
    const due = performance.now() - this.beatAt >= HEARTBEAT_MS;
    if (!due) return;
    this.beatAt = performance.now();
    this.writeEach((job) => {
      const { owner, keeper } = job.state;
      if (owner.stamp === null) job.ownedBy(owner, keeper === true);
    });
  }

  /** Writes a record for each job that waits now, and still does then. */
  private writeEach(write: (job: RemoteJob) => void): void {
    for (const { job } of this.waiting) {
      this.record(() => {
        if (job.waits) write(job);
      });
    }
  }

  /** Others have their turns between many; a window that closes must have written them before it ends. */
  private record(write: () => void): void {
    if (this.closed) write();
    else this.records.add(write);
  }
}
