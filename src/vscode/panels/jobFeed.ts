import type * as vscode from 'vscode';
import type { Jobs } from '../../core/jobs/manager/jobs';
import type { ErrorProblem } from '../../core/model/findings/errorProblems';
import { Throttle } from '../../core/throttle';
import { isFinished, type BackupJob } from '../../core/model/job';
import type { JobNote } from '../../core/model/jobNotes';
import type { JobUpdate } from '../../protocol/types';
import { describeError, warningTexts } from '../text/errorText';

/** Each update draws the page anew and carries the newest lines of the tool: milliseconds between. */
const UPDATE_MS = 250;

/** Sends the updates of a form's job to the form. */
export class JobFeed implements vscode.Disposable {
  private jobId: string | null = null;
  /** Of the job in the state that `of` says. */
  private causes: { of: string; found: ErrorProblem[] } | null = null;
  private readonly stop: () => void;
  /** The followed job, as it was last heard of. */
  private newest: BackupJob | null = null;
  private readonly soon = new Throttle(() => this.sendNewest(), UPDATE_MS);

  constructor(
    private readonly jobs: Jobs,
    private readonly send: (update: JobUpdate) => void,
  ) {
    this.stop = jobs.onUpdate((job) => this.updated(job));
  }

  get followed(): string | null {
    return this.jobId;
  }

  follow(jobId: string): void {
    this.jobId = jobId;
  }

  /** The whole state, for a page that has just come up. */
  current(): JobUpdate | null {
    const job = this.jobId === null ? undefined : this.jobs.get(this.jobId);
    return job === undefined ? null : this.update(job);
  }

  dispose(): void {
    this.stop();
    this.soon.cancel();
  }

  /** What a job has come to is told at once, how far it is after a while. */
  private updated(job: BackupJob): void {
    if (job.id !== this.jobId) return;
    const before = this.newest;
    this.newest = job;
    if (before !== null && stateOf(before) === stateOf(job)) this.soon.request();
    else this.soon.now();
  }

  private sendNewest(): void {
    if (this.newest !== null && this.newest.id === this.jobId) this.send(this.update(this.newest));
  }

  private update(job: BackupJob): JobUpdate {
    const failure = this.jobs.failure(job.id);
    const known = this.causes?.of === stateOf(job);
    const causes = known ? (this.causes?.found ?? []) : [];
    if (!known && mayHaveProblems(job)) void this.findCauses(job);
    const warnings = warningTexts({ ...job, notes: job.notes?.filter(isNoCause) ?? [] });
    return {
      job,
      problem: failure === null ? null : describeError(failure),
      ...(causes.length === 0 ? {} : { causes }),
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  }

  /** The words of servers in all their languages are loaded when there is something to look up. */
  private async findCauses(job: BackupJob): Promise<void> {
    const of = stateOf(job);
    this.causes = { of, found: [] };
    const { jobProblems } = await import('../../core/pgtools/stderr/problems/jobProblems');
    const found = jobProblems(job);
    this.causes = { of, found };
    if (job.id === this.jobId && found.length > 0) this.send(this.update(job));
  }
}

function stateOf({ id, status }: BackupJob): string {
  return `${status} ${id}`;
}

/** Is there anything about a job that a form can help with? */
function mayHaveProblems({ status, type, errors, notes = [] }: BackupJob): boolean {
  if (!isFinished(status) || type === 'verify') return false;
  return errors.length > 0 || notes.some((note) => !isNoCause(note));
}

/** The others are told as causes, with their remedy. */
function isNoCause({ code }: JobNote): boolean {
  return code !== 'sequencesBehind';
}
