import * as l10n from '@vscode/l10n';
import type { BackupJob, BackupProgress, JobPhase, TargetState } from '../model/job';
import { formatBytes } from './formatBytes';
import { formatDuration, formatRemaining } from './formatDuration';
import { lockText } from './lockText';

/** A phase's code in words. */
export function phaseText(phase: JobPhase): string {
  switch (phase) {
    case 'starting':
      return l10n.t('Starting…');
    case 'reading':
      return l10n.t('Reading the catalog');
    case 'dumping':
      return l10n.t('Dumping');
    case 'joining':
      return l10n.t('Joining into one file');
    case 'safetyBackup':
      return l10n.t('Making the safety backup');
    case 'creatingDatabase':
      return l10n.t('Creating the database');
    case 'restoring':
      return l10n.t('Restoring');
    case 'verifying':
      return l10n.t('Verifying');
    case 'countingRows':
      return l10n.t('Counting rows');
    case 'swapping':
      return l10n.t('Exchanging the databases');
    case 'finishing':
      return l10n.t('Finishing');
    case 'cancelling':
      return l10n.t('Cancelling…');
  }
}

/** The state in which a failed or cancelled restore left the database. */
export function targetStateText(state: TargetState): string {
  switch (state) {
    case 'untouched':
      return l10n.t('The database was not changed.');
    case 'rolledBack':
      return l10n.t('Everything was rolled back: the database is as it was before.');
    case 'partial':
      return l10n.t('The database may hold part of what was to be restored.');
    case 'databaseDropped':
      return l10n.t('The database that was created for this restore was dropped again.');
    case 'unknown':
      return l10n.t('The state in which this left the database is unknown.');
  }
}

/** Wall time of a job that has ended, in milliseconds. */
function jobDuration(job: Pick<BackupJob, 'startTime' | 'endTime' | 'progress'>): number {
  const from = Date.parse(job.startTime ?? '');
  const to = Date.parse(job.endTime ?? '');
  // A wall clock that was set back meanwhile would make it negative.
  if (Number.isNaN(from) || Number.isNaN(to) || to < from) return job.progress?.elapsedMs ?? 0;
  return to - from;
}

/** Duration of a job in words, `3 min 05 s`. */
export function jobDurationText(
  job: Pick<BackupJob, 'startTime' | 'endTime' | 'progress'>,
): string {
  return formatDuration(jobDuration(job));
}

/** Activity of a running job: its phase, or that it waits for a lock. */
export function doingText(progress: BackupProgress | null): string {
  if (progress?.lockWait !== undefined) return l10n.t('Waiting for a lock');
  return phaseText(progress?.phase ?? 'starting');
}

/**
 * Activity with its object: `Dumping app.orders`, `Waiting for a lock: app.orders, blocked by …`.
 */
export function activityText(progress: BackupProgress | null): string {
  const [doing, inFlight] = [doingText(progress), activeObjectsText(progress)];
  if (inFlight === '') return doing;
  return progress?.lockWait === undefined ? `${doing} ${inFlight}` : `${doing}: ${inFlight}`;
}

/** `43%`, or that it cannot be known yet. Never 100 while it runs. */
export function percentText(progress: BackupProgress | null): string {
  const percent = shownPercent(progress);
  if (percent !== null) return l10n.t('{0}%', percent);
  return progress?.lockWait === undefined ? l10n.t('Estimating…') : l10n.t('Waiting');
}

/** Whole percent of a job that runs, rounded down, at most 99; null = not known. */
export function shownPercent(progress: BackupProgress | null): number | null {
  const percent = progress?.percent ?? null;
  if (percent === null || Number.isNaN(percent)) return null;
  return Math.max(0, Math.min(99, Math.floor(percent)));
}

/** The quarter that a job has completed between two updates; null = none. */
export function milestone(
  before: BackupProgress | null,
  after: BackupProgress | null,
): 25 | 50 | 75 | null {
  const from = shownPercent(before) ?? 0;
  const to = shownPercent(after) ?? 0;
  return ([75, 50, 25] as const).find((quarter) => from < quarter && to >= quarter) ?? null;
}

/** `1 min 50 s left`; '' while it cannot be estimated. */
export function remainingText(progress: BackupProgress | null): string {
  const left = progress?.remainingMs ?? null;
  if (left === null) return '';
  const isEarly = (shownPercent(progress) ?? 0) < EARLY_PERCENT;
  return isEarly
    ? l10n.t('about {0} left', formatRemaining(left))
    : l10n.t('{0} left', formatRemaining(left));
}

/** Below this, the time left is a guess from too little, and is called so. */
const EARLY_PERCENT = 20;

/**
 * What is being worked on, the newest first, e.g. `app.orders +2`, or whose lock holds it up; '' when
 * nothing is known.
 */
export function activeObjectsText(progress: BackupProgress | null): string {
  if (progress === null) return '';
  if (progress.lockWait !== undefined) return lockText(progress.lockWait);
  const { currentObject, currentObjects } = progress;
  const newest = currentObject ?? currentObjects.at(-1);
  if (newest === undefined) return '';
  const others = currentObjects.filter((name) => name !== newest).length;
  return others === 0 ? newest : l10n.t('{0} +{1}', newest, others);
}

/** `12 of 40 objects`, `3 objects`; '' before the first. */
function objectsText(progress: BackupProgress): string {
  const { objectsTotal, objectsCompleted } = progress;
  const done = objectsCompleted.toLocaleString();
  if (objectsTotal !== null && objectsTotal > 0) {
    return l10n.t('{0} of {1} objects', done, objectsTotal.toLocaleString());
  }
  if (objectsCompleted === 0) return '';
  return objectsCompleted === 1 ? l10n.t('1 object') : l10n.t('{0} objects', done);
}

/** Objects, rows, bytes and rate, as far as they are known. */
export function countTexts(progress: BackupProgress): string[] {
  const { rows, bytesWritten, bytesPerSecond } = progress;
  return [
    objectsText(progress),
    rowsText(rows),
    bytesWritten > 0 ? formatBytes(bytesWritten) : '',
    bytesPerSecond === null || bytesPerSecond < 1
      ? ''
      : l10n.t('{0}/s', formatBytes(bytesPerSecond)),
  ].filter((text) => text !== '');
}

function rowsText(rows: number | null): string {
  if (rows === null || rows === 0) return '';
  return rows === 1 ? l10n.t('1 row') : l10n.t('{0} rows', rows.toLocaleString());
}

/** `43% · Dumping app.orders (12 of 43) · 1 min 50 s left`: a running job in one line. */
export function progressText(progress: BackupProgress | null): string {
  if (progress === null) return phaseText('starting');
  const doing = [activityText(progress)];
  const { objectsTotal, objectsCompleted } = progress;
  if (objectsTotal !== null && objectsTotal > 0) {
    doing.push(
      l10n.t('({0} of {1})', objectsCompleted.toLocaleString(), objectsTotal.toLocaleString()),
    );
  }
  const known = shownPercent(progress) !== null;
  return [known ? percentText(progress) : '', doing.join(' '), remainingText(progress)]
    .filter((text) => text !== '')
    .join(' · ');
}
