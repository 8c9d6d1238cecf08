import { randomBytes, randomUUID } from 'node:crypto';
import { AppError, asAppError, traceOf } from '../../errors';
import { Throttle } from '../../throttle';
import type { StartSsh } from '../../connections/ssh/startSsh';
import type { BackupRequest } from '../backup/backupRequest';
import {
  applicationNameOf,
  LocalReservations,
  type JobRun,
  type JobServices,
} from '../job/jobContext';
import { markStep } from '../job/steps';
import { JobListeners } from './jobListeners';
import { JobRecord } from '../job/jobRecord';
import type { DatabaseSwap } from '../../model/ways/databaseSwap';
import { isFinished, type BackupJob } from '../../model/job';
import type { JobHandle, Jobs, Stop } from './jobs';
import { provisionalBackup, provisionalRestore } from './provisionalOptions';
import type { RestoreRequest } from '../restore/restoreJob';
import type { Permitted } from '../restore/restorePermission';
import type { VerifyRequest } from '../verify/verifyRequest';

/** Watchers get a job at most this often, and always its last state. */
const UPDATE_INTERVAL_MS = 100;
/** Jobs that ended stay known for a while. */
const MAX_FINISHED = 100;

interface Entry {
  record: JobRecord;
  controller: AbortController;
  finished: Promise<BackupJob>;
  updates: Throttle;
}

/** Jobs that this very process runs, and that end with it. */
export class JobManager implements Jobs {
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new JobListeners();
  private readonly reservations: JobRun['reservations'];
  private disposed = false;

  constructor(private readonly services: JobServices) {
    this.reservations = services.reservations ?? new LocalReservations();
  }

  startBackup(request: BackupRequest & { jobId?: string | undefined }): JobHandle {
    const options = provisionalBackup(request.options);
    return this.start('backup', request.jobId, options, async (run) => {
      const { runBackup } = await import('../backup/backupJob');
      return runBackup(run, request);
    });
  }

  startRestore(request: Permitted<RestoreRequest & { jobId?: string | undefined }>): JobHandle {
    const options = provisionalRestore(request.options);
    return this.start('restore', request.jobId, options, async (run) => {
      const { runRestore } = await import('../restore/restoreJob');
      return runRestore(run, request);
    });
  }

  startVerify(request: VerifyRequest & { jobId?: string | undefined }): JobHandle {
    return this.start('verify', request.jobId, request.options, async (run) => {
      const { runVerify } = await import('../verify/verifyJob');
      return runVerify(run, request);
    });
  }

  // Jobs of this process start no other for themselves: there is nothing to prepare.

  expect(): Stop {
    return () => undefined;
  }

  prewarm(): Stop {
    return () => undefined;
  }

  get(id: string): BackupJob | undefined {
    return this.entries.get(id)?.record.snapshot();
  }

  list(): BackupJob[] {
    return [...this.entries.values()].map((entry) => entry.record.snapshot());
  }

  handle(id: string): JobHandle | undefined {
    const entry = this.entries.get(id);
    return entry && { job: entry.record.snapshot(), finished: entry.finished };
  }

  isOwn(id: string): boolean {
    return this.entries.has(id);
  }

  failure(id: string): AppError | null {
    return this.entries.get(id)?.record.failure ?? null;
  }

  async cancel(id: string): Promise<BackupJob> {
    const entry = this.entries.get(id);
    if (!entry) throw new AppError('jobUnknown', { id });
    entry.record.cancelling();
    entry.controller.abort();
    return entry.finished;
  }

  async remove(id: string): Promise<void> {
    const entry = this.entries.get(id);
    if (!entry || !isFinished(entry.record.status)) throw new AppError('jobUnknown', { id });
    this.forget(id);
  }

  noteSwap(id: string, swap: DatabaseSwap): void {
    const entry = this.entries.get(id);
    if (!entry) throw new AppError('jobUnknown', { id });
    entry.record.swap = swap;
    entry.record.touch();
  }

  /** Jobs of this process keep their output in memory: there is no log file. */
  logPath(): null {
    return null;
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

  /** Ends all jobs and waits until they have; nothing can be started afterwards. */
  async dispose(): Promise<void> {
    this.disposed = true;
    const running = [...this.entries.values()].filter((e) => !isFinished(e.record.status));
    await Promise.all(running.map((entry) => this.cancel(entry.record.id)));
    for (const entry of this.entries.values()) entry.updates.cancel();
    this.listeners.clear();
  }

  private start(
    type: BackupJob['type'],
    jobId: string | undefined,
    options: JobRecord['options'],
    body: (run: JobRun) => Promise<'completed' | 'completedWithErrors'>,
  ): JobHandle {
    const id = jobId ?? randomUUID();
    if (this.entries.has(id)) throw new AppError('jobIdTaken', { id });
    const record = new JobRecord(
      { id, type, options },
      {
        changed: () => this.entries.get(id)?.updates.request(),
        lines: (_record, lines) => this.listeners.lines(id, lines),
      },
    );
    const controller = new AbortController();
    const runId = this.services.newRunId?.() ?? randomBytes(6).toString('hex');
    const run: JobRun = {
      record,
      services: this.services,
      reservations: this.reservations,
      runId,
      applicationName: applicationNameOf(runId),
      tunnelStarter: () => this.tunnelStarter(),
      signal: controller.signal,
      cleanups: [],
    };
    if (this.disposed) controller.abort();
    const entry: Entry = {
      record,
      controller,
      updates: new Throttle(() => this.listeners.updated(record.snapshot()), UPDATE_INTERVAL_MS),
      finished: Promise.resolve(record.snapshot()),
    };
    this.entries.set(id, entry);
    if (!this.services.admit) record.start();
    entry.finished = this.carryOut(run, body);
    return { job: record.snapshot(), finished: entry.finished };
  }

  private async tunnelStarter(): Promise<StartSsh> {
    const { startTunnel, startTool } = this.services;
    return startTunnel ?? startTool ?? (await import('../tool/toolProcess')).spawnTool;
  }

  private async carryOut(
    run: JobRun,
    body: (run: JobRun) => Promise<'completed' | 'completedWithErrors'>,
  ): Promise<BackupJob> {
    const { record } = run;
    let end: () => void;
    try {
      // The caller gets its handle before anything happens.
      await Promise.resolve();
      if (this.services.admit) {
        run.cleanups.push(await this.services.admit(run.signal));
        if (run.signal.aborted) throw new AppError('cancelled', {});
        record.start();
      }
      markStep('turnCame');
      const status = await body(run);
      end = () => record.end(status);
    } catch (error) {
      const failure = asAppError(error, traceOf);
      if (run.signal.aborted || failure.code === 'cancelled') end = () => record.end('cancelled');
      else {
        const message = record.errorCount === 0 ? this.describe(failure) : null;
        if (message !== null) record.addError({ message });
        end = () => record.end('failed', failure);
      }
    }
    for (const cleanup of run.cleanups.reverse()) {
      try {
        await cleanup();
      } catch {
        // The job's own end is what counts; what could not be cleaned up is recognisable by name.
      }
    }
    // Only now, because a caller that awaits the end may look for leftovers at once.
    end();
    this.entries.get(record.id)?.updates.now();
    this.forgetOldest();
    return record.snapshot();
  }

  /**
   * The failure in words; null = the extension host words it. Never throws, because the job has to
   * end.
   */
  private describe(failure: AppError): string | null {
    try {
      return this.services.describe?.(failure) ?? null;
    } catch {
      return failure.message;
    }
  }

  private forgetOldest(): void {
    const finished = [...this.entries].filter(([, entry]) => isFinished(entry.record.status));
    for (const [id] of finished.slice(0, -MAX_FINISHED)) this.forget(id);
  }

  private forget(id: string): void {
    this.entries.get(id)?.updates.cancel();
    this.entries.delete(id);
    this.listeners.removed(id);
  }
}
