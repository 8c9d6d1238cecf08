/** What is known before a restore starts, and what has to be asked because of it. Plain JSON. */
import type { Reach } from './archive';
import type { VerifyProblem } from './backups';
import type { JobFailure } from './job';

/** What is in a database, without what its system and its extensions brought. */
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

/** What was found out about the place that a restore goes to. */
export type TargetFacts =
  /** A database that the restore makes itself, or a scratch one: there is nothing in it. */
  | { kind: 'new' }
  | { kind: 'known'; contents: TargetContents }
  /** Nobody could tell, and why. */
  | { kind: 'unknown'; failure: JobFailure };

/** Where a restore goes to, in the words that are shown. */
export interface RestoreTarget {
  /** The connection's name. */
  connection: string;
  /** Host and port, or the service; never a database. */
  address: string;
  /** The database that is really restored into; null = a whole server, or nobody could tell. */
  database: string | null;
}

/** In what a backup's files are others than its manifest says. */
export interface FileDifferences {
  first: VerifyProblem;
  count: number;
}

/** What a script of pg_dumpall does to the databases and roles of a server. */
export interface ServerEffects {
  createdDatabases: string[];
  /** There already, and the script adds to them. */
  writtenDatabases: string[];
  droppedDatabases: string[];
  createdRoles: string[];
  droppedRoles: string[];
  createdTablespaces: string[];
}

/** One thing that somebody has to know before a restore starts. */
export type RestoreFinding =
  /** The connection is marked production. */
  | { code: 'production' }
  | { code: 'wholeServer'; effects: ServerEffects }
  /** What is in the target already is dropped first: by the option, or by the script itself. */
  | { code: 'drops'; by: 'clean' | 'script' }
  | { code: 'notEmpty'; contents: TargetContents }
  | { code: 'contentsUnknown'; failure: JobFailure }
  /** The file is another than the one that its manifest describes. */
  | { code: 'fileDiffers'; differences: FileDifferences }
  /** Statements of the file go beyond the database, run programs, or cannot be judged. */
  | { code: 'reaches'; reach: Reach[] }
  /** No job of this machine has made the file; said when something is asked anyway. */
  | { code: 'foreign' };

export type RestoreFindingCode = RestoreFinding['code'];

/** What the door says about a restore. */
export interface RestoreJudgement {
  target: RestoreTarget;
  /** The most serious first; none = nobody has to be asked. */
  findings: RestoreFinding[];
  /** What has to be typed before it may start; null = a click will do. */
  typed: string | null;
}
