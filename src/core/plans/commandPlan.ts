import type { Compression, ScriptEncoding } from '../model/archive';
import type { ScriptEdits } from '../model/scriptEdits';
import type { ToolName } from '../model/tools';

/**
 * Names that exist only while a command runs. A job fills in the real ones, a form placeholders;
 * everything else in a plan is the same for both.
 */
export interface PlanNames {
  /** Where a backup is written: a partial file while it runs, the final path to everybody else. */
  output: string;
  /** The list of the entries that are restored (`pg_restore --use-list`). */
  list: string;
  /** The selection of a backup that is too long for arguments (`pg_dump --filter`). */
  filter: string;
  /** Letters and digits, for psql's `\restrict`. */
  restrictKey: string;
}

/** Names for a command that needs none. */
export const NO_NAMES: PlanNames = { output: '', list: '', filter: '', restrictKey: '' };

/** One command of a tool, as the form shows it and the job runs it. */
export interface CommandPlan {
  tool: ToolName;
  /** The arguments, without the executable. Never a secret. */
  args(names: PlanNames): string[];
  /** The tool runs where this machine's files are not: it reads and writes streams. */
  streams?: boolean;
}

/** psql's standard input, where it cannot read the file itself. */
export interface ScriptInput {
  path: string;
  compression: Compression;
  encoding: ScriptEncoding;
  /**
   * What is changed in it, besides that the backslash commands of pg_dump and lines that are no SQL
   * are left out; null = nothing, it is only unpacked.
   */
  edits: ScriptEdits | null;
}
