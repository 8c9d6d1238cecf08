import type * as vscode from 'vscode';
import type { Jobs } from '../../core/jobs/manager/jobs';
import type { ErrorProblem } from '../../core/model/findings/errorProblems';
import { isFinished, type BackupJob } from '../../core/model/job';
import { errorProblems } from '../../core/pgtools/stderr/problems/errorProblems';
import type { JobUpdate } from '../../protocol/types';
import { describeError, warningTexts } from '../text/errorText';

/** Sends the updates of a form's job to the form. */
export class JobFeed implements vscode.Disposable {
  private jobId: string | null = null;
  private readonly stop: () => void;

  constructor(
    private readonly jobs: Jobs,
    send: (update: JobUpdate) => void,
  ) {
    this.stop = jobs.onUpdate((job) => {
      if (job.id === this.jobId) send(this.update(job));
    });
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
  }

  private update(job: BackupJob): JobUpdate {
    const failure = this.jobs.failure(job.id);
    const warnings = warningTexts(job);
    const causes = causesOf(job);
    return {
      job,
      problem: failure === null ? null : describeError(failure),
      ...(causes.length === 0 ? {} : { causes }),
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  }
}

/** Of a restore: its form can be set so that the next one goes through. */
function causesOf({ status, errors, options }: BackupJob): ErrorProblem[] {
  if (!isFinished(status) || errors.length === 0 || !('clean' in options)) return [];
  return errorProblems(errors, options);
}
