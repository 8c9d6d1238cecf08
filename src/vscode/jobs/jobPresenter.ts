import * as vscode from 'vscode';
import {
  harmlessText,
  jobFile,
  jobTitle,
  type LabelOf,
  outcomeTitle,
} from '../../core/text/jobOutcome';
import { jobErrorText } from '../../core/text/jobNoteText';
import { targetStateText } from '../../core/text/jobText';
import type { LogPlace } from '../../core/lineBacklog';
import { isFinished, type BackupJob } from '../../core/model/job';
import { waysBack, type WayBack } from '../../core/text/ways/waysBack';
import { wayBackLabel } from '../../core/text/ways/wayBackText';
import type { Jobs } from '../../core/jobs/manager/jobs';
import { displayCommand } from '../../core/pgtools/args/display';
import type { ProblemAction } from '../../protocol/types';
import { actionLabel, describeError, warningTexts } from '../text/errorText';
import type { OutputLog } from '../ui/outputLog';
import { previewShell } from '../ui/previewShell';
import { revealInExplorer } from '../ui/reveal';
import { window } from '../ui/window';
import type { LastingJobs } from './lastingJobs';
import { ProgressNotifications } from './progressNotifications';
import type { WatchedJobs } from './watchedJobs';

/** Most characters of a tool's message in a notification. */
const MAX_CAUSE = 250;

export interface PresenterActions {
  openRestore(path: string): Promise<void>;
  showLog(jobId: string): Promise<void>;
  act(action: ProblemAction, connectionId: string | null): Promise<void>;
  takeWayBack(job: BackupJob, way: WayBack): Promise<void>;
}

export interface PresenterParts {
  jobs: Jobs;
  log: OutputLog;
  labelOf: LabelOf;
  actions: PresenterActions;
  /** Jobs that are found until this resolves were left by an earlier window. */
  found: Promise<void>;
  isForeign: (job: BackupJob) => boolean;
  /** Jobs whose form is visible are only reported there. */
  watched: Pick<WatchedJobs, 'inSight' | 'onDidChange'>;
  lasting: Pick<LastingJobs, 'has' | 'onDidFind'>;
}

/**
 * Shows the jobs of this window, and those that an earlier one has left running: Output channel,
 * progress notification, and how they ended.
 */
export class JobPresenter implements vscode.Disposable {
  private readonly stop: (() => void)[];
  private readonly progress: ProgressNotifications;
  /** Jobs that are already reported, or must not be. */
  private readonly known = new Set<string>();
  /** Jobs whose output is shown, each with the place of its log. */
  private readonly shown = new Map<string, LogPlace>();
  /** Failed jobs whose notification may still be visible. */
  private readonly failures = new Set<BackupJob>();
  /** Are jobs of earlier windows still being looked for? */
  private finding = true;
  private readonly jobs: Jobs;
  private readonly log: OutputLog;
  private readonly labelOf: LabelOf;
  private readonly actions: PresenterActions;

  constructor(private readonly parts: PresenterParts) {
    const { jobs, log, found, watched } = parts;
    this.jobs = jobs;
    this.log = log;
    this.labelOf = parts.labelOf;
    this.actions = parts.actions;
    this.progress = new ProgressNotifications(jobs, watched, parts.lasting);
    for (const job of jobs.list()) this.follow(job);
    void found.finally(() => (this.finding = false));
    this.stop = [
      // The output of another window's job is in that window's channel, and in the job's log.
      jobs.onLines((id, lines) => {
        const place = this.shown.get(id);
        if (place !== undefined) log.lines(lines, place);
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
    this.progress.dispose();
  }

  private follow(job: BackupJob): void {
    if (this.known.has(job.id)) return;
    this.known.add(job.id);
    // Jobs of another window are reported there and only listed here; jobs whose window has closed
    // are not reported.
    const left = this.finding && !isFinished(job.status) && !this.parts.isForeign(job);
    if (!left && !this.jobs.isOwn(job.id)) return;
    const handle = this.jobs.handle(job.id);
    if (handle === undefined) return;
    this.shown.set(job.id, () => this.jobs.logPath(job.id));
    const title = jobTitle(job, this.labelOf);
    this.log.say(title);
    this.logCommand(job, handle.finished);
    this.hideFailures(job);
    this.progress.follow(handle, title);
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

  /** A notification about a failure is out of date once the same job runs again. */
  private hideFailures(job: BackupJob): void {
    const again = [...this.failures].filter((failed) => isSameRequest(failed, job));
    if (again.length === 0) return;
    for (const failed of again) this.failures.delete(failed);
    // An extension cannot close one message; those that are hidden stay in the notification centre.
    void vscode.commands.executeCommand('notifications.hideToasts');
  }

  private async ended(job: BackupJob): Promise<void> {
    const title = outcomeTitle(job, this.labelOf);
    this.log.say(title);
    for (const warning of warningTexts(job)) this.log.warn(warning);
    if (this.parts.watched.inSight(job.id)) return;
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
      ...this.waysBack(job),
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
    const ways = this.waysBack(job);
    const text = joined(title, harmlessText(job), ...warningTexts(job));
    const answer = await window.showWarningMessage(text, ...ways.map(([label]) => label), show);
    if (answer === show) await this.actions.showLog(job.id);
    await ways.find(([label]) => label === answer)?.[1]();
  }

  /** Buttons that lead back to the state before the job. */
  private waysBack(job: BackupJob): [label: string, run: () => Promise<void>][] {
    return waysBack(job).map((way) => [
      wayBackLabel(way, job),
      () => this.actions.takeWayBack(job, way),
    ]);
  }

  private async failed(job: BackupJob, title: string): Promise<void> {
    const failure = this.jobs.failure(job.id);
    const report = failure === null ? { message: title, actions: [] } : describeError(failure);
    const parts = [report.message];
    // One line is enough here: the form and the log show everything.
    const [first] = job.errors;
    const cause = first === undefined ? (report.detail ?? '') : jobErrorText(first);
    if (!cause.startsWith(report.message)) parts.push(shortened(cause));
    else if (report.detail) parts.push(shortened(report.detail));
    if (job.targetState !== null) parts.push(targetStateText(job.targetState));
    const offered = [...new Set<ProblemAction>(report.actions)].filter(
      (action) => action !== 'retry' && action !== 'showOutput',
    );
    const showLog = vscode.l10n.t('Show Log');
    const labels = offered.map(actionLabel);
    const ways = this.waysBack(job);
    this.failures.add(job);
    const answer = await window.showErrorMessage(
      joined(...parts),
      ...ways.map(([label]) => label),
      ...labels,
      showLog,
    );
    this.failures.delete(job);
    if (answer === showLog) return this.actions.showLog(job.id);
    await ways.find(([label]) => label === answer)?.[1]();
    const action = offered[labels.indexOf(answer ?? '')];
    if (action !== undefined) await this.actions.act(action, job.options.connectionId ?? null);
  }
}

function isSameRequest(a: BackupJob, b: BackupJob): boolean {
  const input = ({ options }: BackupJob): string =>
    'inputPath' in options ? options.inputPath : '';
  return (
    a.type === b.type && a.options.connectionId === b.options.connectionId && input(a) === input(b)
  );
}

function joined(...parts: string[]): string {
  const said = parts.filter((part) => part !== '');
  // Messages of tools end without a full stop.
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
