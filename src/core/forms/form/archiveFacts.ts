import type { BackupInfo, ScriptEncoding } from '../../model/archive';
import type { RestoreContext } from './context';

/**
 * The major of a version as pg_dump writes it into its files, e.g. `17.11 (Debian …)`; null =
 * unknown.
 */
export function majorOf(version: string): number | null {
  const digits = /^\s*(\d+)/.exec(version)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** A script for psql, not an archive for pg_restore. */
export function isScript(info: BackupInfo | null): boolean {
  return info?.format === 'plain';
}

/** How the bytes of a script are to be read. */
export function scriptEncoding({ warnings }: Pick<BackupInfo, 'warnings'>): ScriptEncoding {
  if (warnings.includes('utf16be')) return 'utf16be';
  return warnings.includes('utf16') ? 'utf16le' : 'utf8';
}

/**
 * Will the restore make the target report an error whatever is in the file? pg_restore from 17 on
 * sets `transaction_timeout`, which older servers do not know. Harmless, unless the restore stops at
 * errors.
 */
export function setsUnknownTimeout({ info, server, tool }: RestoreContext): boolean {
  if (info === null || server === null || server.major >= 17) return false;
  // In a script, the statement is removed on its way to psql.
  return !isScript(info) && (tool?.version.major ?? 0) >= 17;
}
