/** Messages between pages and host. Plain JSON, no secrets. */
import type { DatabaseCatalog, ServerInfo } from '../core/model/catalog';
import type { Environment } from '../core/model/profile';
import type { ErrorProblem } from '../core/model/findings/errorProblems';
import type { BackupJob } from '../core/model/job';
import type { ChoiceReason, ToolAbilities, ToolVersion } from '../core/model/tools';

export interface ConnectionSummary {
  id: string;
  label: string;
  /** e.g. `db.example:5432/shop`, also where parts of it are left to libpq. */
  target: string;
  /** Address without a database, for sentences that name one: `db.example:5432`. */
  address: string;
  environment: Environment | null;
  readOnly: boolean;
  /** The SSH server through which it is reached; left out where there is none. */
  ssh?: string;
  /**
   * The connection comes with the workspace and was never used here: nothing connects before the
   * user chooses it.
   */
  unused?: true;
}

/** The tool that will run. */
export interface ToolSummary extends ToolAbilities {
  /** Absolute path of the executable. */
  file: string;
  version: ToolVersion;
  reason: ChoiceReason;
  /** It runs where this machine's files are not. */
  streams?: boolean;
  /** It is a program of Windows: it cannot be told every character, nor open long paths. */
  ofWindows?: boolean;
}

/** An installed tool that could be chosen. */
export interface ToolCandidate {
  /** The directory that `toolDir` names. */
  dir: string;
  file: string;
  version: ToolVersion;
  /** Why it is the one that will run; null = another one will. */
  reason: ChoiceReason | null;
  usable: boolean;
  /** Why it cannot be used here, as a sentence. */
  whyNot?: string;
}

/** A problem as the user reads it, with what can be done about it. */
export interface ProblemReport {
  message: string;
  /** The tool's or the server's own words. */
  detail?: string;
  actions: ProblemAction[];
}

export type ProblemAction =
  | 'setPassword'
  | 'editConnections'
  | 'addConnection'
  | 'chooseToolsFolder'
  | 'installTools'
  /** Offers the tools of a container instead. */
  | 'chooseContainer'
  /** Logs in to the SSH server, in a terminal. */
  | 'openSsh'
  | 'showOutput'
  /** Of the restore.sql of a tar archive: the archive itself. */
  | 'openArchiveBeside'
  | 'retry';

/** What a form knows of a connection once the server has answered. */
export interface ConnectionState {
  connectionId: string;
  server: ServerInfo | null;
  catalog: DatabaseCatalog | null;
  tool: ToolSummary | null;
  /** Every installed tool of that name, the newest first; [] until the server answered. */
  tools: ToolCandidate[];
  /** `--host=… --dbname=…`: what the preview shows; never a secret. */
  connectionArgs: string[];
  problem: ProblemReport | null;
}

/** Sent while a job runs (at most 4 a second) and when it ends. */
export interface JobUpdate {
  job: BackupJob;
  /** Why it failed, in one sentence, once it has. */
  problem: ProblemReport | null;
  /** What its errors come from, and what can be done about them; absent = nothing is known. */
  causes?: ErrorProblem[];
  /** Problems that did not stop the job, one sentence each; absent = none. */
  warnings?: string[];
}

/** The strings of the current display language, for `@vscode/l10n`; null = English. */
export type StringBundle = Record<string, string> | null;
