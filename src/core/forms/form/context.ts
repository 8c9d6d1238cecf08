import type { BackupInfo } from '../../model/archive';
import type { DatabaseCatalog, ServerInfo } from '../../model/catalog';
import type { Environment } from '../../model/profile';
import type { ToolAbilities, ToolVersion } from '../../model/tools';

/** What the forms need to know of a connection; a page's summary of one fits. */
export interface FormConnection {
  id: string;
  label: string;
  environment: Environment | null;
  readOnly: boolean;
}

/** What the forms need to know of a tool. */
export interface FormTool extends ToolAbilities {
  version: ToolVersion;
}

/** What a backup form is judged against. What is not known (yet) is null, and not judged. */
export interface BackupContext {
  connection: FormConnection | null;
  server: ServerInfo | null;
  catalog: DatabaseCatalog | null;
  /** The pg_dump that will run. */
  tool: FormTool | null;
}

/** What a restore form is judged against. What is not known (yet) is null, and not judged. */
export interface RestoreContext {
  connection: FormConnection | null;
  server: ServerInfo | null;
  /** The chosen file, as read from itself. */
  info: BackupInfo | null;
  /** The pg_restore, or psql for scripts, that will run. */
  tool: FormTool | null;
  /** Has a job of this machine made the file? Not judged where nobody has looked. */
  madeHere?: boolean | undefined;
}
