import * as l10n from '@vscode/l10n';
import { errorCountOf, type BackupJob } from '../model/job';
import { formatBytes } from './formatBytes';
import { jobDurationText } from './jobText';
import type { VerifyLevel } from '../model/options';
import { baseName } from './paths';

/** The name of a connection, by its id. */
export type LabelOf = (connectionId: string) => string;

const sameLabel: LabelOf = (id) => id;

/** The file that a job reads or writes. Absolute; '' where it is not known yet. */
export function jobFile({ options, outputPath }: BackupJob): string {
  return 'inputPath' in options ? options.inputPath : (outputPath ?? options.outputPath);
}

/** Its last part. */
export function jobFileName(job: BackupJob): string {
  return baseName(jobFile(job));
}

/**
 * The name of a job's connection as of the time when the job was requested, because in another
 * workspace the same id may mean another connection.
 */
export function jobConnection(
  { options, origin }: BackupJob,
  labelOf: LabelOf = sameLabel,
): string {
  return origin?.connection ?? labelOf(options.connectionId ?? '');
}

/** What a backup is of: the connection, and another database than its own by name. */
function jobSource(job: BackupJob, labelOf: LabelOf = sameLabel): string {
  const name = jobConnection(job, labelOf);
  const database = 'database' in job.options ? job.options.database : null;
  return database === null || database === undefined ? name : `${name} (${database})`;
}

/** The database that is restored into, as far as the request names it; else the connection. */
export function jobTarget(job: BackupJob, labelOf: LabelOf = sameLabel): string {
  const { options } = job;
  const named = 'targetDatabase' in options ? options.targetDatabase : null;
  return named ?? jobConnection(job, labelOf);
}

/** `Backing up Shop to shop.dump`: what a job that runs does. */
export function jobTitle(job: BackupJob, labelOf: LabelOf = sameLabel): string {
  const name = jobFileName(job);
  switch (job.type) {
    case 'backup':
      return l10n.t('Backing up {0} to {1}', jobSource(job, labelOf), name);
    case 'restore':
      return l10n.t('Restoring {0} into {1}', name, jobTarget(job, labelOf));
    case 'verify':
      return l10n.t('Verifying {0}', name);
  }
}

/** Name of a level of verification. */
export function verifyLevelText(level: VerifyLevel): string {
  switch (level) {
    case 'structure':
      return l10n.t('structure');
    case 'fullRead':
      return l10n.t('full read');
    case 'trialRestore':
      return l10n.t('trial restore');
  }
}

/** One sentence about a job that has ended, without the cause of a failure. */
export function outcomeTitle(job: BackupJob, labelOf: LabelOf = sameLabel): string {
  switch (job.type) {
    case 'backup':
      return backupOutcome(job);
    case 'restore':
      return restoreOutcome(job, labelOf);
    case 'verify':
      return verifyOutcome(job);
  }
}

function backupOutcome(job: BackupJob): string {
  const duration = jobDurationText(job);
  switch (job.status) {
    case 'completed':
    case 'completedWithErrors':
      return job.sizeBytes === null
        ? l10n.t('Backup finished in {0}: {1}', duration, jobFileName(job))
        : l10n.t(
            'Backup finished in {0}: {1}, {2}',
            duration,
            jobFileName(job),
            formatBytes(job.sizeBytes),
          );
    case 'cancelled':
      return l10n.t('Backup cancelled after {0}. No partial file was left.', duration);
    case 'lost':
      return lostText();
    case 'failed':
    case 'pending':
    case 'running':
    case 'cancelling':
      return l10n.t('The backup failed.');
  }
}

function restoreOutcome(job: BackupJob, labelOf: LabelOf): string {
  const words = [jobFileName(job), jobTarget(job, labelOf), jobDurationText(job)] as const;
  const count = errorCountOf(job);
  switch (job.status) {
    case 'completed':
      return l10n.t('Restore of {0} into {1} finished in {2}.', ...words);
    case 'completedWithErrors':
      return count === 1
        ? l10n.t('Restore of {0} into {1} finished in {2} with 1 error.', ...words)
        : l10n.t(
            'Restore of {0} into {1} finished in {2} with {3} errors.',
            ...words,
            count.toLocaleString(),
          );
    case 'cancelled':
      return l10n.t('Restore of {0} into {1} cancelled after {2}.', ...words);
    case 'lost':
      return lostText();
    case 'failed':
    case 'pending':
    case 'running':
    case 'cancelling':
      return l10n.t('The restore failed.');
  }
}

function verifyOutcome(job: BackupJob): string {
  const name = jobFileName(job);
  const level = 'level' in job.options ? verifyLevelText(job.options.level) : '';
  switch (job.status) {
    case 'completed':
      return l10n.t('{0} is whole ({1}, {2}).', name, level, jobDurationText(job));
    case 'completedWithErrors':
      return l10n.t(
        '{0} holds all its rows, but parts of it could not be restored ({1}).',
        name,
        level,
      );
    case 'cancelled':
      return l10n.t('The verification of {0} was cancelled.', name);
    case 'lost':
      return lostText();
    case 'failed':
    case 'pending':
    case 'running':
    case 'cancelling':
      return l10n.t('The verification of {0} failed.', name);
  }
}

function lostText(): string {
  return l10n.t('How this run ended is unknown.');
}

/** Text about harmless errors of a job that has ended; '' when there are none. */
export function harmlessText(job: Pick<BackupJob, 'harmlessErrors'>): string {
  const count = job.harmlessErrors ?? 0;
  if (count === 0) return '';
  return count === 1
    ? l10n.t(
        'One index of a partition could not be dropped by itself: it was dropped with that of its parent. This is harmless.',
      )
    : l10n.t(
        '{0} indexes of partitions could not be dropped by themselves: they were dropped with those of their parents. This is harmless.',
        count,
      );
}
