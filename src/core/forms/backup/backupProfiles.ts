/**
 * Profiles of a backup: one choice that sets format, compression and jobs from what is known about
 * tool, machine and database. Pure. Each rule follows from rows of `npm run bench -- profiles`,
 * which `.github/profiles.md` lists.
 */
import * as l10n from '@vscode/l10n';
import type { CatalogRelation, DatabaseCatalog } from '../../model/catalog';
import { MOST_PROPOSED_JOBS } from '../../model/limits';
import { isClusterBackup, type BackupOptions } from '../../model/options';
import { availableMethods } from '../../pgtools/args/compression';
import { formatBytes } from '../../text/formatBytes';
import type { BackupContext } from '../form/context';
import { backupDefaults } from './backupDefaults';
import { plannedRun } from './backupEstimate';
import { writeCompression, type Compression } from './compressionChoice';

export type BackupProfile = BackupOptions['profile'];

/** The options that a profile reads and sets. */
export type ProfileOptions = Pick<
  BackupOptions,
  'profile' | 'scope' | 'format' | 'compression' | 'jobs' | 'toolOptions' | 'includeOwnership'
> &
  ChosenPart;

/** What tells whether the whole database is backed up. Names of tables may be text, as in the API. */
type ChosenPart = Pick<BackupOptions, 'includeData'> &
  Readonly<
    Record<
      'schemas' | 'tables' | 'excludeSchemas' | 'excludeTables' | 'excludeTableData',
      readonly unknown[] | null
    >
  >;

/** What is known of the place of a backup, beside the server's catalog. */
export interface BackupPlace {
  /**
   * Bytes of rows that the last backups on this connection read in a second, where they waited for
   * the link; null = they did not, or none is known.
   */
  linkRate: number | null;
  /** Bytes that are free where the backup is saved; null = not known. */
  freeBytes: number | null;
}

/** The facts that the profiles depend on; unknown ones are null. */
export interface ProfileFacts
  extends Pick<BackupContext, 'tool' | 'catalog'>, Partial<BackupPlace> {
  /** Cores of the machine that runs pg_dump. */
  cores: number | null;
  /** Does the server run on the same machine, and so on the same cores? Not known when left out. */
  isLocal?: boolean | null;
}

/** What a profile sets. */
export interface ProfileSettings {
  format: BackupOptions['format'];
  compression: Compression;
  jobs: number;
  /** What and why, in one sentence. */
  reason: string;
}

/** Tables of this size, in bytes on disk, are shared out among workers; smaller ones hardly count. */
const LARGE_TABLE = 16 * 1024 * 1024;
/** Bytes of such tables that a second worker needs to gain more than its start costs. */
const WORTH_JOBS = 128 * 1024 * 1024;
/**
 * Most workers for Zstandard on a server whose number of cores is not known: Zstandard is so fast
 * that each worker keeps a core of the server busy.
 */
const ZSTD_JOBS = 2;
/**
 * Bytes a second. A link that is slower is what a backup waits for: gzip 6 takes some 40 MB a second
 * of one core, and cores differ.
 */
const SLOW_LINK = 16e6;
/**
 * Levels of gzip. With several jobs there is time for one that is hardly larger than level 6 (1.09
 * of its size, 0.8 of its time in one job); alone, level 2 has the most for its time (1.2, 0.5).
 */
const GZIP_LEVELS = { alone: 2, shared: 4 } as const;

const NONE: Compression = { method: 'none', level: 0, long: false };

/** Does the server run on the machine of the tools? null = not known. */
export function isOnThisMachine(
  server: BackupContext['server'],
  connection: BackupContext['connection'],
): boolean | null {
  if (connection?.ssh !== undefined) return false;
  return server?.isLocal ?? null;
}

/** The settings of a profile; null = none, the user chooses them one by one. */
export function profileSettings(
  profile: BackupProfile,
  facts: ProfileFacts,
): ProfileSettings | null {
  switch (profile) {
    case 'recommended':
      return recommended(facts);
    case 'smallest':
      return strongest(facts);
    case 'fastest':
      return fastest(facts);
    case 'portable':
      return {
        format: 'plain',
        compression: NONE,
        jobs: 1,
        reason: l10n.t(
          'A plain script: every version of psql runs it, and it can be read and edited. It is large, and restored by one job.',
        ),
      };
    case 'custom':
      return null;
  }
}

/**
 * The facts that count for these options: nobody knows beforehand what a part of a database takes, and
 * definitions alone are nothing that jobs could share.
 */
export function factsFor(options: ChosenPart, facts: ProfileFacts): ProfileFacts {
  const { schemas, tables, excludeSchemas, excludeTables, excludeTableData } = options;
  const lists = [schemas, tables, excludeSchemas, excludeTables, excludeTableData];
  const whole = options.includeData && lists.every((list) => (list?.length ?? 0) === 0);
  if (whole) return facts;
  return { ...facts, freeBytes: null, catalog: options.includeData ? facts.catalog : null };
}

/** The options with what their profile sets; as they are while the tool is unknown. */
export function withProfile<O extends ProfileOptions>(options: O, facts: ProfileFacts): O {
  if (isClusterBackup(options) || facts.tool === null) return options;
  const settings = profileSettings(options.profile, factsFor(options, facts));
  if (settings === null) return options;
  const { format, compression, jobs } = settings;
  const next = { ...writeCompression(options, compression), format, jobs };
  // An archive always holds the ownership.
  return format === 'plain' ? next : { ...next, includeOwnership: true };
}

/** Does this change set by hand what the profile sets? */
export function leavesProfile(options: BackupOptions, patch: Partial<BackupOptions>): boolean {
  if (patch.profile !== undefined) return patch.profile === 'custom';
  if (options.profile === 'custom') return false;
  const next = { ...options, ...patch };
  const direct = (['format', 'compression', 'jobs'] as const).some((n) => next[n] !== options[n]);
  return direct || next.toolOptions['compress'] !== options.toolOptions['compress'];
}

/** What the profile has set, as choices of the user's own from now on. */
export function keptFromProfile(options: BackupOptions): Partial<BackupOptions> {
  const { format, compression, jobs, toolOptions } = options;
  return { profile: 'custom', format, compression, jobs, toolOptions };
}

function recommended(facts: ProfileFacts): ProfileSettings {
  const usual = has(facts, 'zstd') ? recommendedZstd : recommendedGzip;
  return roomFor(overSlowLink(facts) ?? usual(facts), facts);
}

/** Recommended where room does not matter, with Zstandard. */
function recommendedZstd(facts: ProfileFacts): ProfileSettings {
  const jobs = Math.max(1, Math.min(zstdJobs(facts), facts.cores ?? 1, busyJobs(facts)));
  return {
    ...oneFile('zstd', 1),
    jobs,
    reason:
      jobs > 1
        ? l10n.t(
            'One custom archive, Zstandard level 1, written by {0} jobs: several times faster than gzip, and usually smaller.',
            jobs,
          )
        : l10n.t(
            'One custom archive, Zstandard level 1: several times faster than gzip, and usually smaller.',
          ),
  };
}

/** Recommended where room does not matter, with a pg_dump that has gzip only. */
function recommendedGzip(facts: ProfileFacts): ProfileSettings {
  const jobs = gzipJobs(facts);
  return jobs > 1
    ? {
        ...oneFile('gzip', GZIP_LEVELS.shared),
        jobs,
        reason: l10n.t(
          'One custom archive, gzip level {0} (this pg_dump has no Zstandard), written by {1} jobs: they compress the large tables at the same time.',
          GZIP_LEVELS.shared,
          jobs,
        ),
      }
    : {
        ...oneFile('gzip', GZIP_LEVELS.alone),
        reason: l10n.t(
          'One custom archive, gzip level {0} (this pg_dump has no Zstandard): about half the time of the usual level 6, and somewhat larger.',
          GZIP_LEVELS.alone,
        ),
      };
}

/**
 * While the link is waited for, jobs gain nothing, and there is time for gzip's usual level. Zstandard
 * stays at level 1: up to level 15 no other is smaller with every kind of data.
 */
function overSlowLink(facts: ProfileFacts): ProfileSettings | null {
  const { linkRate = null, isLocal } = facts;
  if (linkRate === null || linkRate >= SLOW_LINK || isLocal === true) return null;
  const settings = has(facts, 'zstd') ? oneFile('zstd', 1) : oneFile('gzip', 6);
  return {
    ...settings,
    reason: l10n.t(
      '{0} The last backups waited for the link ({1} per second), so several jobs would gain nothing.',
      whatIs(settings),
      formatBytes(linkRate),
    ),
  };
}

/** The settings as they suit the room that is left: a joined archive takes more until it is done. */
function roomFor(settings: ProfileSettings, facts: ProfileFacts): ProfileSettings {
  const { catalog, freeBytes = null } = facts;
  if (catalog === null || freeBytes === null) return settings;
  const needed = expectedBytes(settings, catalog);
  if (needed.file > freeBytes) {
    const small = strongest(facts);
    const reason = l10n.t(
      '{0} The room where it is saved is short ({1}), so it is made small.',
      whatIs(small),
      formatBytes(freeBytes),
    );
    return { ...small, reason };
  }
  if (settings.jobs === 1 || needed.joined <= freeBytes) return settings;
  const serial = { ...settings, jobs: 1 };
  const reason = l10n.t(
    '{0} The room where it is saved ({1}) is too short for the files of several jobs.',
    whatIs(serial),
    formatBytes(freeBytes),
  );
  return { ...serial, reason };
}

/** Expected bytes of the file, and of the file with what several jobs write before it is done. */
function expectedBytes(
  { compression, format, jobs }: ProfileSettings,
  { relations, largeObjects }: DatabaseCatalog,
): { file: number; joined: number } {
  const some = { ...backupDefaults(format), connectionId: '', outputPath: '', jobs };
  const options = writeCompression(some, compression);
  const tables = relations.filter(({ kind }) => kind === 'table');
  const largest = tables.reduce<CatalogRelation[]>(
    ([most], each) => [most === undefined || each.bytes > most.bytes ? each : most],
    [],
  );
  const bytes = (of: CatalogRelation[], objects: number): number =>
    plannedRun(options, { tables: of, largeObjects: objects, relations: of.length }).bytes;
  const file = bytes(tables, largeObjects);
  return { file, joined: file + bytes(largest, 0) };
}

/** Format and compression in one sentence. */
function whatIs({ compression: { method, level } }: Pick<ProfileSettings, 'compression'>): string {
  return method === 'zstd'
    ? l10n.t('One custom archive, Zstandard level {0}.', level)
    : l10n.t('One custom archive, gzip level {0}.', level);
}

/**
 * The smallest file. Of Zstandard, levels 3 to 15 are larger than level 1 with some data; those above
 * 16 gain or lose a few percent, for up to four times its time.
 */
function strongest(facts: ProfileFacts): ProfileSettings {
  return has(facts, 'zstd')
    ? {
        ...oneFile('zstd', 16),
        reason: l10n.t(
          'One custom archive, Zstandard level 16: the smallest, and many times as slow as recommended.',
        ),
      }
    : {
        ...oneFile('gzip', 9),
        reason: l10n.t(
          'One custom archive, gzip level 9: takes longer, and is little smaller than with level 6.',
        ),
      };
}

function fastest(facts: ProfileFacts): ProfileSettings {
  const jobs = Math.min(MOST_PROPOSED_JOBS, facts.cores ?? 1, Math.max(1, busyJobs(facts)));
  const method = has(facts, 'lz4') ? 'lz4' : 'none';
  const compression: Compression = method === 'lz4' ? { method, level: 1, long: false } : NONE;
  if (jobs === 1) {
    return {
      format: 'custom',
      compression,
      jobs,
      reason:
        method === 'lz4'
          ? l10n.t('One custom archive, LZ4: hardly any work for the processor, but large.')
          : l10n.t('One custom archive without compression (this pg_dump has no LZ4): large.'),
    };
  }
  return {
    format: 'directory',
    compression,
    jobs,
    reason:
      method === 'lz4'
        ? l10n.t('A directory written by {0} jobs, LZ4: several tables at the same time.', jobs)
        : l10n.t('A directory written by {0} jobs without compression: large.', jobs),
  };
}

function oneFile(method: string, level: number): Omit<ProfileSettings, 'reason'> {
  return { format: 'custom', compression: { method, level, long: false }, jobs: 1 };
}

/** Was this pg_dump built with the method? False while the tool is unknown. */
function has({ tool }: ProfileFacts, method: 'zstd' | 'lz4'): boolean {
  if (tool === null) return false;
  return availableMethods(tool.version, tool.compressionMethods).some(
    (each) => each.method === method,
  );
}

/**
 * How many workers shorten a backup whose speed gzip limits. Each keeps a core busy to compress, and,
 * where the server may run on this machine too, one for the server's process that reads the rows.
 */
function gzipJobs(facts: ProfileFacts): number {
  const cores = facts.cores ?? 1;
  const ours = facts.isLocal === false ? cores : Math.floor(cores / 2);
  return Math.max(1, Math.min(MOST_PROPOSED_JOBS, ours, busyJobs(facts)));
}

/** Most workers for Zstandard: on the server's machine, half of the cores are the server's. */
function zstdJobs({ isLocal, cores }: ProfileFacts): number {
  if (isLocal !== true || cores === null) return ZSTD_JOBS;
  return Math.max(ZSTD_JOBS, Math.min(MOST_PROPOSED_JOBS, Math.floor(cores / 2)));
}

/** How many workers have something to do while one of them dumps the largest table. */
function busyJobs({ catalog, tool }: ProfileFacts): number {
  // One stream is written by one job.
  if (tool?.streams === true) return 1;
  let sum = 0;
  let largest = 0;
  for (const { kind, bytes } of catalog?.relations ?? []) {
    if (kind !== 'table' || bytes < LARGE_TABLE) continue;
    sum += bytes;
    largest = Math.max(largest, bytes);
  }
  return sum < WORTH_JOBS ? 1 : Math.round(sum / largest);
}
