/** Facts about backups on disk. Plain JSON, types only: pages get it unchanged. */
import type { BackupFormat, VerifyLevel } from './options';
import type { Compression } from './archive';

export type VerifyProblemKind =
  /** A file, a member or data that should be there is not. */
  | 'missing'
  /** A file, a member or data end early. */
  | 'truncated'
  /** Bytes that cannot be where they are, or data that cannot be unpacked. */
  | 'damaged'
  /** The mark at the very end is not there. */
  | 'noEnd'
  /** Rows that COPY would refuse: a wrong number of columns, or bytes that are not text. */
  | 'badRow'
  /** A file has another size than the manifest says. */
  | 'sizeChanged'
  /** A file has another SHA-256 than the manifest says. */
  | 'checksumMismatch'
  /** A file in a directory archive that the manifest does not know. */
  | 'extraFile'
  /** The tool ended with an error; `detail` are its words. */
  | 'toolFailed'
  /** The tool made no progress and was ended. */
  | 'toolStalled'
  /** The tool read fewer bytes than there are, and reported no error. */
  | 'toolReadLess'
  /** A statement that failed in the trial restore. */
  | 'restoreError'
  /** A table has other rows after the trial restore than it should. */
  | 'rowsDiffer'
  /** A table that should be there after the trial restore is not. */
  | 'tableMissing'
  /** The rows of a table could not be counted. */
  | 'rowsUncounted';

export interface VerifyProblem {
  kind: VerifyProblemKind;
  /** File or table concerned; null = the whole. */
  object: string | null;
  /** What was being read, what the tool said, `expected 10, found 9`. Never a secret. */
  detail: string;
  /** Bytes, in the file concerned. */
  offset: number | null;
}

/** How one verification went. */
export interface Verification {
  level: VerifyLevel;
  /** `passedWithErrors`: all rows are there, but statements failed in the trial restore. */
  outcome: 'passed' | 'passedWithErrors' | 'failed';
  /** ISO 8601, UTC: when it ended. */
  at: string;
  durationMs: number;
  /** The tool that read the backup, e.g. `pg_restore 17.11`; null = no tool. */
  tool: string | null;
  /** SHA-256 of every file against the manifest; `none` = there was nothing to compare with. */
  checksums: 'matched' | 'mismatch' | 'none';
  /**
   * No checksums exist, neither in a manifest nor in the storage format, so a changed character
   * goes unnoticed.
   */
  blind: boolean;
  /** At most `MAX_PROBLEMS`. */
  problems: VerifyProblem[];
  problemCount: number;
  /** Tables whose rows were read or, after a trial restore, counted; null = not read. */
  tables: number | null;
  /** Rows of these, as far as they could be counted (INSERT statements are not). */
  rows: number | null;
}

/** A commit of the workspace that a backup was made in. */
export interface GitHead {
  /** null = detached. */
  branch: string | null;
  /** null on a branch without commits. */
  commit: string | null;
}

/**
 * State of a backup's manifest. `fresh`: files, sizes and time match. `touched`: the sizes match,
 * the time does not (copied, or rewritten), so only verifying can decide. `stale`: it describes
 * other files.
 */
export type ManifestState = 'none' | 'fresh' | 'touched' | 'stale' | 'unreadable';

/** One backup in a directory. */
export interface BackupEntry {
  /** Made before a restore dropped what is in it, as its manifest says. */
  safety?: true;
  /** Absolute. */
  path: string;
  /** Relative to the directory that was listed. */
  name: string;
  format: BackupFormat;
  compression: Compression;
  sizeBytes: number;
  /** When it was made: ISO 8601 UTC by the manifest, else without zone by the file, else ''. */
  created: string;
  /** When its newest file was written: ISO 8601, UTC. */
  modified: string;
  /** '' where neither manifest nor file has it. */
  database: string;
  serverVersion: string;
  connectionId: string | null;
  manifest: ManifestState;
  git: GitHead | null;
  /** A script of pg_dumpall. */
  cluster: boolean;
  /** The header can be read, and the file ends behind it. */
  truncated: boolean;
  /** By jobs of this machine, of these very files as they are now: the newest of each level. */
  verifications: Partial<Record<VerifyLevel, Verification>>;
  /** The newest of them. */
  verified: Verification | null;
  /**
   * What its manifest says of verifications that no job of this machine has made of these files: the
   * newest of each level. Anybody may have written it.
   */
  claims: Partial<Record<VerifyLevel, Verification>>;
  /** A job of this machine has verified what was here before; the files have changed since. */
  changedSinceVerified: boolean;
}

/** A manifest whose backup was deleted, moved or renamed. */
export interface OrphanManifest {
  /** Absolute path of the manifest. */
  path: string;
  /** Path of the described backup, relative to the listed directory. */
  name: string;
  /** '' where unknown. */
  database: string;
  /** When the backup was made: ISO 8601, UTC; '' where unknown. */
  created: string;
}

/** Contents of a backup directory. */
export interface BackupListing {
  /** The newest first. */
  entries: BackupEntry[];
  /** Leftovers of unfinished backups. */
  leftovers: { path: string; sizeBytes: number }[];
  /** Manifests whose backups are not there. */
  orphans: OrphanManifest[];
  /** Paths that could not be read. */
  problems: { path: string; text: string }[];
  /** There was more than is listed. */
  incomplete: boolean;
}
