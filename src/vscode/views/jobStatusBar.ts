import * as vscode from 'vscode';
import type { LabelOf } from '../../core/text/jobOutcome';
import { isFinished, type BackupJob } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';
import { Throttle } from '../../core/throttle';
import { statusText } from './statusText';
import { window } from '../ui/window';

/** Shortest interval in milliseconds between two changes: hundreds of jobs may be cancelled at once. */
const CHANGE_MS = 100;

/** One status bar item for all running jobs of this workspace; hidden when none runs. */
export class JobStatusBar implements vscode.Disposable {
  private readonly item = window.createStatusBarItem(
    'pgBackup.jobs',
    vscode.l10n.t('PostgreSQL Backup Jobs'),
    50,
  );
  private readonly running = new Map<string, BackupJob>();
  private readonly soon = new Throttle(() => this.show(), CHANGE_MS);
  private readonly stop: (() => void)[];

  constructor(
    private readonly jobs: Jobs,
    private readonly labelOf: LabelOf,
    private readonly isForeign: (job: BackupJob) => boolean,
  ) {
    this.stop = [
      jobs.onUpdate((job) => this.update(job)),
      jobs.onRemoved((id) => {
        if (this.running.delete(id)) this.soon.request();
      }),
    ];
    for (const job of jobs.list()) this.update(job);
  }

  dispose(): void {
    for (const stop of this.stop) stop();
    this.soon.cancel();
    this.item.dispose();
  }

  private update(job: BackupJob): void {
    if (this.isForeign(job) && !this.jobs.isOwn(job.id)) return;
    if (isFinished(job.status)) {
      if (!this.running.delete(job.id)) return;
    } else this.running.set(job.id, job);
    this.soon.request();
  }

  private show(): void {
    const now = statusText([...this.running.values()], this.labelOf);
    if (now === null) return this.item.hide();
    this.item.show({
      icon: 'sync~spin',
      text: now.text,
      tooltip: [...now.lines, vscode.l10n.t('Click to show the jobs.')].join('\n'),
      command: 'pgBackup.showJobs',
    });
  }
}
