/**
 * Profiles of a backup: one choice that sets format, compression and jobs from what is known about
 * tool, machine and database. Pure. Each rule follows from rows of `npm run bench -- profiles`,
 * which "Settings by profile" in the README lists.
 */
import * as l10n from '@vscode/l10n';
import { MOST_PROPOSED_JOBS } from '../../model/limits';
import type { BackupOptions } from '../../model/options';
import { availableMethods } from '../../pgtools/args/compression';
import type { BackupContext } from '../form/context';
import { isClusterBackup } from './clusterBackup';
import { writeCompression, type Compression } from './compressionChoice';

export type BackupProfile = BackupOptions['profile'];

/** The options that a profile reads and sets. */
export type ProfileOptions = Pick<
  BackupOptions,
  'profile' | 'scope' | 'format' | 'compression' | 'jobs' | 'toolOptions' | 'includeOwnership'
>;

/** The facts that the profiles depend on; unknown ones are null. */
export interface ProfileFacts extends Pick<BackupContext, 'tool' | 'catalog'> {
  /** Cores of the machine that runs pg_dump. */
  cores: number | null;
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
 * Most workers for Zstandard: it is so fast that each keeps a core of the server busy, whose number
 * of cores is not known.
 */
const ZSTD_JOBS = 2;

const NONE: Compression = { method: 'none', level: 0, long: false };

/** The settings of a profile; null = none, the user chooses them one by one. */
export function profileSettings(
  profile: BackupProfile,
  facts: ProfileFacts,
): ProfileSettings | null {
  switch (profile) {
    case 'recommended':
      return recommended(facts);
    case 'smallest':
      return smallest(facts);
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

/** The options with what their profile sets; as they are while the tool is unknown. */
export function withProfile<O extends ProfileOptions>(options: O, facts: ProfileFacts): O {
  if (isClusterBackup(options) || facts.tool === null) return options;
  const settings = profileSettings(options.profile, facts);
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
  if (has(facts, 'zstd')) return recommendedZstd(facts);
  const jobs = gzipJobs(facts);
  const base = oneFile('gzip', 1);
  return jobs > 1
    ? {
        ...base,
        jobs,
        reason: l10n.t(
          'One custom archive, gzip level 1 (this pg_dump has no Zstandard), written by {0} jobs: they compress the large tables at the same time.',
          jobs,
        ),
      }
    : {
        ...base,
        reason: l10n.t(
          'One custom archive, gzip level 1 (this pg_dump has no Zstandard): about half the time of the usual level 6, and hardly larger.',
        ),
      };
}

function recommendedZstd(facts: ProfileFacts): ProfileSettings {
  const jobs = Math.max(1, Math.min(ZSTD_JOBS, facts.cores ?? 1, busyJobs(facts)));
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

function smallest(facts: ProfileFacts): ProfileSettings {
  return has(facts, 'zstd')
    ? {
        ...oneFile('zstd', 9),
        reason: l10n.t(
          'One custom archive, Zstandard level 9: takes several times as long as recommended. Higher levels take ten times as long again, for little.',
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
 * How many workers shorten a backup whose speed gzip limits. Each worker needs two cores, because
 * the server may run on this machine too: one to compress, one for the server's process that reads
 * the rows.
 */
function gzipJobs(facts: ProfileFacts): number {
  const byCores = Math.floor((facts.cores ?? 1) / 2);
  return Math.max(1, Math.min(MOST_PROPOSED_JOBS, byCores, busyJobs(facts)));
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
