import type { PlaceId, Remedy, RemedyId } from '../../../model/findings/findings';
import type { JobError } from '../../../model/job';

/** Errors of one kind, and what they name. */
export interface Culprits {
  names: Set<string>;
  /** The first of them. */
  errors: JobError[];
  /** The entries of the archive that all of them are about. */
  dumpIds: Set<number>;
  /** The role of the connection; null = it is not known. */
  user: string | null;
}

export const OTHER_CONNECTION = place('otherConnection');
export const CONNECTION_SETTINGS = place('connectionSettings');

/** SQL for the clipboard; none where there is none. */
export function copying(id: RemedyId, statements: readonly string[]): Remedy[] {
  return statements.length === 0 ? [] : [{ id, kind: 'copy', text: statements.join('\n') }];
}

export function place(id: PlaceId): Remedy {
  return { id, kind: 'place' };
}

/** Four times what a server has at first: enough for some 20,000 tables at 100 connections. */
const LOCKS = 256;

/** The setting is read when the server starts. */
export const LOCK_SETTING = copying('copyLockSetting', [
  `ALTER SYSTEM SET max_locks_per_transaction = ${LOCKS};`,
  '-- Takes effect when the server is restarted.',
]);

/** The four ways out of a conflict between a query on a standby and its replay. */
export const STANDBY_WAYS: readonly Remedy[] = [
  OTHER_CONNECTION,
  ...copying('copyStandbyDelay', [
    "ALTER SYSTEM SET max_standby_streaming_delay = '1h';",
    "ALTER SYSTEM SET max_standby_archive_delay = '1h';",
    'SELECT pg_reload_conf();',
  ]),
  ...copying('copyStandbyFeedback', [
    'ALTER SYSTEM SET hot_standby_feedback = on;',
    'SELECT pg_reload_conf();',
  ]),
  ...copying('copyReplayPause', [
    'SELECT pg_wal_replay_pause();',
    '-- Afterwards, or the standby stays behind:',
    'SELECT pg_wal_replay_resume();',
  ]),
];
