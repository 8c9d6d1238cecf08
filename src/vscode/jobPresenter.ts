import path from 'node:path';
import * as vscode from 'vscode';
import { isFinished, type BackupJob } from '../core/jobs/job';
import type { JobHandle, Jobs } from '../core/jobs/jobs';
import { displayCommand } from '../core/pgtools/browser/display';
import type { ProblemAction } from '../protocol/types';
import { actionLabel, describeError } from './errorText';
import { durationText, progressText, sizeText, targetStateText } from './jobText';
import type { OutputLog } from './outputLog';
import { previewShell } from './panels/shared';
import { revealInExplorer } from './reveal';

/** Characters of a tool's own words in a notification. */
const MAX_CAUSE = 250;

export interface PresenterActions {
  openRestore(path: string): void;
  act(action: ProblemAction, connectionId: string | null): Promise<void>;
}

/** Shows every job, whoever started it: Output channel, progress notification, and how it ended. */
export class JobPresenter implements vscode.Disposable {
  private readonly stop: (() => void)[];

  constructor(
    private readonly jobs: Jobs,
    private readonly log: OutputLog,
    private readonly actions: PresenterActions,
  ) {
    this.stop = [jobs.onLines((_id, lines) => log.lines(lines))];
  }

  /** Follows a job from its start to its end. Returns at once. */
  present(handle: JobHandle, title: string): void {
    this.log.say(title);
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (progress, token) => this.follow(handle, progress, token),
    );
    void handle.finished.then((job) => this.ended(job));
    this.logCommand(handle);
  }

  dispose(): void {
    for (const stop of this.stop) stop();
  }

  /** The exact command, as soon as it is known. */
  private logCommand(handle: JobHandle): void {
    const stop = this.jobs.onUpdate((job) => {
      const [file, ...args] = job.command;
      if (job.id !== handle.job.id || file === undefined) return;
      stop();
      this.log.say(displayCommand(file, args, {}, previewShell()));
    });
    void handle.finished.then(stop);
  }

  private async follow(
    handle: JobHandle,
    progress: vscode.Progress<{ message?: string; increment?: number }>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    let shown = 0;
    const stop = this.jobs.onUpdate((job) => {
      if (job.id !== handle.job.id || isFinished(job.status)) return;
      const { progress: now } = job;
      const total = now?.objectsTotal ?? 0;
      const percent = total > 0 && now !== null ? (now.objectsCompleted / total) * 100 : 0;
      progress.report({ message: progressText(now), increment: Math.max(0, percent - shown) });
      shown = Math.max(shown, percent);
    });
    const cancelled = token.onCancellationRequested(() => {
      void this.jobs.cancel(handle.job.id).catch(() => undefined);
    });
    try {
      await handle.finished;
    } finally {
      stop();
      cancelled.dispose();
    }
  }

  private async ended(job: BackupJob): Promise<void> {
    this.log.say(
      `${job.type} ${job.id}: ${job.status}${job.exitCode === null ? '' : ` (exit code ${job.exitCode})`}`,
    );
    switch (job.status) {
      case 'completed':
        return job.type === 'backup' ? this.backupDone(job) : this.restoreDone(job);
      case 'completedWithErrors':
        return this.restoredWithErrors(job);
      case 'cancelled':
        await vscode.window.showInformationMessage(
          job.type === 'backup'
            ? vscode.l10n.t('Backup cancelled. No file was left behind.')
            : vscode.l10n.t('Restore cancelled. {0}', targetStateText(job.targetState)),
        );
        return;
      case 'failed':
        return this.failed(job);
      case 'pending':
      case 'running':
      case 'cancelling':
      case 'lost':
        return;
    }
  }

  private async backupDone(job: BackupJob): Promise<void> {
    const output = job.outputPath ?? '';
    const reveal = vscode.l10n.t('Reveal');
    const restore = vscode.l10n.t('Restore…');
    const show = vscode.l10n.t('Show Output');
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Backup {0} finished in {1}: {2}.',
        path.basename(output),
        durationText(job),
        sizeText(job.sizeBytes ?? 0),
      ),
      reveal,
      restore,
      show,
    );
    if (answer === reveal) await revealInExplorer(output);
    else if (answer === restore) this.actions.openRestore(output);
    else if (answer === show) this.log.show();
  }

  private async restoreDone(job: BackupJob): Promise<void> {
    const show = vscode.l10n.t('Show Output');
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Restore of {0} into {1} finished in {2}.',
        inputName(job),
        targetName(job),
        durationText(job),
      ),
      show,
    );
    if (answer === show) this.log.show();
  }

  private async restoredWithErrors(job: BackupJob): Promise<void> {
    const show = vscode.l10n.t('Show Output');
    const answer = await vscode.window.showWarningMessage(
      job.errors.length === 1
        ? vscode.l10n.t(
            'Restore of {0} into {1} finished in {2} with 1 error.',
            inputName(job),
            targetName(job),
            durationText(job),
          )
        : vscode.l10n.t(
            'Restore of {0} into {1} finished in {2} with {3} errors.',
            inputName(job),
            targetName(job),
            durationText(job),
            job.errors.length,
          ),
      show,
    );
    if (answer === show) this.log.show();
  }

  private async failed(job: BackupJob): Promise<void> {
    const report = describeError(this.jobs.failure(job.id));
    const parts = [report.message];
    // One line is enough here: the form and the Output channel have the rest.
    const cause = job.errors[0]?.message ?? report.detail ?? '';
    if (!cause.startsWith(report.message)) parts.push(shortened(cause));
    else if (report.detail) parts.push(shortened(report.detail));
    if (job.type === 'restore') parts.push(targetStateText(job.targetState));
    const offered = [...new Set<ProblemAction>([...report.actions, 'showOutput'])].filter(
      (action) => action !== 'retry',
    );
    const labels = offered.map(actionLabel);
    const answer = await vscode.window.showErrorMessage(parts.filter(Boolean).join(' '), ...labels);
    const action = offered[labels.indexOf(answer ?? '')];
    if (action !== undefined) await this.actions.act(action, job.options.connectionId);
  }
}

function inputName(job: BackupJob): string {
  return 'inputPath' in job.options ? path.basename(job.options.inputPath) : '';
}

/** The database that was restored into, as far as the request names it. */
function targetName(job: BackupJob): string {
  const { options } = job;
  return ('targetDatabase' in options ? options.targetDatabase : null) ?? options.connectionId;
}

/** The first line, cut where a notification would fill the window. */
function shortened(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length <= MAX_CAUSE ? line : `${line.slice(0, MAX_CAUSE)}…`;
}
