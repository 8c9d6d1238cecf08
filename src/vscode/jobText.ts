import * as vscode from 'vscode';
import type { BackupJob, BackupProgress, TargetState } from '../core/jobs/job';

/** A phase's code in words. */
export function phaseText(phase: string): string {
  switch (phase) {
    case 'starting':
      return vscode.l10n.t('Starting');
    case 'reading':
      return vscode.l10n.t('Reading the catalog');
    case 'dumping':
      return vscode.l10n.t('Dumping');
    case 'creatingDatabase':
      return vscode.l10n.t('Creating the database');
    case 'restoring':
      return vscode.l10n.t('Restoring');
    case 'finishing':
      return vscode.l10n.t('Finishing');
    case 'cancelling':
      return vscode.l10n.t('Cancelling');
    default:
      return phase;
  }
}

/** `Dumping app.orders (12 of 43)` */
export function progressText(progress: BackupProgress | null): string {
  if (progress === null) return phaseText('starting');
  const parts = [phaseText(progress.phase)];
  if (progress.currentObject !== null) parts.push(progress.currentObject);
  if (progress.objectsTotal !== null && progress.objectsTotal > 0) {
    parts.push(vscode.l10n.t('({0} of {1})', progress.objectsCompleted, progress.objectsTotal));
  }
  return parts.join(' ');
}

/** What a restore that did not go through left behind. */
export function targetStateText(state: TargetState | null): string {
  switch (state) {
    case 'untouched':
      return vscode.l10n.t('Nothing was changed in the database.');
    case 'rolledBack':
      return vscode.l10n.t('All changes were rolled back.');
    case 'partial':
      return vscode.l10n.t('The database is left partly restored.');
    case 'databaseDropped':
      return vscode.l10n.t('The database that was created for it was dropped again.');
    case 'unknown':
      return vscode.l10n.t('It is not known in what state the database is.');
    case null:
      return '';
  }
}

export function sizeText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return `${value.toLocaleString(vscode.env.language, { maximumFractionDigits: digits })} ${units[power] ?? ''}`;
}

/** `3.2 s`, `4 min 12 s`, `1 h 03 min` */
export function durationText(job: BackupJob): string {
  if (job.startTime === null || job.endTime === null) return '';
  const seconds = (Date.parse(job.endTime) - Date.parse(job.startTime)) / 1000;
  if (seconds < 60) return vscode.l10n.t('{0} s', seconds.toFixed(1));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return vscode.l10n.t('{0} min {1} s', minutes, Math.floor(seconds % 60));
  return vscode.l10n.t(
    '{0} h {1} min',
    Math.floor(minutes / 60),
    String(minutes % 60).padStart(2, '0'),
  );
}
