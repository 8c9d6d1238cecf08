/** Browser-safe: types only. */

export type ToolName = 'pg_dump' | 'pg_restore' | 'psql' | 'pg_dumpall';

export interface ToolVersion {
  major: number;
  minor: number;
  /** As `--version` prints it, e.g. `17.6` or `18beta1`. */
  text: string;
}

/** The client tools found in one directory. */
export interface ToolInstall {
  /** Absolute. */
  dir: string;
  version: ToolVersion;
  /** Absolute paths of those that are there. */
  tools: Partial<Record<ToolName, string>>;
  source: 'setting' | 'path' | 'wellKnown';
}

/** Why an install was chosen. */
export type ChoiceReason = 'serverMajor' | 'nearestNewer' | 'targetMajor' | 'newest';

export interface ToolChoice {
  install: ToolInstall;
  reason: ChoiceReason;
}

/** What to run, as data: compared in tests, previewed in the form, redacted in the log. */
export interface ToolCommand {
  tool: ToolName;
  /** Absolute path of the executable. */
  file: string;
  args: string[];
  /** The whole environment of the child. The password is in here and nowhere else. */
  env: Record<string, string>;
}
