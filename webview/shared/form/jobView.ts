import * as l10n from '@vscode/l10n';
import type { ErrorProblem } from '../../../src/core/model/findings/errorProblems';
import { formatDuration } from '../../../src/core/text/formatDuration';
import { jobErrorText } from '../../../src/core/text/jobNoteText';
import { errorProblemText } from '../../../src/core/text/problems/errorProblemText';
import { harmlessText, type LabelOf, outcomeTitle } from '../../../src/core/text/jobOutcome';
import {
  countTexts,
  doingText,
  activeObjectsText,
  percentText,
  phaseText,
  remainingText,
  shownPercent,
  targetStateText,
} from '../../../src/core/text/jobText';
import { wayBackLabel } from '../../../src/core/text/ways/wayBackText';
import { waysBack, type WayBack } from '../../../src/core/text/ways/waysBack';
import type { JobUpdate, ProblemAction } from '../../../src/protocol/types';
import type { Job, JobError, JobStatus } from '../types';

/** States of the footer. */
export type JobView =
  | { kind: 'none' }
  | { kind: 'running'; running: RunningView }
  | { kind: 'finished'; outcome: OutcomeView };

export interface RunningView {
  jobId: string;
  cancelling: boolean;
  phase: string;
  /** Current objects: a short text, and one name per line. */
  object: string;
  objects: string;
  /** `12 of 40 objects`, `3.4 MB`, … */
  counts: string[];
  elapsed: string;
  /** `43%`, or a text while it is unknown; '' while the job is being cancelled. */
  share: string;
  /** `1 min 50 s left`; '' while it cannot be estimated. */
  remaining: string;
  /** Whole percent for the bar; null = unknown. */
  percent: number | null;
}

export interface OutcomeView {
  jobId: string;
  tone: 'done' | 'warned' | 'failed' | 'cancelled';
  /** One sentence. */
  title: string;
  /** Further sentences. */
  lines: string[];
  /** The message of the tool. */
  detail: string;
  errors: readonly JobError[];
  /** How many there were; `errors` are the first of them. */
  errorCount: number;
  actions: readonly ProblemAction[];
  /** What its errors come from, and what can be done about each. */
  causes: readonly ErrorProblem[];
  /** Does the title tell the first cause already? */
  causeInTitle: boolean;
  /** What it offers about what was there before. */
  ways: readonly { way: WayBack; label: string }[];
  /** Does it offer to run the job once more? What has failed is restored on its own where it can be. */
  again: boolean;
  /** Is there a file to reveal and to restore from? */
  output: boolean;
}

/** Has the job ended? */
export function isOver(status: JobStatus): boolean {
  return status !== 'pending' && status !== 'running' && status !== 'cancelling';
}

/**
 * `sinceUpdateMs` = time since the update, so that the clock continues while the tool is silent.
 */
export function viewJob(
  update: JobUpdate | null,
  sinceUpdateMs: number,
  labelOf?: LabelOf,
): JobView {
  if (!update) return { kind: 'none' };
  const { job } = update;
  if (isOver(job.status)) return { kind: 'finished', outcome: outcome(update, labelOf) };
  return { kind: 'running', running: running(job, Math.max(0, sinceUpdateMs)) };
}

function running(job: Job, sinceUpdateMs: number): RunningView {
  const { progress } = job;
  const cancelling = job.status === 'cancelling';
  const elapsed = (progress?.elapsedMs ?? 0) + sinceUpdateMs;
  return {
    jobId: job.id,
    cancelling,
    phase: cancelling ? phaseText('cancelling') : doingText(progress),
    object: activeObjectsText(progress),
    // The full text about the holder of a lock, because the line has no room for it.
    objects: progress?.lockWait
      ? activeObjectsText(progress)
      : (progress?.currentObjects.join('\n') ?? ''),
    counts: progress === null ? [] : countTexts(progress),
    elapsed: formatDuration(Math.floor(elapsed / 1000) * 1000),
    share: cancelling ? '' : percentText(progress),
    remaining: cancelling ? '' : remainingText(progress),
    percent: shownPercent(progress),
  };
}

function outcome(
  { job, problem, causes = [], warnings = [] }: JobUpdate,
  labelOf?: LabelOf,
): OutcomeView {
  const title = outcomeTitle(job, labelOf);
  const ways = waysBack(job);
  const [cause] = isUnexplained(job) ? causes : [];
  const base = {
    jobId: job.id,
    title,
    lines: [...state(job), ...warnings],
    // The errors below are the same words, in order.
    detail: cause === undefined ? (problem?.detail ?? '') : '',
    errors: repeatsProblem(job, problem) ? [] : job.errors,
    errorCount: Math.max(job.errorCount ?? 0, job.errors.length),
    // Where the tool has said anything, the page's own log shows it.
    actions: (problem?.actions ?? []).filter(
      (action) => action !== 'showOutput' || job.output.length === 0,
    ),
    causes,
    causeInTitle: false,
    ways: ways.map((way) => ({ way, label: wayBackLabel(way, job) })),
    again: mayRunAgain(job) && causes.length > 0 && !ways.includes('restoreRest'),
    output: false,
  };
  switch (job.status) {
    case 'completed':
      return { ...base, tone: 'done', errors: [], output: job.outputPath !== null };
    case 'completedWithErrors':
      return { ...base, tone: 'warned' };
    case 'cancelled':
      return { ...base, tone: 'cancelled', errors: [] };
    case 'lost':
    case 'failed':
    case 'pending':
    case 'running':
    case 'cancelling': {
      const failed = { ...base, tone: 'failed', title: problem?.message ?? title } as const;
      if (cause === undefined) return failed;
      // The cause is told in the place of the tool's own words.
      const tool = String(job.failure?.details['tool']);
      const told = `${l10n.t('{0} failed.', tool)} ${errorProblemText(cause)}`;
      return { ...failed, title: told, causeInTitle: true };
    }
  }
}

function mayRunAgain({ status }: Job): boolean {
  return status === 'failed' || status === 'completedWithErrors';
}

/** Did a tool fail for a reason that its failure does not name? Its errors may. */
function isUnexplained({ status, failure }: Job): boolean {
  if (status !== 'failed' || failure?.code !== 'toolFailed') return false;
  return failure.details['cause'] === 'other';
}

/** Does the only error repeat the headline and the tool's message? */
function repeatsProblem(job: Job, problem: JobUpdate['problem']): boolean {
  const [error, ...more] = job.errors;
  return (
    error !== undefined &&
    more.length === 0 &&
    error.sql === undefined &&
    problem !== null &&
    jobErrorText(error).startsWith(problem.message)
  );
}

function state(job: Job): string[] {
  const target =
    job.targetState === null || job.status === 'completed' ? '' : targetStateText(job.targetState);
  return [target, harmlessText(job)].filter((text) => text !== '');
}
