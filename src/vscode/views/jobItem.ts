import * as l10n from '@vscode/l10n';
import { wasExpectedText } from '../../core/text/estimateText';
import { formatBytes } from '../../core/text/formatBytes';
import {
  harmlessText,
  jobConnection,
  jobFile,
  jobFileName,
  jobTarget,
  jobTitle,
  type LabelOf,
  outcomeTitle,
} from '../../core/text/jobOutcome';
import {
  activityText,
  countTexts,
  activeObjectsText,
  jobDurationText,
  percentText,
  phaseText,
  remainingText,
  shownPercent,
  targetStateText,
} from '../../core/text/jobText';
import { jobErrorText, jobNoteText } from '../../core/text/jobNoteText';
import { waysBack, type WayBack } from '../../core/text/ways/waysBack';
import { errorCountOf, isFinished, type BackupJob } from '../../core/model/job';
import { joinWithDots, RESULT_COLORS, joinForScreenReader, type ViewItem } from './viewItem';

/** Context of a row besides the job itself. */
export interface JobItemContext {
  labelOf: LabelOf;
  /** Why it failed, in words. */
  failureText: (job: BackupJob) => string;
  /** Formats a moment as date and time of the user. */
  dateText: (iso: string) => string;
  /** Formats how long ago a moment was. */
  whenText: (iso: string) => string;
  /** Was the job started from another workspace? */
  isForeign: (job: BackupJob) => boolean;
}

/** The row of a job; its actions are in `contextValue`. */
export function jobItem(job: BackupJob, context: JobItemContext): ViewItem {
  const label = title(job, context);
  const facts = isFinished(job.status) ? ended(job, context) : running(job);
  const foreign = context.isForeign(job) ? workspaceText(job) : '';
  // Running jobs show their percent, successful ones their icon.
  const quiet = job.status === 'running' || job.status === 'completed';
  return {
    id: job.id,
    label,
    description: joinWithDots(
      quiet ? '' : statusText(job),
      ...(isFinished(job.status) ? endedBriefly(job, context) : facts),
      foreign,
    ),
    tooltip: tooltip(job, context),
    icon: icon(job),
    contextValue: ['job', ...jobActions(job, context.isForeign(job))].join(' '),
    screenReaderText: joinForScreenReader(label, statusText(job), ...facts, foreign),
    children: !isFinished(job.status) && (job.progress?.currentObjects.length ?? 0) > 1,
  };
}

/** One of several objects that a parallel job works on at once. */
export function activeObjectItem(jobId: string, name: string): ViewItem {
  return {
    id: `${jobId}:${name}`,
    label: name,
    description: '',
    tooltip: [name],
    icon: { id: 'table' },
    contextValue: 'activeObject',
    screenReaderText: name,
    children: false,
  };
}

export type JobAction =
  'cancel' | 'log' | 'rerun' | 'form' | 'reveal' | 'restore' | 'remove' | WayBack;

/** The workspace from which a job was started. */
function workspaceText({ origin }: BackupJob): string {
  return origin === undefined || origin.workspaceName === ''
    ? l10n.t('no workspace')
    : l10n.t('workspace {0}', origin.workspaceName);
}

/**
 * What can be done with a job in its state. `foreign`: its options mean connections of another
 * workspace, which may have nothing to do with those of the same names here.
 */
export function jobActions(job: BackupJob, foreign = false): JobAction[] {
  if (job.status === 'cancelling') return ['log'];
  if (!isFinished(job.status)) return ['cancel', 'log'];
  const whole = job.status === 'completed' || job.status === 'completedWithErrors';
  const actions: JobAction[] = foreign ? ['log', 'remove'] : ['log', 'rerun', 'remove'];
  if (job.type !== 'verify' && !foreign) actions.push('form');
  // The file of a restore or a verification exists before the job. The file of a backup exists only
  // when it is complete.
  if (job.type !== 'backup' || whole) actions.push('reveal');
  if (job.type === 'backup' && whole) actions.push('restore');
  if (!foreign) actions.push(...waysBack(job));
  return actions;
}

/** Running jobs first, then those that wait, then what has ended, the newest first each. */
export function sortJobs(jobs: readonly BackupJob[]): BackupJob[] {
  const rank = ({ status }: BackupJob): number =>
    isFinished(status) ? 2 : status === 'pending' ? 1 : 0;
  // Both as `toISOString` writes them.
  const moment = (job: BackupJob): string => job.endTime ?? job.startTime ?? '';
  const later = (a: string, b: string): number => (a < b ? 1 : a > b ? -1 : 0);
  return jobs
    .map((job, index) => ({ job, index }))
    .sort(
      (a, b) =>
        rank(a.job) - rank(b.job) ||
        // Waiting jobs start in the order in which they were requested.
        (rank(a.job) === 1
          ? a.index - b.index
          : later(moment(a.job), moment(b.job)) || b.index - a.index),
    )
    .map(({ job }) => job);
}

/** Short, to leave room for the progress: `Backup of Shop`, `Restore into Shop`. */
function title(job: BackupJob, { labelOf }: JobItemContext): string {
  switch (job.type) {
    case 'backup':
      return l10n.t('Backup of {0}', source(job, labelOf));
    case 'restore':
      return l10n.t('Restore into {0}', jobTarget(job, labelOf));
    case 'verify':
      return verifyTitle(job);
  }
}

/** As on the form's tab: another database than the connection's own comes first. */
function source(job: BackupJob, labelOf: LabelOf): string {
  const connection = jobConnection(job, labelOf);
  const database = 'database' in job.options ? job.options.database : null;
  return typeof database === 'string' ? `${database} – ${connection}` : connection;
}

/** The level of a verification comes first: a narrow side bar cuts off the text behind the name. */
function verifyTitle(job: BackupJob): string {
  const name = jobFileName(job);
  switch ('level' in job.options ? job.options.level : 'structure') {
    case 'structure':
      return l10n.t('Structure check of {0}', name);
    case 'fullRead':
      return l10n.t('Full read of {0}', name);
    case 'trialRestore':
      return l10n.t('Trial restore of {0}', name);
  }
}

function running(job: BackupJob): string[] {
  const { progress, status } = job;
  if (status !== 'running') return [jobFileName(job)];
  if (progress?.lockWait !== undefined) {
    return [shownPercent(progress) === null ? '' : percentText(progress), activityText(progress)];
  }
  return [
    percentText(progress),
    remainingText(progress),
    activeObjectsText(progress) || phaseText(progress?.phase ?? 'starting'),
  ];
}

/** The most important part comes first, because a narrow side bar cuts off the end. */
function endedBriefly(job: BackupJob, { whenText }: JobItemContext): string[] {
  const name = job.type === 'verify' ? '' : jobFileName(job);
  const size = job.sizeBytes === null ? '' : formatBytes(job.sizeBytes);
  return [whenText(job.endTime ?? ''), size, jobDurationText(job), name];
}

function ended(job: BackupJob, { dateText }: JobItemContext): string[] {
  const name = job.type === 'verify' ? '' : jobFileName(job);
  const size = job.sizeBytes === null ? '' : formatBytes(job.sizeBytes);
  return [name, size, jobDurationText(job), dateText(job.endTime ?? '')];
}

/** A job's state in a word or two. */
export function statusText(job: BackupJob): string {
  switch (job.status) {
    case 'pending':
      return l10n.t('waiting');
    case 'running':
      return l10n.t('running');
    case 'cancelling':
      return l10n.t('cancelling');
    case 'completed':
      return l10n.t('completed');
    case 'completedWithErrors':
      return errorCountOf(job) === 1
        ? l10n.t('1 error')
        : l10n.t('{0} errors', errorCountOf(job).toLocaleString());
    case 'failed':
      return l10n.t('failed');
    case 'cancelled':
      return l10n.t('cancelled');
    case 'lost':
      return l10n.t('lost');
  }
}

function icon({ status }: BackupJob): ViewItem['icon'] {
  switch (status) {
    case 'pending':
      return { id: 'clock' };
    case 'running':
    case 'cancelling':
      return { id: 'sync~spin' };
    case 'completed':
      return { id: 'pass', color: RESULT_COLORS.good };
    case 'completedWithErrors':
      return { id: 'warning', color: RESULT_COLORS.doubtful };
    case 'failed':
      return { id: 'error', color: RESULT_COLORS.bad };
    case 'cancelled':
      return { id: 'circle-slash' };
    case 'lost':
      return { id: 'question', color: RESULT_COLORS.doubtful };
  }
}

function tooltip(job: BackupJob, context: JobItemContext): string[] {
  const { progress } = job;
  if (!isFinished(job.status)) {
    return [
      jobTitle(job, context.labelOf),
      jobFile(job),
      ...(progress === null
        ? []
        : [
            [phaseText(progress.phase), ...progress.currentObjects].join('\n  '),
            progress.lockWait === undefined ? '' : activityText(progress),
            joinWithDots(percentText(progress), remainingText(progress)),
            joinWithDots(...countTexts(progress)),
          ]),
    ].filter((line) => line !== '');
  }
  return [
    job.status === 'failed' || job.status === 'lost'
      ? context.failureText(job)
      : outcomeTitle(job, context.labelOf),
    job.status === 'completed' && job.estimate ? wasExpectedText(job.estimate) : '',
    job.targetState === null ? '' : targetStateText(job.targetState),
    job.status === 'lost' && job.errors[0] ? jobErrorText(job.errors[0]) : '',
    ...(job.notes ?? []).map(jobNoteText),
    harmlessText(job),
    jobFile(job),
    context.dateText(job.endTime ?? ''),
  ].filter((line) => line !== '');
}
