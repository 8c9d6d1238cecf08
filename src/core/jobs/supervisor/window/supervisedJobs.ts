import type { ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connectionLabel } from '../../../model/profile';
import { AppError, asAppError } from '../../../errors';
import type { BackupRequest } from '../../backup/backupRequest';
import type { DatabaseSwap } from '../../../model/ways/databaseSwap';
import type { BackupJob, JobOrigin } from '../../../model/job';
import { fromJobFailure } from '../../job/jobFailure';
import { JobListeners } from '../../manager/jobListeners';
import type { JobHandle, Jobs, Stop } from '../../manager/jobs';
import type { RestoreRequest } from '../../restore/restoreJob';
import type { Permitted } from '../../restore/restorePermission';
import { provisionalBackup, provisionalRestore } from '../../manager/provisionalOptions';
import type { VerifyRequest } from '../../verify/verifyRequest';
import { JobFolder, type StoredJob } from '../store/jobFolder';
import { makeJobFolder } from '../store/newJobFolder';
import { launch, startMessage, type HostServices } from './launch';
import { JobQueue } from './jobQueue';
import { endUnstarted } from '../store/endedJob';
import type { JobRequest, StartMessage } from '../messages';
import { newJob } from './newJob';
import { identify } from '../store/processIdentity';
import { KnownJobs, type KnownJobsEvents } from './knownJobs';
import { RemoteJob } from './remoteJob';
import type { Retention } from '../store/retention';
import { codeDir } from '../store/storeDir';
import { SpareSupervisor } from './spareSupervisor';
import { Throttle } from '../../../throttle';

/** A window's workspace as `JobOrigin` has it. */
export type Workspace = Pick<JobOrigin, 'workspace' | 'workspaceName'>;

export interface SupervisedJobsOptions extends HostServices {
  /** Absolute path; created with access for this user only. All windows share it. */
  storeDir: string;
  /** Absolute path of the supervisor's bundle. */
  script: string;
  /** The window's workspace, which its jobs record. */
  workspace(): Workspace;
  /** Limits for the jobs that have ended. */
  retention(): Retention;
  /** Says a failure in words, for a job's list of errors when the tool itself said nothing. */
  describe(failure: AppError): string;
}

/** Milliseconds that a window that closes waits for jobs that end with it. */
const DISPOSE_MS = 4000;

/** Interval in milliseconds between attempts to read a record that cannot be read just now. */
const UNREADABLE_MS = 500;

/** Interval in milliseconds at which jobs beyond the limits are looked for, when many end. */
const RETIRE_MS = 200;

/** Milliseconds within which a spare supervisor has to show that it has taken its job over. */
const READY_MS = 5000;

/**
 * Jobs in processes that outlive this one: each is carried out by a supervisor of its own, and found
 * again by the next window through the store.
 */
export class SupervisedJobs implements Jobs {
  /** Resolves when the jobs of earlier windows are known. */
  readonly known: Promise<void>;
  /** Resolves when the jobs of earlier windows are known, and the lost ones tidied up after. */
  readonly ready: Promise<void>;
  private readonly jobs: KnownJobs;
  /** Jobs that this window has started and that have not ended. */
  private readonly running = new Set<RemoteJob>();
  /** Ids of all that it has started. */
  private readonly startedHere = new Set<string>();
  private readonly listeners = new JobListeners();
  private readonly supervisors: SpareSupervisor;
  private readonly queue: JobQueue;
  private readonly retireSoon = new Throttle(() => void this.jobs.retire(), RETIRE_MS);
  private readonly disposing = new AbortController();
  private disposed = false;

  private readonly events: KnownJobsEvents = {
    found: (job) => this.listeners.updated(this.withErrorText(job.snapshot())),
    changed: (job) => {
      this.listeners.updated(this.withErrorText(job.snapshot()));
      if (!job.isFinished) return;
      this.running.delete(job);
      if (!this.disposed) this.retireSoon.request();
    },
    lines: (job, lines) => this.listeners.lines(job.id, lines),
    removed: (id) => this.listeners.removed(id),
  };

  constructor(private readonly options: SupervisedJobsOptions) {
    // Every job that runs listens to it.
    setMaxListeners(0, this.disposing.signal);
    const { storeDir } = options;
    const script = { script: options.script, codeDir: codeDir(storeDir) };
    this.supervisors = new SpareSupervisor(script);
    this.jobs = new KnownJobs({
      storeDir,
      retention: () => options.retention(),
      events: this.events,
    });
    this.queue = new JobQueue({
      script,
      limit: () => options.limits().concurrency,
      run: (job, start) => this.run(job, start),
      end: (job, status, failure) => this.end(job, status, failure),
    });
    let known = (): void => undefined;
    this.known = new Promise((resolve) => (known = resolve));
    this.ready = this.jobs.open(known).finally(known);
  }

  startBackup(request: BackupRequest & { jobId?: string | undefined }): JobHandle {
    const { jobId, ...rest } = request;
    const shown = provisionalBackup(request.options);
    return this.start(jobId, shown, { kind: 'backup', request: rest });
  }

  startRestore(request: Permitted<RestoreRequest & { jobId?: string | undefined }>): JobHandle {
    const { jobId, ...rest } = request;
    const shown = provisionalRestore(request.options);
    return this.start(jobId, shown, { kind: 'restore', request: rest });
  }

  startVerify(request: VerifyRequest & { jobId?: string | undefined }): JobHandle {
    const { jobId, ...rest } = request;
    return this.start(jobId, request.options, { kind: 'verify', request: rest });
  }

  prewarm(): Stop {
    return this.supervisors.prewarm();
  }

  expect(kind: BackupJob['type']): Stop {
    // Beside others it would have to wait: nobody knows how long.
    if (this.disposed || this.running.size > 0) return () => undefined;
    return this.supervisors.expect(kind);
  }

  get(id: string): BackupJob | undefined {
    const job = this.jobs.get(id);
    return job && this.withErrorText(job.whole());
  }

  list(): BackupJob[] {
    return this.jobs.list().map((job) => this.withErrorText(job.snapshot()));
  }

  handle(id: string): JobHandle | undefined {
    const job = this.jobs.get(id);
    return job && { job: this.withErrorText(job.snapshot()), finished: this.finished(job) };
  }

  isOwn(id: string): boolean {
    return this.startedHere.has(id);
  }

  failure(id: string): AppError | null {
    const failure = this.jobs.get(id)?.state.job.failure ?? null;
    return failure && fromJobFailure(failure);
  }

  async cancel(id: string): Promise<BackupJob> {
    const job = this.jobs.get(id);
    if (!job) throw new AppError('jobUnknown', { id });
    if (!job.isFinished && !this.queue.cancel(job)) job.cancel();
    return this.finished(job);
  }

  async remove(id: string): Promise<void> {
    const job = this.jobs.get(id);
    if (!job?.isFinished) throw new AppError('jobUnknown', { id });
    await this.jobs.remove(job);
  }

  noteSwap(id: string, swap: DatabaseSwap): void {
    const job = this.jobs.get(id);
    if (!job?.isFinished) throw new AppError('jobUnknown', { id });
    job.noteSwap(swap);
  }

  logPath(id: string): string | null {
    const file = this.jobs.get(id)?.folder.log;
    return file !== undefined && isFile(file) ? file : null;
  }

  onUpdate(listener: (job: BackupJob) => void): Stop {
    return this.listeners.onUpdate(listener);
  }

  onLines(listener: (jobId: string, lines: string[]) => void): Stop {
    return this.listeners.onLines(listener);
  }

  onRemoved(listener: (jobId: string) => void): Stop {
    return this.listeners.onRemoved(listener);
  }

  /** Lets go of all jobs. They continue, except for those that are to end with their window. */
  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    this.supervisors.dispose();
    this.retireSoon.cancel();
    const { endWithWindow } = this.options.limits();
    await this.queue.dispose(endWithWindow);
    if (endWithWindow) {
      const running = [...this.running].filter((job) => !job.isFinished);
      for (const job of running) job.cancel();
      const ended = Promise.all(running.map((job) => job.finished));
      await Promise.race([
        ended,
        new Promise((resolve) => setTimeout(resolve, DISPOSE_MS).unref()),
      ]);
    }
    this.disposing.abort();
    this.listeners.clear();
    await this.jobs.dispose();
  }

  private start(
    jobId: string | undefined,
    shown: BackupJob['options'],
    request: JobRequest,
  ): JobHandle {
    const id = jobId ?? randomUUID();
    if (this.jobs.get(id)) throw new AppError('jobIdTaken', { id });
    const folder = JobFolder.of(this.options.storeDir, id);
    const stored: StoredJob = {
      version: 1,
      beat: 0,
      ticket: this.jobs.nextTicket(),
      owner: identify(),
      runId: randomBytes(6).toString('hex'),
      tools: [],
      origin: this.origin(shown.connectionId),
      job: newJob(id, request.kind, shown),
    };
    const broken = this.createFolder(folder, stored);
    const job = new RemoteJob(folder, stored, this.events, { from: 'start' });
    this.jobs.add(job);
    this.running.add(job);
    this.startedHere.add(id);
    const started = this.withErrorText(job.snapshot());
    if (this.disposed) void this.end(job, 'cancelled');
    else if (broken) void this.end(job, 'failed', broken);
    else {
      const start = startMessage(this.options.storeDir, job, request, this.options);
      this.queue.add(job, start);
    }
    this.listeners.updated(started);
    return { job: started, finished: this.finished(job) };
  }

  private origin(connectionId: string | undefined): JobOrigin {
    const profile = this.options.connections.all().find(({ id }) => id === connectionId);
    const connection = profile ? connectionLabel(profile) : (connectionId ?? null);
    return { ...this.options.workspace(), connection };
  }

  /**
   * Returns the error that prevents the folder; null = created.
   *
   * @throws AppError `jobIdTaken`
   */
  private createFolder(folder: JobFolder, stored: StoredJob): AppError | null {
    try {
      makeJobFolder(this.options.storeDir, folder, stored);
      return null;
    } catch (error) {
      if (AppError.is(error, 'jobIdTaken')) throw error;
      return asAppError(error);
    }
  }

  /** Has a supervisor carry the job out; resolves when that has ended, or this window lets go. */
  private async run(job: RemoteJob, start: StartMessage): Promise<void> {
    try {
      const ready = this.supervisors.takeReady(start.request.kind);
      if (ready) {
        // A supervisor that died before it took the job over has done nothing: the job can be
        // started anew.
        if ((await this.carryOut(ready, job, start, READY_MS)) === null) return;
        if (job.folder.isAskedToCancel()) return await this.end(job, 'cancelled');
      }
      const supervisor = this.supervisors.takeNew(start.request.kind);
      const failure = await this.carryOut(supervisor, job, start);
      if (failure) await this.end(job, 'failed', failure);
    } catch (error) {
      await this.end(job, 'failed', asAppError(error));
    }
  }

  /**
   * Returns why the supervisor did not even take the job over; null when the job's end is known.
   * `patience`: milliseconds after which one that shows no sign is ended: it may have been stopped.
   */
  private async carryOut(
    supervisor: ChildProcess,
    job: RemoteJob,
    start: StartMessage,
    patience?: number,
  ): Promise<AppError | null> {
    job.attach(supervisor);
    const launched = launch(supervisor, start, {
      job,
      services: this.options,
      detachSignal: this.disposing.signal,
    });
    const kill = (): void => void supervisor.kill('SIGKILL');
    const timer = patience === undefined ? undefined : setTimeout(kill, patience).unref();
    void launched.started.then(() => clearTimeout(timer));
    const failure = await launched.exited;
    clearTimeout(timer);
    job.detach();
    if (job.isFinished || this.disposed) return null;
    if (supervisor.pid === undefined || (await this.isStillOurs(job))) return failure;
    // The record shows how the job ended; without an end there, it is settled as lost.
    this.jobs.follow();
    await this.jobs.look(job, true);
    return null;
  }

  /** Is this window still the job's owner? Retries while the record cannot be read. */
  private async isStillOurs(job: RemoteJob): Promise<boolean> {
    for (;;) {
      const stored = await job.folder.look();
      if (stored !== 'unreadable' || this.disposed) {
        return typeof stored !== 'string' && stored.owner.pid === process.pid;
      }
      await delay(UNREADABLE_MS);
    }
  }

  /** The end of a job that no supervisor has taken over. */
  private async end(
    job: RemoteJob,
    status: 'failed' | 'cancelled',
    failure: AppError | null = null,
  ): Promise<void> {
    await Promise.resolve();
    if (job.isFinished) return;
    await job.end(endUnstarted(job.folder, job.state, { status, failure }).job);
  }

  private async finished(job: RemoteJob): Promise<BackupJob> {
    return this.withErrorText(await job.finished);
  }

  /** Failures come from supervisors as codes: the text is added where it can be localised. */
  private withErrorText(job: BackupJob): BackupJob {
    if (job.status !== 'failed' || job.failure === null || job.errors.length > 0) return job;
    return { ...job, errors: [{ message: this.describe(fromJobFailure(job.failure)) }] };
  }

  private describe(failure: AppError): string {
    try {
      return this.options.describe(failure);
    } catch {
      return failure.message;
    }
  }
}

function isFile(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}
