/** The options of a backup, a restore and a verification, as forms, command API and jobs share them. */
import type { backupFields } from './backupFields';
import type { DefaultsOf, OptionalOf, OptionsOf, RememberedOf } from './optionFields';
import type { BackupFormat } from './optionValues';
import type { restoreFields, verifyFields } from './restoreFields';

export type {
  BackupFormat,
  BackupScope,
  DatabaseChoice,
  OptionValue,
  RoleChoice,
  TableRef,
  ToolOptions,
  VerifyLevel,
} from './optionValues';

export interface BackupOptions extends OptionsOf<typeof backupFields> {}
export interface RestoreOptions extends OptionsOf<typeof restoreFields> {}
export interface VerifyOptions
  extends OptionsOf<typeof verifyFields>, OptionalOf<typeof verifyFields> {}

/** Initial options of a new form, without the required fields. */
export interface BackupDefaults extends DefaultsOf<typeof backupFields> {}
export interface RestoreDefaults extends DefaultsOf<typeof restoreFields> {}

/** The backup options that are remembered for a connection. */
export interface RememberedBackup extends RememberedOf<typeof backupFields> {}

/** The restore options that are remembered for a connection. */
export interface RememberedRestore extends RememberedOf<typeof restoreFields> {}

/** Formats that several workers can write: pg_dump's own, and what is joined from it. */
export const PARALLEL_FORMATS: ReadonlySet<BackupFormat> = new Set(['directory', 'custom']);

/**
 * pg_dump writes one file by one process. A custom archive by several jobs is written as a
 * directory, whose members are then joined into one file.
 */
export function isJoined({ format, jobs }: Pick<BackupOptions, 'format' | 'jobs'>): boolean {
  return format === 'custom' && jobs > 1;
}

/** The format that the tool itself writes. */
export function writtenFormat(options: Pick<BackupOptions, 'format' | 'jobs'>): BackupFormat {
  return isJoined(options) ? 'directory' : options.format;
}

/** Is it made by pg_dumpall, rather than by pg_dump? */
export function isClusterBackup({ scope }: Pick<BackupOptions, 'scope'>): boolean {
  return scope !== 'database';
}

/** The directory beside an output that its members are written to. */
export function membersPath(output: string): string {
  return `${output}.members`;
}
