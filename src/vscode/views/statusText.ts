import * as l10n from '@vscode/l10n';
import {
  jobConnection,
  jobFileName,
  jobTarget,
  jobTitle,
  type LabelOf,
} from '../../core/text/jobOutcome';
import {
  activityText,
  activeObjectsText,
  percentText,
  phaseText,
  remainingText,
} from '../../core/text/jobText';
import { isFinished, type BackupJob } from '../../core/model/job';
import { joinWithDots } from './viewItem';

/** How many jobs the tooltip tells before it counts the rest. */
const TOLD = 10;

export interface StatusText {
  text: string;
  /** The full text, for the tooltip. */
  lines: string[];
}

/** Text of the status bar about running jobs; null = none run. */
export function statusText(jobs: readonly BackupJob[], labelOf: LabelOf): StatusText | null {
  const running = jobs.filter(({ status }) => !isFinished(status));
  const [first] = running;
  if (first === undefined) return null;
  return {
    text: running.length === 1 ? one(first, labelOf) : several(running),
    lines: lines(running, labelOf),
  };
}

/** What each does, those that wait last. */
function lines(running: readonly BackupJob[], labelOf: LabelOf): string[] {
  const waits = ({ status }: BackupJob): boolean => status === 'pending';
  const inOrder = [...running.filter((job) => !waits(job)), ...running.filter(waits)];
  const told = inOrder.slice(0, TOLD).map((job) => joinWithDots(jobTitle(job, labelOf), how(job)));
  const more = running.length - told.length;
  return more > 0 ? [...told, l10n.t('… and {0} more', more)] : told;
}

/** `Backup Shop 43% · 1 min 50 s left` */
function one(job: BackupJob, labelOf: LabelOf): string {
  return joinWithDots(`${what(job, labelOf)} ${share(job)}`, remainingText(job.progress));
}

/** `3 jobs · 43%`: the percentage of the job that is the least far. */
function several(jobs: readonly BackupJob[]): string {
  const known = jobs.flatMap(({ progress }) => progress?.percent ?? []);
  const count = l10n.t('{0} jobs', jobs.length);
  return known.length < jobs.length
    ? count
    : joinWithDots(count, `${Math.floor(Math.min(...known, 99))}%`);
}

function what(job: BackupJob, labelOf: LabelOf): string {
  switch (job.type) {
    case 'backup':
      return l10n.t('Backup {0}', jobConnection(job, labelOf));
    case 'restore':
      return l10n.t('Restore {0}', jobTarget(job, labelOf));
    case 'verify':
      return l10n.t('Verify {0}', jobFileName(job));
  }
}

function share(job: BackupJob): string {
  if (job.status === 'pending') return l10n.t('waiting');
  return job.status === 'cancelling' ? phaseText('cancelling') : percentText(job.progress);
}

function how(job: BackupJob): string {
  const waits = job.progress?.lockWait !== undefined;
  const what = waits ? activityText(job.progress) : activeObjectsText(job.progress);
  return joinWithDots(share(job), what, remainingText(job.progress));
}
