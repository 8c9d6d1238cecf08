import type { Remedy } from './findings';

/** What errors of a job come from, as far as their messages tell. */
export type ErrorProblemKind =
  | 'roleMissing'
  | 'schemaMissing'
  | 'tablespaceMissing'
  | 'extensionMissing'
  | 'exists'
  | 'dependents'
  | 'notOwner'
  | 'permission'
  | 'duplicateKey'
  | 'foreignKey'
  | 'generatedColumn'
  | 'encoding'
  | 'locks'
  | 'connections'
  | 'diskFull'
  | 'inUse'
  | 'readOnly'
  | 'rowSecurity'
  /** Made only by who may: a superuser, or what a cloud's service allows. */
  | 'extensionRefused'
  | 'extensionOwner'
  | 'extensionSchema'
  /** Rows of the backup itself that a unique index refuses. */
  | 'duplicateRows'
  | 'check'
  /** A function that finds nothing, as `search_path` is empty while a backup is restored. */
  | 'searchPath'
  | 'unknownSetting'
  | 'newerSyntax'
  | 'memory'
  | 'lockTimeout'
  | 'standbyConflict'
  /** A page or a TOAST value that cannot be read. */
  | 'damaged'
  | 'pooler'
  /** The server has ended the session, and said why. */
  | 'ended'
  | 'connectionLost'
  /** No error: what a restore of rows alone leaves to be done. */
  | 'sequencesBehind'
  /** What nothing else explains: mostly it follows from another error. */
  | 'missing';

/** Errors of one kind, with what can be done about them. Plain JSON. */
export interface ErrorProblem {
  kind: ErrorProblemKind;
  /** What they name, each once: the first of them. */
  objects: string[];
  /** How many errors there are. */
  count: number;
  /** The best first. */
  remedies: Remedy[];
}
