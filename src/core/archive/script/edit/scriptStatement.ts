import type { ScriptEntry } from '../scriptTypes';

/** The facts about a statement that rules can use. */
export interface ScriptStatement {
  /** First tokens, as in `SqlEvents.statement`. */
  tokens: readonly string[];
  /** The entry in pg_dump's comment before the statement; null = there is no such comment. */
  entry: ScriptEntry | null;
  /** The script's present database; null = the one in which it began. */
  database: string | null;
  /** The statement with one character for each byte; null = too long. */
  text: string | null;
}

/** `by` replaces a statement ('' = removes it); `after` is added after the statement. */
export type StatementEdit = { by: string } | { after: string };

/** Text to insert before a statement, whether the statement is kept or not. */
export interface PrecededEdit {
  before: string;
  edit: StatementEdit | null;
}

/** Returns null for a statement that the rule does not affect. */
export type StatementRule = (statement: ScriptStatement) => StatementEdit | null;

/** A rule that can also insert text before a statement; it is not combined with others. */
export type PrecedingRule = (statement: ScriptStatement) => StatementEdit | PrecededEdit | null;

/** Keeps a statement, without asking further rules. */
export const KEPT: StatementEdit = { after: '' };

/** Leaves a statement out, with its rows. */
export const LEFT_OUT: StatementEdit = { by: '' };
