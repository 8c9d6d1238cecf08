/** The options of a backup, a restore and a verification, as forms, command API and jobs share them. */
import type { backupFields } from './backupFields';
import type { DefaultsOf, OptionalOf, OptionsOf, RememberedOf } from './optionFields';
import type { restoreFields, verifyFields } from './restoreFields';

export type {
  BackupFormat,
  BackupScope,
  OptionValue,
  TableRef,
  ToolOptions,
  VerifyLevel,
} from './optionValues';

export interface BackupOptions extends OptionsOf<typeof backupFields> {}
export interface RestoreOptions extends OptionsOf<typeof restoreFields> {}
export interface VerifyOptions
  extends OptionsOf<typeof verifyFields>, OptionalOf<typeof verifyFields> {}

/** What a new form holds; what has to be given is not among it. */
export interface BackupDefaults extends DefaultsOf<typeof backupFields> {}
export interface RestoreDefaults extends DefaultsOf<typeof restoreFields> {}

/** What of a backup comes back the next time a form is opened for the same connection. */
export interface RememberedBackup extends RememberedOf<typeof backupFields> {}

/** What of a restore comes back. */
export interface RememberedRestore extends RememberedOf<typeof restoreFields> {}
