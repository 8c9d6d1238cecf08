import type { BackupContext, RestoreContext } from './context';
import type { BackupOptions, RestoreOptions } from './options';

/** Where the tool is and how it reaches the server; never a secret. */
export interface CommandTarget {
  /** Path of the executable. */
  file: string;
  /** `--host=… --dbname=…`, as the host made them. */
  connectionArgs: string[];
}

/** argv of the backup, with the final path in place of the partial's. */
export function backupCommand(
  options: BackupOptions,
  context: BackupContext,
  target: CommandTarget,
): string[] {
  void options;
  void context;
  return [target.file, ...target.connectionArgs];
}

/** argv of the restore: pg_restore, or psql for scripts. */
export function restoreCommand(
  options: RestoreOptions,
  context: RestoreContext,
  target: CommandTarget,
): string[] {
  void options;
  void context;
  return [target.file, ...target.connectionArgs];
}
