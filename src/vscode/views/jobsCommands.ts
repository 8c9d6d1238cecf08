import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { jobFile } from '../../core/text/jobOutcome';
import type { BackupOptions, RestoreOptions, VerifyOptions } from '../../core/model/options';
import { isFinished, type BackupJob } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';
import type { JobService } from '../jobs/jobService';
import type { WaysBack } from '../jobs/waysBack';
import type { PanelManager } from '../panels/panelManager';
import { revealInExplorer } from '../ui/reveal';
import type { CommandTable } from '../ui/commandTable';
import { sortJobs } from './jobItem';
import type { JobLogDocuments } from './jobLogDocuments';
import type { JobsView } from './jobsView';
import { window } from '../ui/window';
import { textField } from '../ui/argumentField';

/** For how long a message in the status bar stays. */
const MESSAGE_MS = 5_000;

export interface JobsCommandParts {
  jobs: Jobs;
  service: JobService;
  panels: Pick<PanelManager, 'openBackupWith' | 'openRestore'>;
  view: JobsView;
  logs: JobLogDocuments;
  waysBack: Pick<WaysBack, 'take'>;
}

/** Commands on a job of the view. */
export function jobsCommands(parts: JobsCommandParts): CommandTable {
  const { jobs, panels, view, logs } = parts;
  const withJob =
    (act: (job: BackupJob, node: unknown) => unknown) =>
    async (node: unknown): Promise<void> => {
      if (view.movedUnder(node)) return void sayListMoved();
      const id = textField(node, 'jobId') ?? view.selected;
      const job = id === undefined ? undefined : jobs.get(id);
      if (job !== undefined) await act(job, node);
    };
  return {
    showJobs: () => view.show(soleRunning(parts)),
    showJobLog: async (node, glance) => {
      const id = textField(node, 'jobId') ?? (await pickLog(parts));
      if (id !== undefined) await logs.open(id, glance === true);
    },
    cancelRunningJob: () => cancelRunningJob(parts),
    cancelShownJob: withJob(({ id }) => jobs.cancel(id)),
    rerunJob: withJob((job) => rerun(parts, job)),
    openJobForm: withJob((job) => openForm(panels, job)),
    revealJobFile: withJob((job) => revealInExplorer(jobFile(job))),
    restoreJobFile: withJob((job) => panels.openRestore({ inputPath: jobFile(job) })),
    swapIn: withJob((job, node) => parts.waysBack.take(job, 'swapIn', isConfirmed(node))),
    swapBack: withJob((job, node) => parts.waysBack.take(job, 'swapBack', isConfirmed(node))),
    dropOldCopy: withJob((job, node) => parts.waysBack.take(job, 'dropCopy', isConfirmed(node))),
    restoreSafetyBackup: withJob((job) => parts.waysBack.take(job, 'restoreSafetyBackup')),
    restoreRest: withJob((job) => parts.waysBack.take(job, 'restoreRest')),
    salvage: withJob((job) => parts.waysBack.take(job, 'salvage')),
    removeJob: async (node, nodes) => {
      if (view.movedUnder(node)) return void sayListMoved();
      const rows = Array.isArray(nodes) && nodes.length > 0 ? (nodes as unknown[]) : [node];
      const chosen = node === undefined ? view.selection : rows;
      for (const id of new Set(chosen.flatMap((row) => textField(row, 'jobId') ?? []))) {
        const job = jobs.get(id);
        if (job !== undefined && isFinished(job.status)) await jobs.remove(id);
      }
    },
    clearFinishedJobs: async () => {
      const cleared = jobs.list().filter((job) => isFinished(job.status) && view.shows(job));
      for (const { id } of cleared) await jobs.remove(id);
    },
    showAllJobs: () => view.showAll(true),
    showWorkspaceJobs: () => view.showAll(false),
  };
}

/** A caller of the command vouches for it: nothing is asked. A row of the view never does. */
function isConfirmed(node: unknown): boolean {
  return (node as { confirmed?: unknown } | undefined)?.confirmed === true;
}

/** A click may have been aimed at the row that was there before. */
function sayListMoved(): void {
  const text = vscode.l10n.t('The list has just changed: nothing was done. Choose again.');
  window.setStatusBarMessage(text, MESSAGE_MS);
}

/**
 * Runs the same request again. An existing file at a backup's path is replaced only after a
 * question. A restore is not started: its form opens with the same options.
 */
async function rerun({ service, panels }: JobsCommandParts, job: BackupJob): Promise<void> {
  const { type, options } = job;
  switch (type) {
    case 'backup':
      await service.startBackup({ options: options as BackupOptions });
      return;
    case 'restore': {
      const restore = options as RestoreOptions;
      await panels.openRestore({ inputPath: restore.inputPath, options: restore });
      return;
    }
    case 'verify':
      await service.startVerify({ options: options as VerifyOptions });
  }
}

/** Opens the form with the job's options; the target is chosen again. */
async function openForm(
  panels: JobsCommandParts['panels'],
  { type, options }: BackupJob,
): Promise<void> {
  switch (type) {
    case 'backup': {
      const backup = options as BackupOptions;
      // A path that is taken would only be replaced: a new one is proposed.
      const outputPath = existsSync(backup.outputPath) ? '' : backup.outputPath;
      await panels.openBackupWith({ ...backup, outputPath });
      return;
    }
    case 'restore': {
      const restore = options as RestoreOptions;
      await panels.openRestore({
        inputPath: restore.inputPath,
        options: { ...restore, targetDatabase: null, createDatabase: false, wholeServer: false },
      });
      return;
    }
    case 'verify':
      return;
  }
}

function soleRunning({ jobs, view }: JobsCommandParts): string | undefined {
  const running = jobs.list().filter((job) => !isFinished(job.status) && view.shows(job));
  return running.length === 1 ? running[0]?.id : undefined;
}

async function pickLog({ jobs, view }: JobsCommandParts): Promise<string | undefined> {
  const known = sortJobs(jobs.list().filter((job) => view.shows(job)));
  if (known.length > 0) return pickJob(known, view, vscode.l10n.t('Show Job Log'));
  void window.showInformationMessage(vscode.l10n.t('There are no jobs, so there is no log yet.'));
  return undefined;
}

async function cancelRunningJob({ jobs, view }: JobsCommandParts): Promise<void> {
  const running = jobs.list().filter((job) => !isFinished(job.status));
  if (running.length === 0) {
    void window.showInformationMessage(vscode.l10n.t('No job is running.'));
    return;
  }
  const id = await pickJob(running, view, vscode.l10n.t('Cancel Running Job'));
  if (id !== undefined) await jobs.cancel(id);
}

/** Jobs as the view shows them, with the full path below. */
async function pickJob(
  jobs: readonly BackupJob[],
  view: JobsView,
  title: string,
): Promise<string | undefined> {
  const items = jobs.map((job) => {
    const { label, description, icon } = view.item(job);
    const iconPath = new vscode.ThemeIcon(icon.id);
    return { label, description, detail: jobFile(job), iconPath, id: job.id };
  });
  const placeHolder = vscode.l10n.t('Choose a job');
  return (await window.showQuickPick(items, { title, placeHolder, matchOnDetail: true }))?.id;
}
