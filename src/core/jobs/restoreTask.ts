import type { BackupInfo } from '../archive/types';
import type { RestoreOptions } from '../forms/options';
import type { HelpOption } from '../pgtools/browser/help';
import type { ToolInstall } from '../pgtools/types';
import type { JobConnection } from './jobConnection';
import type { CreatedDatabase } from './restoreDatabase';
import type { RestoreArchive } from './restoreInput';

/** A restore of which everything is decided and checked. */
export interface RestoreTask {
  options: RestoreOptions;
  info: BackupInfo;
  /** The archive as it was read for `info`; read now when left out. */
  archive?: RestoreArchive | null | undefined;
  connection: JobConnection;
  /** The database that is restored into. */
  database: string;
  install: ToolInstall;
  /** What the tool has beyond the catalogue. */
  unknownOptions?: readonly HelpOption[] | undefined;
  /** Made by this job, so it is empty and may be dropped again. */
  created: CreatedDatabase | null;
}

/** How a restore that was started went, as far as it got. */
export interface RestoreProgressState {
  /** Did the tool begin to change the database? */
  begun: boolean;
  /** Does the server undo everything when the tool does not come to its end? */
  atomic: boolean;
}
