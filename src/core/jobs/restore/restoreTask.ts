import type { ByteRange } from '../../archive/bytes/pieces';
import type { BackupInfo } from '../../model/archive';
import type { RestoreOptions } from '../../model/options';
import type { HelpOption, ToolInstall } from '../../model/tools';
import type { JobConnection } from '../job/jobConnection';
import type { CreatedDatabase } from './restoreDatabase';
import type { RestoreArchive } from './input/restoreInput';
import type { Permission } from './restorePermission';
import type { ScriptEffect } from './script/scriptEffect';

/** A restore of which everything is decided and checked. */
export interface RestoreTask {
  /** A task needs a permission: without one no tool that restores can be started. */
  permission: Permission;
  options: RestoreOptions;
  info: BackupInfo;
  /** The archive as it was read for `info`; read now when left out. */
  archive?: RestoreArchive | null | undefined;
  /** Where a script has the rows of large tables, as far as it is known. */
  largeRows?: readonly ByteRange[] | undefined;
  connection: JobConnection;
  /** The database that is restored into. */
  database: string;
  install: ToolInstall;
  /** Options of the tool that the catalogue does not know. */
  unknownOptions?: readonly HelpOption[] | undefined;
  /** Made by this job, so it is empty and may be dropped again. */
  created: CreatedDatabase | null;
}

/** How a restore that was started went, as far as it got. */
export interface RestoreProgressState {
  /** Did the tool begin to change the database? */
  begun: boolean;
  /** The first statement that would have changed something failed, and nothing came after it. */
  failedAtOnce?: boolean;
  /** Does the server roll everything back when the tool fails? */
  atomic: boolean;
  /** Of a script, which tells more: the others are of archives. */
  effect?: ScriptEffect;
}
