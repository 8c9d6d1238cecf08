import * as l10n from '@vscode/l10n';
import { formatBytes } from '../../src/core/forms/formatBytes';
import type { JobUpdate, ProblemAction } from '../../src/protocol/types';
import { baseName, formatDuration, formatNumber } from './format';
import type { Job, JobError, JobStatus, TargetState } from './types';

/** What the footer shows of a job: one of these at a time. */
export type JobView =
  | { kind: 'none' }
  | { kind: 'running'; running: RunningView }
  | { kind: 'finished'; outcome: OutcomeView };

export interface RunningView {
  jobId: string;
  cancelling: boolean;
  phase: string;
  object: string;
  /** `12 of 40 objects`, `3.4 MB`, … */
  counts: string[];
  elapsed: string;
  /** For the bar; null = not known. */
  done: number | null;
  total: number | null;
}

export interface OutcomeView {
  jobId: string;
  tone: 'done' | 'warned' | 'failed' | 'cancelled';
  /** One sentence. */
  title: string;
  /** Further sentences. */
  lines: string[];
  /** The tool's own words. */
  detail: string;
  errors: readonly JobError[];
  actions: readonly ProblemAction[];
  /** Is there something to reveal and to restore from? */
  output: boolean;
}

/** Has the job ended? */
export function isOver(status: JobStatus): boolean {
  return status !== 'pending' && status !== 'running' && status !== 'cancelling';
}

/** `sinceUpdateMs` = time since the update came, so that the clock goes on while the tool is silent. */
export function viewJob(update: JobUpdate | null, sinceUpdateMs: number): JobView {
  if (!update) return { kind: 'none' };
  const { job } = update;
  if (isOver(job.status)) return { kind: 'finished', outcome: outcome(update) };
  return { kind: 'running', running: running(job, Math.max(0, sinceUpdateMs)) };
}

function running(job: Job, sinceUpdateMs: number): RunningView {
  const { progress } = job;
  const counts: string[] = [];
  if (progress && progress.objectsTotal !== null && progress.objectsTotal > 0) {
    counts.push(
      l10n.t(
        '{0} of {1} objects',
        formatNumber(progress.objectsCompleted),
        formatNumber(progress.objectsTotal),
      ),
    );
  } else if (progress && progress.objectsCompleted > 0) {
    counts.push(l10n.t('{0} objects', formatNumber(progress.objectsCompleted)));
  }
  if (progress && progress.bytesWritten > 0) counts.push(formatBytes(progress.bytesWritten));
  const cancelling = job.status === 'cancelling';
  return {
    jobId: job.id,
    cancelling,
    phase: cancelling ? l10n.t('Cancelling…') : phaseText(progress?.phase ?? 'starting'),
    object: progress?.currentObject ?? '',
    counts,
    elapsed: formatDuration(Math.floor(((progress?.elapsedMs ?? 0) + sinceUpdateMs) / 1000) * 1000),
    done: (progress?.objectsTotal ?? null) === null ? null : (progress?.objectsCompleted ?? null),
    total: progress?.objectsTotal ?? null,
  };
}

/** A phase's code in words; what is no code stays as it is. */
function phaseText(phase: string): string {
  switch (phase) {
    case 'starting':
      return l10n.t('Starting…');
    case 'reading':
      return l10n.t('Reading the catalog');
    case 'dumping':
      return l10n.t('Dumping');
    case 'creatingDatabase':
      return l10n.t('Creating the database');
    case 'restoring':
      return l10n.t('Restoring');
    case 'finishing':
      return l10n.t('Finishing');
    default:
      return phase;
  }
}

/** Wall time of a job that has ended, in milliseconds. */
export function jobDuration(job: Job): number {
  const from = Date.parse(job.startTime ?? '');
  const to = Date.parse(job.endTime ?? '');
  return Number.isNaN(from) || Number.isNaN(to) ? (job.progress?.elapsedMs ?? 0) : to - from;
}

function outcome({ job, problem }: JobUpdate): OutcomeView {
  const duration = formatDuration(jobDuration(job));
  const backup = job.type === 'backup';
  const base = {
    jobId: job.id,
    lines: state(job),
    detail: problem?.detail ?? '',
    errors: repeatsProblem(job, problem) ? [] : job.errors,
    actions: [...new Set<ProblemAction>([...(problem?.actions ?? []), 'showOutput'])],
    output: false,
  };
  switch (job.status) {
    case 'completed': {
      if (!backup)
        return { ...base, tone: 'done', title: l10n.t('Restore finished in {0}.', duration) };
      const name = baseName(job.outputPath ?? '');
      const size = job.sizeBytes === null ? '' : formatBytes(job.sizeBytes);
      const title =
        size === ''
          ? l10n.t('Backup finished in {0}: {1}', duration, name)
          : l10n.t('Backup finished in {0}: {1}, {2}', duration, name, size);
      return { ...base, tone: 'done', title, errors: [], output: job.outputPath !== null };
    }
    case 'completedWithErrors': {
      const count = job.errors.length;
      const title =
        count === 1
          ? l10n.t('Restore finished in {0} with 1 error.', duration)
          : l10n.t('Restore finished in {0} with {1} errors.', duration, formatNumber(count));
      return { ...base, tone: 'warned', title };
    }
    case 'cancelled': {
      const title = backup
        ? l10n.t('Backup cancelled after {0}. No partial file was left.', duration)
        : l10n.t('Restore cancelled after {0}.', duration);
      return { ...base, tone: 'cancelled', title, errors: [] };
    }
    case 'lost':
      return {
        ...base,
        tone: 'failed',
        title: problem?.message ?? l10n.t('It is not known how this run ended.'),
      };
    case 'failed':
    case 'pending':
    case 'running':
    case 'cancelling':
      return {
        ...base,
        tone: 'failed',
        title:
          problem?.message ??
          (backup ? l10n.t('The backup failed.') : l10n.t('The restore failed.')),
      };
  }
}

/** One error that says what the headline and the tool's own words say already. */
function repeatsProblem(job: Job, problem: JobUpdate['problem']): boolean {
  const [error, ...more] = job.errors;
  return (
    error !== undefined &&
    more.length === 0 &&
    error.sql === undefined &&
    problem !== null &&
    error.message.startsWith(problem.message)
  );
}

function state(job: Job): string[] {
  return job.targetState === null || job.status === 'completed'
    ? []
    : [targetStateText(job.targetState)];
}

/** In what state a restore that did not go through left the database. */
export function targetStateText(state: TargetState): string {
  switch (state) {
    case 'untouched':
      return l10n.t('The database was not changed.');
    case 'rolledBack':
      return l10n.t('Everything was rolled back: the database is as it was before.');
    case 'partial':
      return l10n.t('The database holds part of what was to be restored.');
    case 'databaseDropped':
      return l10n.t('The database that was created for this restore was dropped again.');
    case 'unknown':
      return l10n.t('It is not known in what state this left the database.');
  }
}
