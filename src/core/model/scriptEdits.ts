import type { RoleChoice, TableRef } from './optionValues';

/** Kinds of statements that can be left out of a script. */
export type LeftOutKind =
  | 'definitions'
  | 'rows'
  | 'owners'
  | 'privileges'
  | 'comments'
  | 'publications'
  | 'subscriptions'
  | 'securityLabels';

/**
 * Changes that are made in a script on its way to psql. pg_dump's own backslash commands and lines
 * that are no SQL are always left out.
 */
export interface ScriptEdits {
  /** Settings that the target does not know: statements that set them are left out. */
  settings: readonly string[];
  /**
   * Statements about the database that the script creates and connects to: unchanged; not created and
   * not dropped; or all left out, because the script is restored into another database.
   */
  database: 'asWritten' | 'notMade' | 'leftOut';
  /** Add IF EXISTS to statements that drop an object before it is created. */
  ifExists: boolean;
  /** Drop the existing ones of the objects that the script creates, before it creates any. */
  dropFirst: boolean;
  leaveOut: readonly LeftOutKind[];
  /** Schemas and relations that are restored, with what belongs to them; null = everything. */
  selection: { schemas: readonly string[]; tables: readonly TableRef[] } | null;
  /** Tables whose rows are left out. */
  withoutRowsOf: readonly TableRef[];
  /**
   * The search path while the script runs: as it sets it; `public` where it sets none; or there all
   * schemas that the script makes, after `public`.
   */
  searchPath: 'asWritten' | 'public' | 'allSchemas';
  /** The schemas that the script makes. */
  schemas: readonly string[];
  /** Roles by other ones. */
  mapRoles: readonly RoleChoice[];
}

/** No changes other than those that are always made. */
export const NO_EDITS: ScriptEdits = {
  settings: [],
  database: 'asWritten',
  ifExists: false,
  dropFirst: false,
  leaveOut: [],
  selection: null,
  withoutRowsOf: [],
  searchPath: 'asWritten',
  schemas: [],
  mapRoles: [],
};

/** Is a statement changed or left out? */
export function changesStatements(edits: ScriptEdits): boolean {
  return (
    edits.settings.length > 0 ||
    edits.database !== 'asWritten' ||
    edits.ifExists ||
    edits.dropFirst ||
    edits.leaveOut.length > 0 ||
    edits.selection !== null ||
    edits.withoutRowsOf.length > 0 ||
    edits.searchPath !== 'asWritten' ||
    edits.mapRoles.length > 0
  );
}
