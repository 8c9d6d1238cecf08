import * as l10n from '@vscode/l10n';
import type {
  BackupEntry,
  BackupListing,
  OrphanManifest,
  Verification,
} from '../../core/model/backups';
import { formatBytes } from '../../core/text/formatBytes';
import { formatDate, formatRelative } from '../../core/text/formatDate';
import { verifyLevelText } from '../../core/text/jobOutcome';
import type { BackupFormat } from '../../core/model/options';
import { baseName } from '../../core/text/paths';
import { joinWithDots, RESULT_COLORS, joinForScreenReader, type ViewItem } from './viewItem';

/** Order and filter of the view. */
export interface BackupOrder {
  by: 'date' | 'name' | 'database' | 'size';
  /** Part of a name, a database, a format, a branch; '' = everything. */
  filter: string;
}

/** What the label of a row shows: what the rows around it leave open. */
export type BackupLabel = 'database' | 'name' | 'date';

/** The row of a backup. `now`: milliseconds. */
export function backupItem(
  entry: BackupEntry,
  labelBy: BackupLabel = 'database',
  now: number = Date.now(),
): ViewItem {
  const moment = entry.created || entry.modified;
  const date = formatDate(moment);
  const size = formatBytes(entry.sizeBytes);
  const verified = verifiedText(entry);
  return {
    id: `backup:${entry.path}`,
    ...labels(entry, labelBy, formatRelative(moment, now)),
    tooltip: tooltip(entry, verified),
    icon: icon(entry),
    contextValue: hasWrongManifest(entry) ? 'backup wrongManifest' : 'backup',
    screenReaderText: joinForScreenReader(
      entry.name,
      databaseText(entry),
      entry.safety === true ? l10n.t('safety backup') : '',
      size,
      date,
      formatText(entry.format),
      verified,
    ),
    children: false,
  };
}

/**
 * The most important part comes first, because a narrow side bar cuts off the end. The tooltip has
 * the file's name.
 */
function labels(
  entry: BackupEntry,
  labelBy: BackupLabel,
  when: string,
): Pick<ViewItem, 'label' | 'description'> {
  const database = databaseText(entry);
  const facts = [
    ...(entry.safety === true ? [l10n.t('safety backup')] : []),
    formatBytes(entry.sizeBytes),
    formatText(entry.format),
  ];
  if (labelBy === 'date') return { label: when, description: joinWithDots(...facts) };
  if (labelBy === 'name' || database === '') {
    return { label: entry.name, description: joinWithDots(database, when, ...facts) };
  }
  return { label: database, description: joinWithDots(when, ...facts) };
}

/** Leftover of an unfinished backup. */
export function leftoverItem(leftover: BackupListing['leftovers'][number]): ViewItem {
  const name = baseName(leftover.path);
  const size = formatBytes(leftover.sizeBytes);
  const what = l10n.t('unfinished, left behind');
  return {
    id: `leftover:${leftover.path}`,
    label: name,
    description: joinWithDots(what, size),
    tooltip: [leftover.path, l10n.t('A backup that never ended left this behind.')],
    icon: { id: 'circle-slash' },
    contextValue: 'leftover',
    screenReaderText: joinForScreenReader(name, what, size),
    children: false,
  };
}

/**
 * Is there a manifest beside it that describes another backup? Then it can be removed on its own.
 */
function hasWrongManifest({ manifest }: BackupEntry): boolean {
  return manifest === 'stale' || manifest === 'unreadable';
}

/** A manifest whose backup was deleted, moved or renamed. */
export function orphanItem(orphan: OrphanManifest): ViewItem {
  const { path, name, database, created } = orphan;
  const what = l10n.t('backup is missing');
  const date = created === '' ? '' : formatDate(created);
  return {
    id: `orphan:${path}`,
    label: name,
    description: joinWithDots(what, date, database),
    tooltip: [path, l10n.t('This manifest is all that is left: its backup was deleted or moved.')],
    icon: { id: 'question' },
    contextValue: 'orphan',
    screenReaderText: joinForScreenReader(name, what, database, date),
    children: false,
  };
}

/** Paths that could not be read. */
export function unreadableItem(problem: BackupListing['problems'][number]): ViewItem {
  const name = baseName(problem.path);
  return {
    id: `unreadable:${problem.path}`,
    label: name,
    description: problem.text,
    tooltip: [problem.path, problem.text],
    icon: { id: 'error', color: RESULT_COLORS.bad },
    contextValue: 'unreadable',
    screenReaderText: joinForScreenReader(name, l10n.t('cannot be read'), problem.text),
    children: false,
  };
}

/** The backups that match the filter, in the chosen order. */
export function orderBackups(entries: readonly BackupEntry[], order: BackupOrder): BackupEntry[] {
  const words = order.filter.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = (entry: BackupEntry): boolean => {
    const text = [entry.name, entry.database, entry.format, entry.git?.branch ?? '']
      .join('\n')
      .toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  };
  const fitting = entries.filter(fits);
  const times = new Map(fitting.map((entry) => [entry, moment(entry)]));
  return fitting.sort(comparison(order.by, (entry) => times.get(entry) ?? 0));
}

/** Description beside the view's title: the filter, and an order other than the default. */
export function orderText({ by, filter }: BackupOrder): string {
  const quoted = filter === '' ? '' : l10n.t('“{0}”', filter);
  return joinWithDots(quoted, by === 'date' ? '' : orderLabel(by));
}

export function orderLabel(by: BackupOrder['by']): string {
  switch (by) {
    case 'date':
      return l10n.t('by date');
    case 'name':
      return l10n.t('by name');
    case 'database':
      return l10n.t('by database');
    case 'size':
      return l10n.t('by size');
  }
}

/** Made once: it compares thousands of names. */
let names: Intl.Collator | undefined;

function comparison(
  by: BackupOrder['by'],
  time: (entry: BackupEntry) => number,
): (a: BackupEntry, b: BackupEntry) => number {
  const collator = (names ??= new Intl.Collator(undefined, { numeric: true }));
  const newer = (a: BackupEntry, b: BackupEntry): number => time(b) - time(a) || byName(a, b);
  const byName = (a: BackupEntry, b: BackupEntry): number => collator.compare(a.name, b.name);
  switch (by) {
    case 'date':
      return newer;
    case 'name':
      return byName;
    case 'database':
      return (a, b) => a.database.localeCompare(b.database) || newer(a, b);
    case 'size':
      return (a, b) => b.sizeBytes - a.sizeBytes || newer(a, b);
  }
}

/** A time without zone is local time. */
function moment({ created, modified }: BackupEntry): number {
  const time = Date.parse(created);
  return Number.isNaN(time) ? Date.parse(modified) || 0 : time;
}

function databaseText({ database, cluster }: BackupEntry): string {
  return cluster ? l10n.t('whole server') : database;
}

function formatText(format: BackupFormat): string {
  switch (format) {
    case 'custom':
      return l10n.t('custom');
    case 'plain':
      return l10n.t('plain');
    case 'directory':
      return l10n.t('directory');
    case 'tar':
      return l10n.t('tar');
  }
}

/** Says whether the backup is known to be complete. */
function verifiedText(entry: BackupEntry): string {
  if (entry.truncated) return l10n.t('truncated');
  if (entry.verified !== null) return verificationText(entry.verified);
  const claimed = newestOf(entry.claims);
  if (claimed !== null) return claimText(claimed);
  return l10n.t('not verified');
}

/** Verifications that only the manifest claims. */
function claimText(claimed: Verification): string {
  return l10n.t('its manifest says: {0}', verificationText(claimed));
}

function newestOf(verifications: BackupEntry['claims']): Verification | null {
  const times = Object.values(verifications).sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return times[0] ?? null;
}

function verificationText({ outcome, level, at }: Verification): string {
  const when = formatDate(at);
  switch (outcome) {
    case 'passed':
      return l10n.t('verified ({0}) {1}', verifyLevelText(level), when);
    case 'passedWithErrors':
      return l10n.t('verified with errors ({0}) {1}', verifyLevelText(level), when);
    case 'failed':
      return l10n.t('damaged ({0}) {1}', verifyLevelText(level), when);
  }
}

function icon({ truncated, verified, claims }: BackupEntry): ViewItem['icon'] {
  if (truncated || verified?.outcome === 'failed') return { id: 'error', color: RESULT_COLORS.bad };
  if (verified?.outcome === 'passed') return { id: 'verified-filled', color: RESULT_COLORS.good };
  if (verified !== null) return { id: 'verified', color: RESULT_COLORS.doubtful };
  // A manifest's claims give no badge, but its doubts are shown.
  if (newestOf(claims)?.outcome === 'failed')
    return { id: 'warning', color: RESULT_COLORS.doubtful };
  return { id: 'archive' };
}

function tooltip(entry: BackupEntry, verified: string): string[] {
  const { created, modified, serverVersion, git, manifest, verifications, claims } = entry;
  const levels = [
    ...Object.values(verifications).map(verificationText),
    ...Object.values(claims).map(claimText),
  ];
  const head = git && [git.branch ?? '', git.commit?.slice(0, 10) ?? ''].filter(Boolean).join(' ');
  return [
    entry.path,
    joinWithDots(
      databaseText(entry) && l10n.t('Database: {0}', databaseText(entry)),
      serverVersion && l10n.t('PostgreSQL {0}', serverVersion),
    ),
    joinWithDots(formatText(entry.format), entry.compression === 'none' ? '' : entry.compression),
    joinWithDots(formatBytes(entry.sizeBytes), formatDate(created || modified)),
    head ? l10n.t('Workspace: {0}', head) : '',
    ...(levels.length > 0 ? levels : [verified]),
    blindText(entry),
    changedText(entry),
    manifestText(manifest),
  ].filter((line) => line !== '');
}

/** Limits of a verification. */
function blindText({ verified, format }: BackupEntry): string {
  if (verified?.blind !== true || verified.outcome === 'failed') return '';
  return format === 'directory'
    ? l10n.t(
        'There were no checksums: a changed character in definitions or rows, or a file of another backup, could go unnoticed.',
      )
    : l10n.t(
        'There were no checksums: a changed character in definitions or rows could go unnoticed.',
      );
}

/** Changes since the verification, and the next step. */
function changedText({ changedSinceVerified, claims }: BackupEntry): string {
  if (changedSinceVerified) {
    return l10n.t('It has changed since it was verified on this machine: verify it again.');
  }
  if (Object.keys(claims).length === 0) return '';
  return l10n.t(
    'The file as it is now has not been verified on this machine: verify it to be sure.',
  );
}

function manifestText(manifest: BackupEntry['manifest']): string {
  switch (manifest) {
    case 'none':
    case 'fresh':
      return '';
    case 'touched':
      return l10n.t('It was copied or rewritten since its manifest was written.');
    case 'stale':
      return l10n.t('Its manifest describes another file that was here before.');
    case 'unreadable':
      return l10n.t('Its manifest cannot be read.');
  }
}

/** The group of the backups of one database. */
export interface BackupGroup {
  database: string;
  entries: BackupEntry[];
}

/**
 * Backups by the databases that they are of, in the order of their first ones. One database, or an
 * order across all of them, has no use for groups: null.
 */
export function groupBackups(
  entries: readonly BackupEntry[],
  { by }: Pick<BackupOrder, 'by'>,
): BackupGroup[] | null {
  if (by === 'name' || by === 'size') return null;
  const groups = new Map<string, BackupEntry[]>();
  for (const entry of entries) {
    const database = databaseText(entry);
    const group = groups.get(database) ?? [];
    group.push(entry);
    groups.set(database, group);
  }
  if (groups.size < 2) return null;
  return [...groups].map(([database, group]) => ({ database, entries: group }));
}

/** What labels show in a list without groups. */
export function labelInOrder({ by }: Pick<BackupOrder, 'by'>): BackupLabel {
  return by === 'name' ? 'name' : 'database';
}

/** The row above the backups of a database. */
export function groupItem({ database, entries }: BackupGroup): ViewItem {
  const label = database === '' ? l10n.t('unknown database') : database;
  const count = entries.length === 1 ? l10n.t('1 backup') : l10n.t('{0} backups', entries.length);
  return {
    id: `group:${database}`,
    label,
    description: count,
    tooltip: [label],
    icon: { id: 'database' },
    contextValue: 'group',
    screenReaderText: joinForScreenReader(l10n.t('Database: {0}', label), count),
    children: 'expanded',
  };
}
