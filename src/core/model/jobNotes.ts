import type { DatabaseLocale, Packaging } from './archive';
import type { LockWait } from './catalog';
import type { DatabaseSwap } from './ways/databaseSwap';

/** Why entries of an archive are left out by rule. */
export type LeftOutReason = 'subscriptions' | 'statistics' | 'schemaThere' | 'damaged';

/**
 * The locale that a created database got instead of the requested one (`createDatabase` in the
 * catalog).
 */
export type ReplacedLocale = 'otherProvider' | 'serverDefault' | 'c';

/**
 * What a job did differently from what was asked, or what holds it up: a code, and the details for
 * its sentence. The sentence is made where the note is shown (`core/text/jobNoteText.ts`), in the
 * reader's language.
 */
export type JobNote =
  | {
      code: 'localeReplaced';
      database: string;
      asked: DatabaseLocale | null;
      outcome: ReplacedLocale;
    }
  /** A default that nobody asked for, which follows what file, server and tool need. */
  | { code: 'stopsAtErrors'; stops: boolean }
  /** Entries of an archive that are not restored, by name. */
  | { code: 'leftOut'; reason: LeftOutReason; names: string[] }
  /** How many complete rows there were of tables that are cut. */
  | { code: 'cutRows'; tables: { name: string; rows: number }[] }
  /** Entries of a script that are not restored, by type; and how many come along as others need them. */
  | { code: 'scriptPart'; leftOut: { desc: string; count: number }[]; alongside: number }
  /** Materialized views that are refreshed though the rows they are made of are not restored. */
  | { code: 'refreshedEmpty'; names: string[] }
  /**
   * The file was unpacked into a folder that goes when the job ends; `by` from the outermost, [] for an
   * unpacked tar archive; `member` is which file of a zip or tar.
   */
  | { code: 'unpacked'; file: string; by: Packaging[]; member: string | null }
  /** Sequences whose next value is in their column already. */
  | { code: 'sequencesBehind'; names: string[] }
  /** An archive was restored by its script, without these parameters that servers keep for themselves. */
  | { code: 'rewritten'; names: string[] }
  /** A backup is written to where the link leads. */
  | { code: 'outputIsLink'; link: string; target: string }
  /**
   * A database that a lost job may have left on the server; `connection`: name of the connection.
   */
  | { code: 'databaseLeft'; database: string; connection: string }
  /** What the restore drops was backed up first; `part`: only the objects concerned. */
  | { code: 'safetyBackup'; path: string; part: boolean }
  /** The restored database has taken the name; the old one is kept under another. */
  | { code: 'swapped'; database: string; aside: string }
  /** The restored database is whole and stands aside: what keeps it from taking the name. */
  | { code: 'swapHeld'; database: string; copy: string; why: 'errors' | 'inUse' | 'failed' }
  /** A restore was lost while it exchanged, or was about to exchange, two databases. */
  | { code: 'swapLeft'; swap: DatabaseSwap; connection: string }
  | { code: 'waitsForLock'; wait: LockWait };
