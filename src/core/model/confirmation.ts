/** Facts about a restore, and what the user has to confirm before it starts. Plain JSON. */
import type { MisreadLines, Reach } from './archive';
import type { VerifyProblem } from './backups';
import type { JobFailure } from './job';

/** Contents of a database, without system objects and members of extensions. */
export interface TargetContents {
  /** Ordinary, partitioned and foreign tables; each partition is one. */
  tables: number;
  /** Views and materialized views. */
  views: number;
  /** Functions, types, sequences of their own, schemas, large objects and whatever else there is. */
  others: number;
  /** Rows of all tables together, as the server estimates them. */
  rows: number;
  /** Tables of which the server has no estimate: their rows are not among `rows`. */
  uncountedTables: number;
}

/** Facts about the target of a restore. */
export type TargetFacts =
  /** A database that the restore makes itself, or a scratch one: there is nothing in it. */
  | { kind: 'new' }
  | { kind: 'known'; contents: TargetContents }
  /** They could not be read, and why. */
  | { kind: 'unknown'; failure: JobFailure };

/** Target of a restore, as it is shown. */
export interface RestoreTarget {
  /** The connection's name. */
  connection: string;
  /** Host and port, or the service; never a database. */
  address: string;
  /** The database that is really restored into; null = a whole server, or unknown. */
  database: string | null;
}

/** Differences between a backup's files and its manifest. */
export interface FileDifferences {
  first: VerifyProblem;
  count: number;
}

/** Effects of a script of pg_dumpall on the databases and roles of a server. */
export interface ServerEffects {
  createdDatabases: string[];
  /** There already, and the script adds to them. */
  writtenDatabases: string[];
  droppedDatabases: string[];
  createdRoles: string[];
  droppedRoles: string[];
  createdTablespaces: string[];
}

/** A fact because of which the user is asked before a restore starts. */
export type ConfirmationReason =
  /** The connection is marked production. */
  | { code: 'production' }
  | { code: 'wholeServer'; effects: ServerEffects }
  /** The restored database takes the place of the target, which is kept under another name. */
  | { code: 'replaces'; endsSessions: boolean }
  /** What is in the target already is dropped first: by the option, or by the script itself. */
  /** `backedUp`: a safety backup is made first. */
  | { code: 'drops'; by: 'clean' | 'rows' | 'script'; backedUp?: true }
  | { code: 'notEmpty'; contents: TargetContents }
  | { code: 'contentsUnknown'; failure: JobFailure }
  /** The file differs from its manifest. */
  | { code: 'fileDiffers'; differences: FileDifferences }
  /** Letters in rows were decoded wrongly before the file was written. */
  | { code: 'misread'; found: MisreadLines }
  /** Statements of the file go beyond the database, run programs, or cannot be judged. */
  | { code: 'reaches'; reach: Reach[] }
  /** No job of this machine has made the file; said when something is asked anyway. */
  | { code: 'foreign' };

export type ConfirmationReasonCode = ConfirmationReason['code'];

/** What the user has to confirm before a restore starts. */
export interface RestoreConfirmation {
  target: RestoreTarget;
  /** The most serious first; empty = no question is asked. */
  reasons: ConfirmationReason[];
  /** Text that has to be typed before it may start; null = a click is enough. */
  typed: string | null;
}
