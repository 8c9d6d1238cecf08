import * as vscode from 'vscode';
import type { LabelOf } from '../../core/text/jobOutcome';
import { isFinished, type BackupJob } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';
import { Throttle } from '../../core/throttle';
import type { LastingJobs } from '../jobs/lastingJobs';
import { statusText } from './statusText';
import { window } from '../ui/window';

/**
 * Milliseconds between two changes of the text: each draws the status bar anew, and hundreds of jobs
 * may be cancelled at once.
 */
const UPDATE_MS = 250;

/** One status bar item for the running jobs of this workspace that last; hidden when none does. */
export class JobStatusBar implements vscode.Disposable {
  private readonly item = window.createStatusBarItem(
    'pgBackup.jobs',
    vscode.l10n.t('PostgreSQL Backup Jobs'),
    50,
  );
  private readonly running = new Map<string, BackupJob>();
  private readonly soon = new Throttle(() => this.show(), UPDATE_MS);
  private readonly stop: (() => void)[];
  /** What is shown now; null = nothing. */
  private said: string | null = null;

  constructor(
    private readonly jobs: Jobs,
    private readonly lasting: Pick<LastingJobs, 'has' | 'onDidFind'>,
    private readonly labelOf: LabelOf,
    private readonly isForeign: (job: BackupJob) => boolean,
  ) {
    const found = lasting.onDidFind((id) => this.changed(id));
    this.stop = [
      () => void found.dispose(),
      jobs.onUpdate((job) => this.update(job)),
      jobs.onRemoved((id) => this.ended(id)),
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
    if (isFinished(job.status)) return this.ended(job.id);
    this.running.set(job.id, job);
    this.changed(job.id);
  }

  private changed(id: string): void {
    if (this.running.has(id) && this.lasting.has(id)) this.soon.request();
  }

  private ended(id: string): void {
    if (!this.running.delete(id) || this.said === null) return;
    // Nothing is said of the last one any longer than it runs.
    if (this.hasLasting()) this.soon.request();
    else this.soon.now();
  }

  private hasLasting(): boolean {
    for (const id of this.running.keys()) if (this.lasting.has(id)) return true;
    return false;
  }

  private show(): void {
    const shown = [...this.running.values()].filter(({ id }) => this.lasting.has(id));
    const now = statusText(shown, this.labelOf);
    const tooltip = now && [...now.lines, vscode.l10n.t('Click to show the jobs.')].join('\n');
    const said = now && `${now.text}\n${tooltip}`;
    if (said === this.said) return;
    this.said = said;
    if (now === null || tooltip === null) return this.item.hide();
    this.item.show({ icon: 'sync~spin', text: now.text, tooltip, command: 'pgBackup.showJobs' });
  }
}
