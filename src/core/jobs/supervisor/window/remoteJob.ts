import type { ChildProcess } from 'node:child_process';
import type { DatabaseSwap } from '../../../model/ways/databaseSwap';
import { isFinished, OUTPUT_TAIL_LINES, type BackupJob } from '../../../model/job';
import { LineTail } from '../../job/lineTail';
import type { FromSupervisor } from '../messages';
import { HEARTBEAT_MS, type JobFolder, type StoredJob } from '../store/jobFolder';
import { JobLogReader, lastLogLines } from '../store/jobLogReader';
import { livenessOf, type ProcessIdentity } from '../store/processIdentity';
import { Escalation, type EscalationDelays } from './escalation';

/**
 * Interval in milliseconds at which the supervisor of a job that is followed by its files is
 * checked for life.
 */
const LIVENESS_MS = 1000;
/**
 * Milliseconds without a heartbeat after which a supervisor whose process cannot be seen counts as
 * dead.
 */
const SILENCE_MS = 6 * HEARTBEAT_MS;

/** Events of a remote job. */
export interface RemoteJobEvents {
  changed(job: RemoteJob): void;
  lines(job: RemoteJob, lines: string[]): void;
}

/** How to begin following a remote job. */
export interface RemoteJobStart {
  /** Lines from before this window started are only needed for the tail. */
  from: 'start' | 'tail';
  /** How long to wait for an owner that does not react; default: the usual delays. */
  patience?: EscalationDelays | undefined;
}

/**
 * A job in another process: followed by messages if this window has started it, by the files in its
 * folder otherwise.
 */
export class RemoteJob {
  readonly finished: Promise<BackupJob>;
  private resolve: (job: BackupJob) => void = () => undefined;
  private child: ChildProcess | null = null;
  private readonly reader: JobLogReader;
  private readonly tail = new LineTail();
  private readonly escalation: Escalation;
  private mark = '';
  private lookedAt = performance.now();
  private beat: { count: number; since: number };
  private output: string[] | null = null;
  private ending = false;
  /** Does it wait here, in this window, for its turn? */
  waits = false;

  constructor(
    readonly folder: JobFolder,
    private stored: StoredJob,
    private readonly events: RemoteJobEvents,
    { from, patience }: RemoteJobStart,
  ) {
    const reachable = {
      wake: () => this.signal('SIGCONT'),
      kill: () => this.signal('SIGKILL'),
    };
    this.escalation = new Escalation(reachable, patience);
    this.beat = { count: stored.beat, since: performance.now() };
    this.finished = new Promise((resolve) => (this.resolve = resolve));
    this.reader = new JobLogReader(folder.log, from, (lines, old) => {
      this.tail.add(lines);
      if (!old) this.events.lines(this, lines);
    });
    if (this.isFinished) this.resolve(this.snapshot());
    // An earlier window may have asked for the job's end and got no reaction.
    else if (from === 'tail' && folder.isAskedToCancel()) this.escalation.start();
  }

  get id(): string {
    return this.stored.job.id;
  }

  get ticket(): number {
    return this.stored.ticket;
  }

  get isFinished(): boolean {
    return isFinished(this.stored.job.status);
  }

  /** Does its process send messages to this window? */
  get attached(): boolean {
    return this.child !== null || this.waits;
  }

  /** A copy, with the newest output as far as this window follows it. */
  snapshot(): BackupJob {
    const { job, origin } = this.stored;
    // The lines are copied apart: there are hundreds, and a copy of the array is enough.
    const output = [...(this.output ?? this.tail.lines())];
    const rest = { ...job, output: [], ...(origin === undefined ? {} : { origin }) };
    return { ...structuredClone(rest), output };
  }

  /**
   * The job with its output; that of a job that ended before this window opened is read from its
   * log.
   */
  whole(): BackupJob {
    if (this.isFinished && this.output === null) {
      const followed = this.tail.lines();
      this.output =
        followed.length > 0 ? followed : lastLogLines(this.folder.log, OUTPUT_TAIL_LINES);
    }
    return this.snapshot();
  }

  attach(child: ChildProcess): void {
    this.child = child;
  }

  /** From now on the job is followed by its files. */
  detach(): void {
    this.child = null;
  }

  receive(message: FromSupervisor): void {
    this.escalation.sign();
    if (message.type === 'job') {
      const { options = this.stored.job.options, ...job } = message.job;
      this.stored = { ...this.stored, job: { ...job, options } };
      void this.reader.poll().then(() => this.notify());
    } else if (message.type === 'ended') void this.end(message.job);
  }

  /** Records the owner of the waiting job; `keeper`: the keeper of the queue. */
  ownedBy(owner: ProcessIdentity, keeper: boolean): void {
    this.stored = { ...this.stored, beat: this.stored.beat + 1, owner, keeper };
    try {
      this.folder.write(this.stored);
    } catch {
      // The disk is full: if this window ends, the job counts as lost.
    }
  }

  /** Records what has become of its databases after its end. */
  noteSwap(swap: DatabaseSwap): void {
    const { job, beat } = this.stored;
    this.stored = { ...this.stored, beat: beat + 1, job: { ...job, swap } };
    try {
      this.folder.write({ ...this.stored, job: { ...this.stored.job, output: [] } }, true);
    } catch {
      // The disk is full: the next window asks the server.
    }
    this.events.changed(this);
  }

  /** Asks the job to end, by the pipe and by a file; kills its owner at last. */
  cancel(): void {
    this.escalation.start();
    try {
      this.folder.askToCancel();
    } catch {
      // The disk is full, or the folder was removed.
      this.signal('SIGTERM');
    }
    if (this.child?.connected === true) this.child.send({ type: 'cancel' }, () => undefined);
  }

  /**
   * Reads what has changed. Returns whether the supervisor is gone without having written an end:
   * the caller settles the job then.
   */
  async poll(): Promise<'alive' | 'dead'> {
    const mark = this.folder.mark();
    await this.reader.poll();
    if (mark !== this.mark) {
      this.mark = mark;
      const stored = await this.folder.read();
      if (stored) await this.take(stored);
    } else this.notify();
    if (this.isFinished || this.attached) return 'alive';
    if (performance.now() - this.lookedAt < LIVENESS_MS) return 'alive';
    return (await this.isDead()) ? 'dead' : 'alive';
  }

  /** Is the owner dead, and no end written? Checked now, whatever the interval. */
  async isDead(): Promise<boolean> {
    this.lookedAt = performance.now();
    if (!this.seemsDead(this.stored)) return false;
    // The supervisor may have written the job's end before it ended.
    const stored = await this.folder.read();
    if (stored) await this.take(stored);
    return !this.isFinished && this.seemsDead(this.stored);
  }

  /** Takes over what is stored now. */
  async take(stored: StoredJob): Promise<void> {
    if (this.isFinished) return;
    if (stored.beat !== this.beat.count) {
      this.beat = { count: stored.beat, since: performance.now() };
      this.escalation.sign();
    }
    this.stored = stored;
    if (this.isFinished) await this.end(stored.job);
    else this.notify();
  }

  /** Ends the job in this window, and in its record where that can be written. */
  async end(job: BackupJob): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    this.escalation.stop();
    await this.reader.poll();
    await this.reader.close();
    this.child = null;
    const lines = this.tail.lines();
    this.output = lines.length >= job.output.length ? lines : job.output;
    this.stored = { ...this.stored, job };
    this.events.changed(this);
    this.resolve(this.snapshot());
  }

  /** The job's record, for an end that this window has to write. */
  get state(): StoredJob {
    return this.stored;
  }

  async close(): Promise<void> {
    this.escalation.stop();
    this.child = null;
    await this.reader.close();
  }

  readonly seemsDead = ({ owner, beat }: StoredJob): boolean => {
    const liveness = livenessOf(owner);
    // A process that even SIGKILL does not end waits for a device; it counts as dead.
    if (this.escalation.killed) return true;
    if (liveness !== 'unknown') return liveness === 'gone';
    return beat === this.beat.count && performance.now() - this.beat.since > SILENCE_MS;
  };

  private notify(): void {
    if (!this.isFinished) this.events.changed(this);
  }

  /** Signals the job's owner, where its identity is certain. */
  private signal(signal: 'SIGTERM' | 'SIGCONT' | 'SIGKILL'): void {
    if (signal === 'SIGCONT' && process.platform === 'win32') return;
    if (this.child !== null) {
      // One that could not be started has no process id, and would be taken for this process's group.
      if (this.child.pid !== undefined) this.child.kill(signal);
      return;
    }
    const { owner, keeper } = this.stored;
    if (owner.pid === process.pid || livenessOf(owner) !== 'running') return;
    // The keeper holds other jobs too.
    if (keeper === true && signal !== 'SIGCONT') return;
    try {
      process.kill(owner.pid, signal);
    } catch {
      // The owner has just ended.
    }
  }
}
