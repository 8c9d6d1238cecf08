import * as vscode from 'vscode';
import {
  harmlessText,
  jobFile,
  jobTitle,
  type LabelOf,
  outcomeTitle,
} from '../../core/text/jobOutcome';
import { progressText, shownPercent, targetStateText } from '../../core/text/jobText';
import { isFinished, type BackupJob } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';
import { displayCommand } from '../../core/pgtools/args/display';
import type { ProblemAction } from '../../protocol/types';
import { actionLabel, describeError, describeFailure } from '../text/errorText';
import type { OutputLog } from '../ui/outputLog';
import { previewShell } from '../ui/previewShell';
import { revealInExplorer } from '../ui/reveal';
import { window } from '../ui/window';

/** Characters of a tool's own words in a notification. */
const MAX_CAUSE = 250;

export interface PresenterActions {
  openRestore(path: string): void;
  showLog(jobId: string): Promise<void>;
  act(action: ProblemAction, connectionId: string | null): Promise<void>;
}

/**
 * Shows the jobs of this window, and those that an earlier one has left running: Output channel,
 * progress notification, and how they ended.
 */
export class JobPresenter implements vscode.Disposable {
  private readonly stop: (() => void)[];
  /** Jobs that are shown, or shall not be. */
  private readonly known = new Set<string>();
  private readonly shown = new Set<string>();
  /** Are jobs of earlier windows still being looked for? */
  private finding = true;

  constructor(
    private readonly jobs: Jobs,
    private readonly log: OutputLog,
    private readonly labelOf: LabelOf,
    private readonly actions: PresenterActions,
    /** Resolves when the jobs of earlier windows are known. */
    found: Promise<void>,
    private readonly isForeign: (job: BackupJob) => boolean,
  ) {
    for (const job of jobs.list()) this.follow(job);
    void found.finally(() => (this.finding = false));
    this.stop = [
      // Another window's are in that one's channel, and in the job's log.
      jobs.onLines((id, lines) => {
        if (this.shown.has(id)) log.lines(lines);
      }),
      jobs.onUpdate((job) => this.follow(job)),
      jobs.onRemoved((id) => {
        this.known.delete(id);
        this.shown.delete(id);
      }),
    ];
  }

  dispose(): void {
    for (const stop of this.stop) stop();
  }

  private follow(job: BackupJob): void {
    if (this.known.has(job.id)) return;
    this.known.add(job.id);
    // What another window has started is told there, and listed here; nobody tells what was left.
    const left = this.finding && !isFinished(job.status) && !this.isForeign(job);
    if (!left && !this.jobs.isOwn(job.id)) return;
    const handle = this.jobs.handle(job.id);
    if (handle === undefined) return;
    this.shown.add(job.id);
    const title = jobTitle(job, this.labelOf);
    this.log.say(title);
    this.logCommand(job, handle.finished);
    const { Notification } = vscode.ProgressLocation;
    void window.withProgress(
      { location: Notification, title, cancellable: true },
      (progress, token) => this.showProgress(job, handle.finished, progress, token),
    );
    void handle.finished.then((ended) => this.ended(ended));
  }

  /** The exact command, as soon as it is known. */
  private logCommand(shown: BackupJob, finished: Promise<BackupJob>): void {
    let said = false;
    const say = (job: BackupJob): void => {
      const [file, ...args] = job.command;
      if (said || job.id !== shown.id || file === undefined) return;
      said = true;
      this.log.say(displayCommand(file, args, {}, previewShell()));
    };
    const stop = this.jobs.onUpdate(say);
    say(shown);
    void finished.then(stop);
  }

  private async showProgress(
    shown: BackupJob,
    finished: Promise<BackupJob>,
    progress: vscode.Progress<{ message?: string; increment?: number }>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    let done = 0;
    const report = (job: BackupJob): void => {
      if (job.id !== shown.id || isFinished(job.status)) return;
      const percent = shownPercent(job.progress);
      const message = progressText(job.progress);
      // Without an increment the bar only says that something is going on.
      if (percent === null) return progress.report({ message });
      progress.report({ message, increment: Math.max(0, percent - done) });
      done = Math.max(done, percent);
    };
    const stop = this.jobs.onUpdate(report);
    report(shown);
    const cancelled = token.onCancellationRequested(() => {
      void this.jobs.cancel(shown.id).catch(() => undefined);
    });
    try {
      await finished;
    } finally {
      stop();
      cancelled.dispose();
    }
  }

  private async ended(job: BackupJob): Promise<void> {
    const title = outcomeTitle(job, this.labelOf);
    this.log.say(title);
    for (const warning of warningTexts(job)) this.log.warn(warning);
    switch (job.status) {
      case 'completed':
        return this.done(job, title);
      case 'completedWithErrors':
        return this.withErrors(job, title);
      case 'cancelled': {
        const state = job.targetState === null ? '' : targetStateText(job.targetState);
        await window.showInformationMessage(joined(title, state));
        return;
      }
      case 'failed':
      case 'lost':
        return this.failed(job, title);
      case 'pending':
      case 'running':
      case 'cancelling':
        return;
    }
  }

  private async done(job: BackupJob, title: string): Promise<void> {
    const file = jobFile(job);
    const backup = job.type === 'backup';
    const buttons: [label: string, run: () => unknown][] = [
      ...(backup
        ? ([
            [vscode.l10n.t('Reveal'), () => revealInExplorer(file)],
            [vscode.l10n.t('Restore…'), () => this.actions.openRestore(file)],
          ] as [string, () => unknown][])
        : []),
      [vscode.l10n.t('Show Log'), () => this.actions.showLog(job.id)],
    ];
    const warnings = warningTexts(job);
    const show = warnings.length > 0 ? window.showWarningMessage : window.showInformationMessage;
    const answer = await show(
      joined(title, harmlessText(job), ...warnings),
      ...buttons.map(([label]) => label),
    );
    await buttons.find(([label]) => label === answer)?.[1]();
  }

  private async withErrors(job: BackupJob, title: string): Promise<void> {
    const show = vscode.l10n.t('Show Log');
    const text = joined(title, harmlessText(job));
    const answer = await window.showWarningMessage(text, show);
    if (answer === show) await this.actions.showLog(job.id);
  }

  private async failed(job: BackupJob, title: string): Promise<void> {
    const failure = this.jobs.failure(job.id);
    const report = failure === null ? { message: title, actions: [] } : describeError(failure);
    const parts = [report.message];
    // One line is enough here: the form and the log have the rest.
    const cause = job.errors[0]?.message ?? report.detail ?? '';
    if (!cause.startsWith(report.message)) parts.push(shortened(cause));
    else if (report.detail) parts.push(shortened(report.detail));
    if (job.targetState !== null) parts.push(targetStateText(job.targetState));
    const offered = [...new Set<ProblemAction>(report.actions)].filter(
      (action) => action !== 'retry' && action !== 'showOutput',
    );
    const showLog = vscode.l10n.t('Show Log');
    const labels = offered.map(actionLabel);
    const answer = await window.showErrorMessage(joined(...parts), ...labels, showLog);
    if (answer === showLog) return this.actions.showLog(job.id);
    const action = offered[labels.indexOf(answer ?? '')];
    if (action !== undefined) await this.actions.act(action, job.options.connectionId ?? null);
  }
}

function warningTexts(job: BackupJob): string[] {
  return (job.warnings ?? []).map((warning) => describeFailure(warning).message);
}

function joined(...parts: string[]): string {
  const said = parts.filter((part) => part !== '');
  // A tool's own words end without a full stop.
  const sentences = said.map((part, i) =>
    i === said.length - 1 || /[.!?:…)]$/.test(part) ? part : `${part}.`,
  );
  return sentences.join(' ');
}

/** The first line, cut where a notification would fill the window. */
function shortened(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length <= MAX_CAUSE ? line : `${line.slice(0, MAX_CAUSE)}…`;
}
