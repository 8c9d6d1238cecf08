/**
 * What is changed in a script on its way to psql. pg_dump's own backslash commands and lines that are
 * no SQL are left out always.
 */
export interface ScriptEdits {
  /** Settings that the target does not know: what sets them is left out. */
  settings: readonly string[];
  /**
   * What becomes of statements about the database that the script makes and enters itself: none is
   * changed; it is neither made nor dropped; or all are left out, as it is restored into another one.
   */
  database: 'asWritten' | 'notMade' | 'leftOut';
  /** Put IF EXISTS into what drops an object before it is made anew. */
  ifExists: boolean;
}

/** Nothing but what is left out always. */
export const NO_EDITS: ScriptEdits = { settings: [], database: 'asWritten', ifExists: false };
