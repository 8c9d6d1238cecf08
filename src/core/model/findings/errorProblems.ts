import type { Remedy } from './findings';

/** What errors of a restore come from, as far as their messages tell. */
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
  | 'rowSecurity';

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
