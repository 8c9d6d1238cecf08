import type { BackupInfo } from '../../model/archive';
import type { DatabaseCatalog, ServerInfo } from '../../model/catalog';
import type { Environment } from '../../model/profile';
import type { ToolAbilities, ToolVersion } from '../../model/tools';

/** The facts about a connection that forms need; a page's summary of one is compatible. */
export interface FormConnection {
  id: string;
  label: string;
  environment: Environment | null;
  readOnly: boolean;
  /** The SSH server through which it is reached; left out where there is none. */
  ssh?: string;
}

/** The facts about a tool that forms need. */
export interface FormTool extends ToolAbilities {
  version: ToolVersion;
  /**
   * The tool runs where it cannot reach this machine's files: data come and go by its standard
   * streams.
   */
  streams?: boolean;
  /** The tool is a program of Windows: it cannot be told every character, nor open long paths. */
  ofWindows?: boolean;
}

/** Context for checking a backup form. Unknown facts are null, and are not checked. */
export interface BackupContext {
  connection: FormConnection | null;
  server: ServerInfo | null;
  catalog: DatabaseCatalog | null;
  /** The pg_dump that will run. */
  tool: FormTool | null;
}

/** Context for checking a restore form. Unknown facts are null, and are not checked. */
export interface RestoreContext {
  connection: FormConnection | null;
  server: ServerInfo | null;
  /** The chosen file, as read from itself. */
  info: BackupInfo | null;
  /** The pg_restore, or psql for scripts, that will run. */
  tool: FormTool | null;
  /** Has a job of this machine made the file? Not checked when left out. */
  madeHere?: boolean | undefined;
  /** Cores of the machine that runs the tool; one job is proposed when left out. */
  cores?: number | undefined;
}
