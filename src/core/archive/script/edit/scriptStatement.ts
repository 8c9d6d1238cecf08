import type { ScriptEntry } from '../scriptTypes';

/** A statement of a script, as far as rules look at it. */
export interface ScriptStatement {
  /** As `SqlEvents.statement` hands them out. */
  tokens: readonly string[];
  /** What pg_dump's comment says that it belongs to; null = no comment is before it. */
  entry: ScriptEntry | null;
  /** The database that the script is in; null = the one that it began in. */
  database: string | null;
  /** One character for each byte; null = it is too long to be looked at. */
  text: string | null;
}

/** What stands in the place of a statement ('' = nothing), or comes behind it. */
export type StatementEdit = { by: string } | { after: string };

/** Text that goes before a statement, whether that is left out or not. */
export interface PrecededEdit {
  before: string;
  edit: StatementEdit | null;
}

/** null = the rule has nothing to say about it. */
export type StatementRule = (statement: ScriptStatement) => StatementEdit | null;

/** A rule that stands alone. */
export type PrecedingRule = (statement: ScriptStatement) => StatementEdit | PrecededEdit | null;

/** Passes a statement on, whatever other rules say. */
export const KEPT: StatementEdit = { after: '' };

/** Leaves a statement out, with the rows behind it. */
export const LEFT_OUT: StatementEdit = { by: '' };
