import * as vscode from 'vscode';
import { isFinished, type BackupJob } from '../../core/model/job';
import type { JobHandle, Jobs } from '../../core/jobs/manager/jobs';
import { progressText, shownPercent } from '../../core/text/jobText';
import { window } from '../ui/window';
import type { LastingJobs } from './lastingJobs';
import type { WatchedJobs } from './watchedJobs';

/**
 * Shows the progress of jobs that last, each in one notification, while the form that started it is
 * not visible.
 */
export class ProgressNotifications implements vscode.Disposable {
  private readonly running = new Map<string, { title: string; close: (() => void) | null }>();
  private readonly stop: vscode.Disposable[];

  constructor(
    private readonly jobs: Jobs,
    private readonly watched: Pick<WatchedJobs, 'inSight' | 'onDidChange'>,
    private readonly lasting: Pick<LastingJobs, 'has' | 'onDidFind'>,
  ) {
    this.stop = [
      watched.onDidChange(() => {
        for (const id of this.running.keys()) this.sync(id);
      }),
      lasting.onDidFind((id) => this.sync(id)),
    ];
  }

  follow({ job: { id }, finished }: JobHandle, title: string): void {
    this.running.set(id, { title, close: null });
    this.sync(id);
    void finished.then(() => {
      this.running.get(id)?.close?.();
      this.running.delete(id);
    });
  }

  dispose(): void {
    for (const stop of this.stop) stop.dispose();
    for (const { close } of this.running.values()) close?.();
    this.running.clear();
  }

  /** Opens or closes a job's notification as it is needed now. */
  private sync(id: string): void {
    const shown = this.running.get(id);
    if (shown === undefined) return;
    if (this.watched.inSight(id) || !this.lasting.has(id)) {
      shown.close?.();
      shown.close = null;
    } else if (shown.close === null) {
      const closed = new Promise<void>((resolve) => (shown.close = resolve));
      void window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: shown.title, cancellable: true },
        (progress, token) => this.report(id, { progress, token, closed }),
      );
    }
  }

  private async report(
    id: string,
    {
      progress,
      token,
      closed,
    }: {
      progress: vscode.Progress<{ message?: string; increment?: number }>;
      token: vscode.CancellationToken;
      closed: Promise<void>;
    },
  ): Promise<void> {
    let done = 0;
    const tell = (job: BackupJob | undefined): void => {
      if (job?.id !== id || isFinished(job.status)) return;
      const percent = shownPercent(job.progress);
      const message = progressText(job.progress);
      // Without an increment the bar only says that something is going on.
      if (percent === null) return progress.report({ message });
      progress.report({ message, increment: Math.max(0, percent - done) });
      done = Math.max(done, percent);
    };
    const stop = this.jobs.onUpdate(tell);
    tell(this.jobs.get(id));
    const cancelled = token.onCancellationRequested(() => {
      void this.jobs.cancel(id).catch(() => undefined);
    });
    try {
      await closed;
    } finally {
      stop();
      cancelled.dispose();
    }
  }
}
