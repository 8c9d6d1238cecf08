import { existsSync, mkdirSync, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { CooperativeLoop } from '../../../cooperativeLoop';
import { Throttle } from '../../../throttle';
import { isFinished } from '../../../model/job';
import { FileReservations } from '../store/fileReservations';
import { JobFolder } from '../store/jobFolder';
import { asLost, settleLost } from '../store/lostJobs';
import {
  findJobs,
  isKept,
  removeFolders,
  strayFolders,
  surplusJobs,
  type FoundJob,
  type Retention,
} from '../store/retention';
import { reservationsDir } from '../store/storeDir';
import type { EscalationDelays } from './escalation';
import { RemoteJob, type RemoteJobEvents } from './remoteJob';

/** Poll interval for jobs that are followed by their files; no polling while none runs. */
const POLL_MS = 100;
/** Poll interval for jobs that wait for their turn, of which there can be many. */
const POLL_WAITING_MS = 500;
/** Shortest interval in milliseconds between two readings of the store. */
const SCAN_MS = 200;
/**
 * Interval in milliseconds between attempts to read a record that cannot be read just now, mostly
 * for want of file handles.
 */
const UNREADABLE_MS = 2000;

/** Events of the known jobs: those of each remote job, and that one was found or removed. */
export interface KnownJobsEvents extends RemoteJobEvents {
  found(job: RemoteJob): void;
  removed(id: string): void;
}

export interface KnownJobsOptions {
  /** Absolute path; created with access for this user only. All windows share it. */
  storeDir: string;
  /** Limits for the jobs that have ended. */
  retention(): Retention;
  events: KnownJobsEvents;
  /** See `RemoteJobStart`. */
  patience?: EscalationDelays | undefined;
}

/**
 * All jobs of the store: found, followed while they run, settled when they are lost, and removed
 * when there are too many. Every directory is read only once.
 */
export class KnownJobs {
  private readonly jobs = new Map<string, RemoteJob>();
  /** Names of directories that are being removed. */
  private readonly retiring = new Set<string>();
  /** Directories without a job, and the state of their status file at that time. */
  private readonly unusable = new Map<string, string>();
  private readonly scanSoon = new Throttle(() => void this.scan(), SCAN_MS);
  private readonly scanAgain = new Throttle(() => void this.scan(), UNREADABLE_MS);
  private stopWatching = (): void => undefined;
  private timer: NodeJS.Timeout | undefined;
  private ticks = 0;
  private scanning: Promise<void> = Promise.resolve();
  private nextScan: Promise<void> | null = null;
  private cleaning: Promise<void> = Promise.resolve();
  private disposed = false;

  constructor(private readonly options: KnownJobsOptions) {}

  /**
   * Resolves when the jobs of earlier windows are known, and the lost ones tidied up after.
   *
   * @param known is called between the two: tools that a lost job has left take a while to end
   */
  async open(known?: () => void): Promise<void> {
    const { storeDir } = this.options;
    try {
      mkdirSync(storeDir, { recursive: true, mode: 0o700 });
      const watcher = watch(storeDir, { persistent: false }, () => this.scanSoon.request());
      watcher.on('error', () => watcher.close());
      this.stopWatching = () => watcher.close();
    } catch {
      // Without the watcher, jobs that other windows start are not seen.
    }
    const found = await findJobs(storeDir, (await this.names()) ?? []);
    const surplus = await surplusJobs(found.filter(isKept), this.options.retention());
    const strays = await strayFolders(found, this.options.retention());
    // They are removed in the background.
    this.cleaning = this.clean([...surplus.map(({ folder }) => folder), ...strays]);
    await this.take(found);
    known?.();
    const running = [...this.jobs.values()].filter((job) => !job.isFinished);
    await Promise.all(running.map((job) => this.look(job, true)));
  }

  /** Resolves when the surplus jobs that `open` found are removed. */
  settled(): Promise<void> {
    return this.cleaning;
  }

  get(id: string): RemoteJob | undefined {
    return this.jobs.get(id);
  }

  /** In the order in which they were asked for. */
  list(): RemoteJob[] {
    return [...this.jobs.values()].sort((a, b) => a.ticket - b.ticket || (a.id < b.id ? -1 : 1));
  }

  /** Later than all that is known, even when the clock was set back. */
  nextTicket(): number {
    let newest = 0;
    for (const { ticket } of this.jobs.values()) newest = Math.max(newest, ticket);
    return Math.max(Date.now(), newest + 1);
  }

  add(job: RemoteJob): void {
    this.jobs.set(job.id, job);
  }

  /** Finds jobs that other windows have started or removed. Never rejects. */
  scan(): Promise<void> {
    this.nextScan ??= this.scanning.then(async () => {
      this.nextScan = null;
      if (!this.disposed) await this.scanNow().catch(() => undefined);
    });
    this.scanning = this.nextScan;
    return this.nextScan;
  }

  /** Removes the jobs beyond the limits. */
  async retire(): Promise<void> {
    const known = [...this.jobs.values()].map(({ folder, state }) => ({ folder, record: state }));
    const surplus = await surplusJobs(known, this.options.retention());
    await this.discard(surplus.map(({ folder }) => folder));
    for (const { record } of surplus) await this.forget(record.job.id);
  }

  /** Removes a job that has ended. */
  async remove(job: RemoteJob): Promise<void> {
    await this.discard([job.folder]);
    await this.forget(job.id);
  }

  /** Polls the running jobs, as long as there are any. */
  follow(): void {
    if (this.timer !== undefined || this.disposed) return;
    this.timer = setInterval(() => {
      const followed = [...this.jobs.values()].filter((job) => !job.isFinished && !job.attached);
      const rarely = ++this.ticks % Math.round(POLL_WAITING_MS / POLL_MS) !== 0;
      for (const job of followed) {
        if (!rarely || job.state.job.status !== 'pending') void this.look(job);
      }
      if (followed.length > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    }, POLL_MS);
    this.timer.unref();
  }

  /**
   * Reads what is new of a job, and settles it when it is lost. `now`: check at once whether its
   * owner lives. Never rejects.
   */
  async look(job: RemoteJob, now = false): Promise<void> {
    try {
      await this.lookAt(job, now);
    } catch {
      // The disk is full, or there are no file handles: the next look may find it otherwise.
    }
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.stopWatching();
    this.scanSoon.cancel();
    this.scanAgain.cancel();
    clearInterval(this.timer);
    await Promise.all([...this.jobs.values()].map((job) => job.close()));
  }

  private async lookAt(job: RemoteJob, now: boolean): Promise<void> {
    if (job.isFinished || job.attached) return;
    const dead = now ? await job.isDead() : (await job.poll()) === 'dead';
    if (!dead) return;
    const reservations = new FileReservations(reservationsDir(this.options.storeDir));
    const settled = await settleLost(job.folder, reservations, job.seemsDead);
    if (settled) await job.take(settled);
    // The job's directory was removed: only this window still knows the job.
    else if (!existsSync(job.folder.dir)) await job.end(asLost(job.state));
  }

  private async scanNow(): Promise<void> {
    const { storeDir } = this.options;
    const names = await this.names();
    if (names === null) return;
    const there = new Set(names.filter((name) => JobFolder.isName(name)));
    for (const job of [...this.jobs.values()]) {
      const name = path.basename(job.folder.dir);
      const gone = !there.delete(name) && !this.retiring.has(name);
      if (gone && job.isFinished && !existsSync(job.folder.dir)) await this.forget(job.id);
    }
    for (const name of there)
      if (this.retiring.has(name) || this.isUnusable(name)) there.delete(name);
    await this.take(await findJobs(storeDir, [...there]));
  }

  /** The names in the store; null: they could not be read, and nothing must be forgotten. */
  private async names(): Promise<string[] | null> {
    try {
      return await readdir(this.options.storeDir);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      this.scanAgain.request();
      return null;
    }
  }

  private isUnusable(name: string): boolean {
    const seen = this.unusable.get(name);
    return (
      seen !== undefined && seen === new JobFolder(path.join(this.options.storeDir, name)).mark()
    );
  }

  /** Adds jobs that were found in the store. */
  private async take(found: FoundJob[]): Promise<void> {
    const loop = new CooperativeLoop();
    const { events, patience } = this.options;
    if (found.some(({ record }) => record === 'unreadable')) this.scanAgain.request();
    const usable = found.filter(isKept).sort((a, b) => a.record.ticket - b.record.ticket);
    for (const { folder, record } of found) {
      if (record === 'broken' || record === 'later') {
        this.unusable.set(path.basename(folder.dir), folder.mark());
      }
    }
    for (const { folder, record } of usable) {
      if (loop.shouldYield) await loop.yield();
      if (this.disposed) return;
      if (this.jobs.has(record.job.id) || this.retiring.has(path.basename(folder.dir))) continue;
      const job = new RemoteJob(folder, record, events, { from: 'tail', patience });
      this.jobs.set(job.id, job);
      if (!isFinished(record.job.status)) this.follow();
      events.found(job);
    }
  }

  /** Removes surplus jobs that the start has found, and leftovers of processes that have ended. */
  private async clean(folders: readonly JobFolder[]): Promise<void> {
    await this.discard(folders);
    const dir = reservationsDir(this.options.storeDir);
    if (existsSync(dir)) await new FileReservations(dir).sweep();
  }

  private async discard(folders: readonly JobFolder[]): Promise<void> {
    const names = folders.map(({ dir }) => path.basename(dir));
    for (const name of names) this.retiring.add(name);
    await removeFolders(folders);
    for (const name of names) this.retiring.delete(name);
  }

  private async forget(id: string): Promise<void> {
    const job = this.jobs.get(id);
    if (!this.jobs.delete(id) || job === undefined) return;
    await job.close();
    this.options.events.removed(id);
  }
}
