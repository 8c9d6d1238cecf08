import * as vscode from 'vscode';
import { isFinished, type BackupJob } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';

/** Milliseconds. VS Code's own commands show no progress sooner, either. */
const LASTING_MS = 400;

/**
 * The jobs that have been there for so long that the window draws something for them: notification,
 * status bar and badge. For a job that ends sooner that would only flicker, and the drawing would take
 * the processor from it. The form that has started a job shows it at once, and so does its row.
 */
export class LastingJobs implements vscode.Disposable {
  /** Unfinished jobs, and what makes each of them one that lasts. */
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly lasting = new Set<string>();
  private readonly found = new vscode.EventEmitter<string>();
  /** Fires with the id of a job that lasts from now on. */
  readonly onDidFind = this.found.event;
  private readonly stop: (() => void)[];

  constructor(jobs: Pick<Jobs, 'list' | 'onUpdate' | 'onRemoved'>) {
    const follow = ({ id, status }: Pick<BackupJob, 'id' | 'status'>): void => {
      if (isFinished(status)) this.forget(id);
      else if (!this.timers.has(id)) this.timers.set(id, this.expect(id));
    };
    for (const job of jobs.list()) follow(job);
    this.stop = [jobs.onUpdate(follow), jobs.onRemoved((id) => this.forget(id))];
  }

  has(jobId: string): boolean {
    return this.lasting.has(jobId);
  }

  dispose(): void {
    for (const stop of this.stop) stop();
    for (const id of [...this.timers.keys()]) this.forget(id);
    this.found.dispose();
  }

  private expect(id: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.lasting.add(id);
      this.found.fire(id);
    }, LASTING_MS);
  }

  private forget(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.lasting.delete(id);
  }
}
