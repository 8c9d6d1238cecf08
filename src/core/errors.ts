import type { ForeignKind, ReachKind } from './model/archive';
import type { LockWait } from './model/catalog';
import type { VerifyLevel } from './model/options';
import type { WindowsNameFault } from './files/windowsNames';

/**
 * What is wrong with an option: a sentence of the form model, or a code. `field`, `flag`: the other
 * one that it is about.
 */
export type OptionProblem =
  | string
  | { code: 'notAbsolute' | 'missing' | 'nothingToDump' | 'namesNeedUtf8' }
  | { code: 'windowsName'; name: string; fault: WindowsNameFault }
  | { code: 'excludes' | 'needs'; field: string }
  | { code: 'unknown'; tool: string }
  | { code: 'methodTooNew' | 'tooNew'; flag: string; tool: string; since: string; version: string }
  | { code: 'removed'; flag: string; tool: string; until: number; version: string };

/** Why a database cannot be replaced by another: it or the user's rights do not allow it. */
export type SwapRefusal = 'notOwner' | 'mayNotCreate' | 'template' | 'preparedTransactions';

/** How the command that yields a password failed. */
export type PasswordCommandProblem =
  'notFound' | 'notStarted' | 'failed' | 'tooSlow' | 'tooLong' | 'empty' | 'severalLines';

/** Why an SSH server, or what is behind it, is not reached. */
export type SshProblem =
  /** There is no `ssh` on this machine, or it did not start. */
  | 'noProgram'
  | 'notStarted'
  /** Its key is not among the known ones, or another one. */
  | 'hostKeyUnknown'
  | 'hostKeyChanged'
  /** Its key is not among the known ones, and the user did not trust it. */
  | 'hostKeyDeclined'
  /** No key, and no password, of the user was taken. */
  | 'denied'
  /** The user closed a question of `ssh`. */
  | 'promptCancelled'
  /** `ssh` asks for something, and there is no window that could show the question. */
  | 'nobodyToAsk'
  | 'hostUnknown'
  | 'unreachable'
  | 'tooSlow'
  /** Something else than an SSH server answers. */
  | 'noSsh'
  /** The user's own configuration of `ssh` is refused by it. */
  | 'configuration'
  /** No free port was had on this machine. */
  | 'noPort'
  /** `ssh` cannot be told to connect to the database's host. */
  | 'badTarget'
  /** The server forbids to reach other servers through it. */
  | 'forwardRefused'
  /** The SSH server does not reach the database's host. */
  | 'databaseUnreachable'
  /** It was open, and is not any more. */
  | 'ended';

/** Why the tools of a container or of a WSL distribution are not reached. */
export type ToolsProblem =
  /** No docker, podman or WSL on this machine. */
  | 'noEngine'
  /** No running container has this name. */
  | 'notRunning'
  /** It has no tools of PostgreSQL. */
  | 'noTools'
  | 'failed';

/**
 * What can go wrong, as data: a code and the details its sentence needs. Text is made in
 * `src/vscode/errorText.ts`, so that it can be localised and never carries a secret by accident.
 */
export interface ErrorDetails {
  /** A request from the command API or a page does not have the right form. */
  requestMalformed: { field: string; problem: string };
  connectionUnknown: { id: string };
  /** The settings entry with this id exists but cannot be used. */
  connectionInvalid: { id: string; problem: string };
  connectionReadOnly: { name: string };
  /** The connection comes with the workspace, and the user has not confirmed it yet. */
  connectionUnused: { name: string; target: string };
  /** The server requires a password and none is known, or the user gave none. */
  passwordRequired: { connection: string };
  /** The client key needs a passphrase, which is not known, or it was wrong. */
  keyLocked: { connection: string };
  /** The command that yields the password did not; what it printed is in no error. */
  passwordCommandFailed: { connection: string; program: string; reason: PasswordCommandProblem };
  /**
   * `ssh`: the server; `text`: what `ssh` said; `hostKey`: fingerprint of the key that it showed;
   * `knownKey`: where another one is known (`known_hosts:3`).
   */
  sshFailed: {
    connection: string;
    ssh: string;
    reason: SshProblem;
    text: string;
    hostKey: string | null;
    knownKey?: string | null;
  };
  authenticationFailed: { connection: string; text: string };
  connectFailed: { connection: string; text: string };
  databaseMissing: { database: string; connection: string };
  databaseExists: { database: string };
  /** A query of ours failed on the server; `text` is the server's own sentence. */
  queryFailed: { text: string };
  /** psql's output is not an answer to the query. */
  answerUnusable: { reason: 'noJson' | 'tooLarge' | 'unexpected' };
  /** The server did not answer a query of ours in time, connecting included. */
  queryTimedOut: { seconds: number };
  toolsNotFound: { searched: string };
  /** Where the connection's tools should be they are not; `text`: what docker, podman or WSL said. */
  toolsUnreachable: { place: string; reason: ToolsProblem; text: string };
  /** Tools were found, but all are too old for the server. */
  serverNewerThanTools: { server: string; newest: string; dir: string };
  /** No tool found reads this archive version. */
  archiveNewerThanTools: { archive: string; needs: string; newest: string };
  toolMissing: { tool: string; dir: string };
  /**
   * The tool exists, but the system could not start it; `text` is the system's code, e.g. `EMFILE`.
   */
  toolNotStarted: { tool: string; text: string };
  /** More names were chosen than the system passes to a program. */
  outputExists: { path: string };
  /** The path is something else: a directory that is not an archive, a device. */
  outputNotReplaceable: { path: string };
  outputDirectoryMissing: { path: string };
  /** `full`: its disk has no room left, or the user's share of it is used up. */
  outputNotWritable: { path: string; text: string; full?: true };
  /** Another program keeps the file open, and this system does not replace such a file. */
  outputInUse: { path: string };
  /** The file that is to be replaced has Windows' read-only attribute. */
  outputReadOnly: { path: string };
  /** The output, or its folder, was removed before it was finished. */
  outputRemoved: { path: string };
  outputBusy: { path: string };
  targetBusy: { database: string };
  /** What would be dropped could not be backed up first, so nothing was dropped. */
  safetyBackupFailed: { database: string; text: string };
  /**
   * A database cannot be renamed while somebody is connected; `sessions` are the first of `count`.
   */
  databaseInUse: { database: string; count: number; sessions: string[]; text: string };
  /** The user may not end these sessions, the first of `count`; `ended` others were told to end. */
  sessionsKept: { user: string; ended: number; count: number; sessions: string[] };
  /** Another database cannot take its name; `names` are of what is in the way. */
  swapRefused: { database: string; user: string; reason: SwapRefusal; names: string[] };
  /** The two databases of a swap are no longer called as the job has left them. */
  swapChanged: { database: string };
  /** The server did not tell whether the databases have changed names. Both are whole. */
  swapUncertain: { database: string };
  inputMissing: { path: string };
  /** A backup's files are others than its manifest says; `first` of `count` differences. */
  inputDiffers: { path: string; first: string; count: number };
  /** The file is no longer the one that was opened. */
  inputChanged: { path: string };
  inputUnreadable: { path: string; text: string };
  /** Leftover of an unfinished backup. */
  inputUnfinished: { path: string };
  /** Not a dump; `text` is what the file says itself, of a message or an error page. */
  notADump: { path: string; looksLike: ForeignKind | 'plain'; text?: string };
  /** A message stands within a statement, or within the rows of a table. */
  scriptTorn: { path: string; line: number; text: string; table: string | null };
  /** The pg_dump that wrote a script failed, and says so in it. */
  dumpFailed: { path: string; text: string };
  archiveDamaged: { path: string; offset: number; reading: string };
  /** A verification found this; `first` names the first problem, `count` says how many there are. */
  backupDamaged: { path: string; level: VerifyLevel; first: string; count: number };
  /** A cluster's script creates roles and databases: a trial restore is not possible. */
  trialRestoreImpossible: { path: string };
  /** A database that a job made for itself could not be dropped again; `text`: the server's reason. */
  scratchDatabaseLeft: { database: string; text: string };
  /** The backup affects more than a scratch database (see `Reach`): the first of `count` kinds. */
  trialReachesOut: {
    path: string;
    kind: ReachKind;
    statement: string;
    line: number | null;
    object: string | null;
    count: number;
  };
  /** A file that has a manifest's name but is not one; `problem` says why. */
  manifestInvalid: { path: string; problem: string };
  manifestNotWritten: { path: string; text: string };
  /** A job's result could not be saved in the extension's own storage. */
  recordNotWritten: { path: string; text: string };
  /** An archive format that this reader cannot even begin to read. */
  archiveVersionUnsupported: { path: string; version: string };
  compressionUnsupported: { path: string; method: string };
  /** Several dumps are in a zip or tar: one has to be named. */
  packedChoice: { path: string; names: string[] };
  /** A zip or tar with so many files, none of which is a dump. */
  nothingPacked: { path: string; files: number };
  /**
   * What is packed is more than is believed: it grows out of all proportion, has too many files, or is
   * packed again and again.
   */
  unpacksTooLarge: { path: string; reason: 'ratio' | 'files' | 'layers' };
  /** Bytes that are free where a packed dump would have to be unpacked, and that are needed. */
  noSpaceToUnpack: { path: string; folder: string; free: number; needed: number };
  /** One of the files that a dump was split into is not there; `missing` is its name. */
  partMissing: { path: string; missing: string };
  /** Rows of an entry cannot be shown; `name` is its tag. */
  rowsUnavailable: { name: string; reason: RowsUnavailable };
  objectUnknown: { name: string; where: string };
  objectAmbiguous: { name: string; candidates: string };
  /** An option cannot be used as it is set; `field` is its name in the options. */
  optionInvalid: { field: string; problem: OptionProblem };
  /** The system takes no command that long; `needs` is the major of pg_dump that reads a file instead. */
  argumentsTooLong: { tool: string; needs: number | null };
  /** The tools of Windows get no arguments beyond their code page; `character` is the first such. */
  argumentUnsayable: { argument: string; character: string };
  extraArgumentRefused: { argument: string; problem: string };
  /** psql would follow a `\connect` in the script into another database. */
  scriptSwitchesDatabase: { path: string; database: string };
  /** A psql command in a script; they are never run. `line` counts from 1. */
  scriptRunsCommands: { path: string; line: number; command: string };
  /**
   * A line that psql might take for a command, with a psql that cannot refuse commands. `line`
   * counts from 1.
   */
  scriptNeedsRestrict: {
    path: string;
    line: number;
    command: string;
    /** The version of psql, and the releases that can refuse commands. */
    psql: string;
    needs: string;
  };
  confirmationRequired: { database: string };
  workspaceUntrusted: Record<string, never>;
  jobUnknown: { id: string };
  jobIdTaken: { id: string };
  cancelled: Record<string, never>;
  /** The tool ended with an error; `cause` is the classified reason, `text` its own words. */
  toolFailed: {
    tool: string;
    exitCode: number | null;
    cause: FailureCause;
    text: string;
    /** The lock that it did not get in time. */
    lock?: LockWait;
  };
  /** No more files can be open: `EMFILE` in this process, `ENFILE` in the whole system. */
  handlesExhausted: { code: NoHandles };
  internal: { text: string };
}

/** The system's codes for a lack of file handles. */
export const NO_HANDLES = ['EMFILE', 'ENFILE'] as const;

type NoHandles = (typeof NO_HANDLES)[number];

/**
 * Why rows cannot be shown: the dump has none for this entry; they are large objects; COPY was told
 * to write them in another form than its usual text; they are not where they should be.
 */
export type RowsUnavailable = 'none' | 'largeObjects' | 'copyOptions' | 'missing';

/** Why a tool failed, according to its stderr (`pgtools/stderr/failureCause.ts`). */
export type FailureCause =
  | 'authentication'
  | 'passwordMissing'
  | 'connection'
  | 'databaseMissing'
  | 'serverNewer'
  | 'permission'
  | 'diskFull'
  | 'lockTimeout'
  | 'tooManyConnections'
  | 'outOfLocks'
  /** pg_restore 17 and newer sets one that servers before 17 do not know. */
  | 'unknownSetting'
  | 'connectionLost'
  | 'objectMissing'
  /** A role that an option or a statement names. */
  | 'roleMissing'
  /** An exported snapshot that has ended with its transaction. */
  | 'snapshotMissing'
  | 'filterFile'
  /** A name or pattern that was asked for matches nothing. */
  | 'nothingMatches'
  | 'encoding'
  | 'rowSecurity'
  | 'archiveDamaged'
  | 'archiveVersion'
  | 'stalled'
  | 'killed'
  | 'other';

export type ErrorCode = keyof ErrorDetails;

/** The one error class of core. `details` never hold a secret. */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AppError';
  constructor(
    readonly code: C,
    readonly details: ErrorDetails[C],
    options?: { cause?: unknown },
  ) {
    super(`${code} ${JSON.stringify(details)}`, options);
  }

  /** Is `e` an `AppError`, and of this code when one is given? */
  static is<K extends ErrorCode>(e: unknown, code: K): e is AppError<K>;
  static is(e: unknown): e is AppError;
  static is(e: unknown, code?: ErrorCode): boolean {
    return e instanceof AppError && (code === undefined || e.code === code);
  }
}

/** Message of a thrown value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** A file cannot be written, for the reason that the system gave. */
export function outputNotWritable(path: string, cause: unknown): AppError {
  const full = isDiskFull(cause) ? { full: true as const } : {};
  return new AppError('outputNotWritable', { path, text: messageOf(cause), ...full }, { cause });
}

/** Did the system refuse to write for want of room, or because of the user's quota? */
export function isDiskFull(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Message and stack of a thrown value, for finding faults of our own. */
export function traceOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}

/** The system's code of an error that means a lack of file handles; undefined = it is another error. */
export function noHandlesOf(thrown: unknown): NoHandles | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return NO_HANDLES.find((known) => known === code);
}

/**
 * An `AppError` stays itself. Anything else is the cause of the one that is returned:
 * `handlesExhausted`, or else `internal` with its `words`.
 */
export function asAppError(thrown: unknown, words = messageOf): AppError {
  if (AppError.is(thrown)) return thrown;
  const code = noHandlesOf(thrown);
  if (code !== undefined) return new AppError('handlesExhausted', { code }, { cause: thrown });
  return new AppError('internal', { text: words(thrown) }, { cause: thrown });
}
