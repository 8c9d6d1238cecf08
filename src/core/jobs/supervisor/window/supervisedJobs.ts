import type { ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { connectionLabel } from '../../../model/profile';
import { AppError, asAppError } from '../../../errors';
import type { BackupRequest } from '../../backup/backupRequest';
import type { BackupJob, JobOrigin } from '../../../model/job';
import { fromJobFailure, toJobFailure } from '../../job/jobFailure';
import { JobListeners } from '../../manager/jobListeners';
import type { JobHandle, Jobs, Stop } from '../../manager/jobs';
import type { RestoreRequest } from '../../restore/restoreJob';
import { shownBackup, shownRestore } from '../../manager/shownOptions';
import type { VerifyRequest } from '../../verify/verifyJob';
import { JobFolder, type StoredJob } from '../store/jobFolder';
import { launch, type HostServices } from './launch';
import type { JobRequest } from '../messages';
import { newJob } from './newJob';
import { identify } from '../store/processIdentity';
import { KnownJobs, type KnownJobsEvents } from './knownJobs';
import { RemoteJob } from './remoteJob';
import type { Retention } from '../store/retention';
import { SpareSupervisor } from './spareSupervisor';

/** A window's workspace as `JobOrigin` has it. */
export type Workspace = Pick<JobOrigin, 'workspace' | 'workspaceName'>;

export interface SupervisedJobsOptions extends HostServices {
  /** Absolute; made, private, when it is missing. All windows share it. */
  storeDir: string;
  /** Absolute path of the supervisor's bundle. */
  script: string;
  /** The window's own; jobs remember it. */
  workspace(): Workspace;
  /** How much of what has ended is kept. */
  retention(): Retention;
  /** Says a failure in words, for a job's list of errors when the tool itself said nothing. */
  describe(failure: AppError): string;
}

/** How long the end of jobs is waited for that end with their window. */
const DISPOSE_MS = 4000;

/**
 * Jobs in processes that outlive this one: each is carried out by a supervisor of its own, and found
 * again by the next window through the store.
 */
export class SupervisedJobs implements Jobs {
  /** Resolves when the jobs of earlier windows are known, and the lost ones tidied up after. */
  readonly ready: Promise<void>;
  private readonly jobs: KnownJobs;
  /** Those that this window has started and that have not ended. */
  private readonly running = new Set<RemoteJob>();
  /** Ids of all that it has started. */
  private readonly startedHere = new Set<string>();
  private readonly listeners = new JobListeners();
  private readonly supervisors: SpareSupervisor;
  private readonly disposing = new AbortController();
  private disposed = false;

  private readonly events: KnownJobsEvents = {
    found: (job) => this.listeners.updated(this.withErrorText(job.snapshot())),
    changed: (job) => {
      this.listeners.updated(this.withErrorText(job.snapshot()));
      if (!job.isFinished) return;
      this.running.delete(job);
      if (!this.disposed) void this.jobs.retire();
    },
    lines: (job, lines) => this.listeners.lines(job.id, lines),
    removed: (id) => this.listeners.removed(id),
  };

  constructor(private readonly options: SupervisedJobsOptions) {
    // Every job that runs listens to it.
    setMaxListeners(0, this.disposing.signal);
    this.supervisors = new SpareSupervisor(options.script);
    const { storeDir } = options;
    this.jobs = new KnownJobs({
      storeDir,
      retention: () => options.retention(),
      events: this.events,
    });
    this.ready = this.jobs.open();
  }

  startBackup(request: BackupRequest & { jobId?: string | undefined }): JobHandle {
    const { jobId, ...rest } = request;
    const shown = shownBackup(request.options);
    return this.start(jobId, shown, { kind: 'backup', request: rest });
  }

  startRestore(request: RestoreRequest & { jobId?: string | undefined }): JobHandle {
    const { jobId, ...rest } = request;
    const shown = shownRestore(request.options);
    return this.start(jobId, shown, { kind: 'restore', request: rest });
  }

  startVerify(request: VerifyRequest & { jobId?: string | undefined }): JobHandle {
    const { jobId, ...rest } = request;
    return this.start(jobId, request.options, { kind: 'verify', request: rest });
  }

  expect(): Stop {
    return this.supervisors.expect();
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
    if (!job.isFinished) job.cancel();
    return this.finished(job);
  }

  async remove(id: string): Promise<void> {
    const job = this.jobs.get(id);
    if (!job?.isFinished) throw new AppError('jobUnknown', { id });
    await this.jobs.remove(job);
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

  /** Lets go of all jobs, which go on; those that are to end with their window are ended. */
  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    this.supervisors.dispose();
    if (this.options.limits().endWithWindow) {
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
    const job = new RemoteJob(folder, stored, this.events, 'start');
    this.jobs.add(job);
    this.running.add(job);
    this.startedHere.add(id);
    const started = this.withErrorText(job.snapshot());
    if (this.disposed) void this.endHere(job, 'cancelled');
    else if (broken) void this.endHere(job, 'failed', broken);
    else void this.launch(job, request);
    this.listeners.updated(started);
    return { job: started, finished: this.finished(job) };
  }

  private origin(connectionId: string | undefined): JobOrigin {
    const profile = this.options.connections.all().find(({ id }) => id === connectionId);
    const connection = profile ? connectionLabel(profile) : (connectionId ?? null);
    return { ...this.options.workspace(), connection };
  }

  /** Whole from its first moment, and never another job's. Returns what makes it impossible. */
  private createFolder(folder: JobFolder, stored: StoredJob): AppError | null {
    const draft = path.join(this.options.storeDir, `new-${randomBytes(8).toString('hex')}`);
    try {
      mkdirSync(draft, { recursive: true, mode: 0o700 });
      new JobFolder(draft).write(stored);
      // Fails where there is one already, because that is not empty.
      renameSync(draft, folder.dir);
      return null;
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (existsSync(folder.status)) throw new AppError('jobIdTaken', { id: stored.job.id });
      return asAppError(error);
    }
  }

  private async launch(job: RemoteJob, request: JobRequest): Promise<void> {
    const ready = this.supervisors.takeReady();
    // One that died before it took the job over has done nothing of it.
    if (ready && (await this.carryOut(ready, job, request)) === null) return;
    const failure = await this.carryOut(this.supervisors.takeNew(), job, request);
    if (failure) await this.endHere(job, 'failed', failure);
  }

  /** Returns why the supervisor did not even take the job over; null when the job's end is known. */
  private async carryOut(
    supervisor: ChildProcess,
    job: RemoteJob,
    request: JobRequest,
  ): Promise<AppError | null> {
    const { storeDir } = this.options;
    job.attach(supervisor);
    const told = launch(supervisor, storeDir, job, request, this.options, this.disposing.signal);
    const failure = await told.gone;
    job.detach();
    if (job.isFinished) return null;
    if (this.disposed) {
      if (!told.isTold()) await this.endHere(job, 'cancelled');
      return null;
    }
    const stored = await job.folder.look();
    if (typeof stored === 'string' || stored.owner.pid !== process.pid) {
      // What it has written last says how it ended; or nobody knows.
      this.jobs.follow();
      await this.jobs.look(job, true);
      return null;
    }
    if (!AppError.is(failure, 'cancelled')) return failure;
    await this.endHere(job, 'cancelled');
    return null;
  }

  /** The end of a job that no supervisor has taken over. */
  private async endHere(
    job: RemoteJob,
    status: 'failed' | 'cancelled',
    failure: AppError | null = null,
  ): Promise<void> {
    await Promise.resolve();
    const now = new Date().toISOString();
    const plain = failure && toJobFailure(failure);
    const times = { startTime: now, endTime: now };
    const ended: BackupJob = { ...job.state.job, ...times, status, failure: plain };
    try {
      job.folder.write({ ...job.state, beat: job.state.beat + 1, job: ended }, true);
    } catch {
      // Then only this window knows.
    }
    await job.end(ended);
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
