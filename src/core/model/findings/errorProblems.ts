import type { Remedy } from './findings';

/** Causes of a job's errors, as far as their messages tell. */
export type ErrorProblemKind =
  | 'roleMissing'
  | 'schemaMissing'
  | 'tablespaceMissing'
  | 'extensionMissing'
  /** An extension that another one needs: it is there to be installed, and is not. */
  | 'extensionNeeded'
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
  /** The disk that a backup is written to. */
  | 'outputFull'
  | 'inUse'
  | 'readOnly'
  | 'rowSecurity'
  /** Only a superuser, or a cloud service's own role, may create the extension. */
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
  /** An object that is missing for no other known cause: mostly this follows from another error. */
  | 'missing';

/** Errors of one kind, with what can be done about them. Plain JSON. */
export interface ErrorProblem {
  kind: ErrorProblemKind;
  /** The first objects that the errors name, each once. */
  objects: string[];
  /** How many errors there are. */
  count: number;
  /** The job keeps its first errors only, so there may be more of them; absent = it has kept all. */
  atLeast?: true;
  /** The server's codes of these errors, each once; absent = the tool does not tell them. */
  sqlStates?: string[];
  /** The best first. */
  remedies: Remedy[];
}
