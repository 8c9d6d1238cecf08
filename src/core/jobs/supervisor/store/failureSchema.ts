import * as z from 'zod/mini';
import {
  NO_HANDLES,
  type ErrorCode,
  type ErrorDetails,
  type FailureCause,
  type PasswordCommandProblem,
  type RowsUnavailable,
  type SshProblem,
  type SwapRefusal,
} from '../../../errors';
import type { ForeignKind, ReachKind } from '../../../model/archive';
import type { JobFailure } from '../../../model/job';
import type { WindowsNameFault } from '../../../files/windowsNames';
import type { VerifyLevel } from '../../../model/options';
import { lockWaitSchema } from './noteSchema';

const text = z.string();
const number = z.number();

/** A schema for all words of a union type; the compiler checks that `words` lists every one. */
function oneOf<K extends string>(words: Record<K, true>): z.ZodMiniType<K> {
  return z.enum(Object.keys(words) as K[]);
}

const cause = oneOf<FailureCause>({
  authentication: true,
  passwordMissing: true,
  connection: true,
  databaseMissing: true,
  serverNewer: true,
  permission: true,
  diskFull: true,
  lockTimeout: true,
  tooManyConnections: true,
  outOfLocks: true,
  unknownSetting: true,
  connectionLost: true,
  objectMissing: true,
  roleMissing: true,
  snapshotMissing: true,
  filterFile: true,
  nothingMatches: true,
  encoding: true,
  rowSecurity: true,
  archiveDamaged: true,
  archiveVersion: true,
  stalled: true,
  killed: true,
  other: true,
});

const passwordCommandProblem = oneOf<PasswordCommandProblem>({
  notFound: true,
  notStarted: true,
  failed: true,
  tooSlow: true,
  tooLong: true,
  empty: true,
  severalLines: true,
});

const sshProblem = oneOf<SshProblem>({
  noProgram: true,
  notStarted: true,
  hostKeyUnknown: true,
  hostKeyChanged: true,
  hostKeyDeclined: true,
  denied: true,
  promptCancelled: true,
  nobodyToAsk: true,
  hostUnknown: true,
  unreachable: true,
  tooSlow: true,
  noSsh: true,
  configuration: true,
  noPort: true,
  badTarget: true,
  forwardRefused: true,
  databaseUnreachable: true,
  ended: true,
});

const reachKind = oneOf<ReachKind>({
  databases: true,
  roles: true,
  tablespaces: true,
  subscriptions: true,
  server: true,
  programs: true,
  files: true,
  otherServers: true,
  unjudged: true,
});

const looksLike = oneOf<ForeignKind | 'plain'>({
  empty: true,
  binary: true,
  text: true,
  mysql: true,
  sqlite: true,
  sqlServer: true,
  oracle: true,
  mongo: true,
  redis: true,
  frameworkData: true,
  basebackup: true,
  wal: true,
  tar: true,
  truncatedArchive: true,
  directoryWithoutToc: true,
  encrypted: true,
  archiveAsText: true,
  archiveByTerminal: true,
  gitLfs: true,
  httpHeaders: true,
  uuencoded: true,
  zerosBehind: true,
  zeros: true,
  zerosBefore: true,
  html: true,
  xml: true,
  json: true,
  dumpMessage: true,
  tarScript: true,
  plain: true,
});

const rowsReason = oneOf<RowsUnavailable>({
  none: true,
  largeObjects: true,
  copyOptions: true,
  missing: true,
});

/** Dumps in one file that are offered for a choice. */
const MAX_NAMES = 200;
const growth = oneOf<ErrorDetails['unpacksTooLarge']['reason']>({
  ratio: true,
  files: true,
  layers: true,
});

const swapRefusal = oneOf<SwapRefusal>({
  notOwner: true,
  mayNotCreate: true,
  template: true,
  preparedTransactions: true,
});

const level = oneOf<VerifyLevel>({ structure: true, fullRead: true, trialRestore: true });

const optionProblem = z.union([
  text,
  z.object({ code: z.enum(['notAbsolute', 'missing', 'nothingToDump', 'namesNeedUtf8']) }),
  z.object({
    code: z.literal('windowsName'),
    name: text,
    fault: oneOf<WindowsNameFault>({ device: true, character: true, ending: true }),
  }),
  z.object({ code: z.enum(['excludes', 'needs']), field: text }),
  z.object({ code: z.literal('unknown'), tool: text }),
  z.object({
    code: z.enum(['methodTooNew', 'tooNew']),
    flag: text,
    tool: text,
    since: text,
    version: text,
  }),
  z.object({ code: z.literal('removed'), flag: text, tool: text, until: number, version: text }),
]);

const path = z.object({ path: text });
const pathAndText = z.object({ path: text, text });
const connectionAndText = z.object({ connection: text, text });
const names = z.array(text).check(z.maxLength(MAX_NAMES));
const database = z.object({ database: text });
const id = z.object({ id: text });
const nothing = z.object({});

/** The details of each code, field by field; a code that is added is added here. */
type DetailSchemas = {
  [C in ErrorCode]: z.ZodMiniObject<Record<keyof ErrorDetails[C], z.ZodMiniType>>;
};

const DETAILS: DetailSchemas = {
  requestMalformed: z.object({ field: text, problem: text }),
  connectionUnknown: id,
  connectionInvalid: z.object({ id: text, problem: text }),
  connectionReadOnly: z.object({ name: text }),
  connectionUnused: z.object({ name: text, target: text }),
  passwordRequired: z.object({ connection: text }),
  keyLocked: z.object({ connection: text }),
  passwordCommandFailed: z.object({
    connection: text,
    program: text,
    reason: passwordCommandProblem,
  }),
  sshFailed: z.object({
    ...{ connection: text, ssh: text, reason: sshProblem, text, hostKey: z.nullable(text) },
    knownKey: z.optional(z.nullable(text)),
  }),
  authenticationFailed: connectionAndText,
  connectFailed: connectionAndText,
  databaseMissing: z.object({ database: text, connection: text }),
  databaseExists: database,
  queryFailed: z.object({ text }),
  answerUnusable: z.object({ reason: z.enum(['noJson', 'tooLarge', 'unexpected']) }),
  queryTimedOut: z.object({ seconds: number }),
  toolsNotFound: z.object({ searched: text }),
  toolsUnreachable: z.object({
    place: text,
    reason: z.enum(['noEngine', 'notRunning', 'noTools', 'failed']),
    text,
  }),
  serverNewerThanTools: z.object({ server: text, newest: text, dir: text }),
  archiveNewerThanTools: z.object({ archive: text, needs: text, newest: text }),
  toolMissing: z.object({ tool: text, dir: text }),
  toolNotStarted: z.object({ tool: text, text }),
  outputExists: path,
  outputNotReplaceable: path,
  outputDirectoryMissing: path,
  outputNotWritable: z.object({ path: text, text, full: z.optional(z.literal(true)) }),
  outputInUse: path,
  outputReadOnly: path,
  outputRemoved: path,
  outputBusy: path,
  targetBusy: database,
  safetyBackupFailed: z.object({ database: text, text }),
  databaseInUse: z.object({
    database: text,
    count: number,
    sessions: names,
    text,
  }),
  sessionsKept: z.object({ user: text, ended: number, count: number, sessions: names }),
  swapRefused: z.object({ database: text, user: text, reason: swapRefusal, names }),
  swapChanged: database,
  swapUncertain: database,
  inputMissing: path,
  inputDiffers: z.object({ path: text, first: text, count: number }),
  inputChanged: path,
  inputUnreadable: pathAndText,
  inputUnfinished: path,
  notADump: z.object({ path: text, looksLike, text: z.optional(text) }),
  scriptTorn: z.object({ path: text, line: number, text, table: z.nullable(text) }),
  dumpFailed: z.object({ path: text, text }),
  archiveDamaged: z.object({ path: text, offset: number, reading: text }),
  backupDamaged: z.object({ path: text, level, first: text, count: number }),
  trialRestoreImpossible: path,
  scratchDatabaseLeft: z.object({ database: text, text }),
  trialReachesOut: z.object({
    path: text,
    kind: reachKind,
    statement: text,
    line: z.nullable(number),
    object: z.nullable(text),
    count: number,
  }),
  manifestInvalid: z.object({ path: text, problem: text }),
  manifestNotWritten: pathAndText,
  recordNotWritten: pathAndText,
  archiveVersionUnsupported: z.object({ path: text, version: text }),
  compressionUnsupported: z.object({ path: text, method: text }),
  packedChoice: z.object({ path: text, names: z.array(text).check(z.maxLength(MAX_NAMES)) }),
  nothingPacked: z.object({ path: text, files: number }),
  unpacksTooLarge: z.object({ path: text, reason: growth }),
  noSpaceToUnpack: z.object({ path: text, folder: text, free: number, needed: number }),
  partMissing: z.object({ path: text, missing: text }),
  rowsUnavailable: z.object({ name: text, reason: rowsReason }),
  objectUnknown: z.object({ name: text, where: text }),
  objectAmbiguous: z.object({ name: text, candidates: text }),
  optionInvalid: z.object({ field: text, problem: optionProblem }),
  argumentUnsayable: z.object({ argument: text, character: text }),
  argumentsTooLong: z.object({ tool: text, needs: z.nullable(number) }),
  extraArgumentRefused: z.object({ argument: text, problem: text }),
  scriptSwitchesDatabase: z.object({ path: text, database: text }),
  scriptRunsCommands: z.object({ path: text, line: number, command: text }),
  scriptNeedsRestrict: z.object({
    path: text,
    line: number,
    command: text,
    psql: text,
    needs: text,
  }),
  confirmationRequired: database,
  workspaceUntrusted: nothing,
  jobUnknown: id,
  jobIdTaken: id,
  cancelled: nothing,
  toolFailed: z.object({
    tool: text,
    exitCode: z.nullable(number),
    cause,
    text,
    lock: z.optional(lockWaitSchema),
  }),
  handlesExhausted: z.object({ code: z.enum(NO_HANDLES) }),
  internal: z.object({ text }),
};

/**
 * Why a job failed, as its record says. Details that do not fit their code are dropped, because no
 * sentence can be made of them. A code of a later version stays as it is.
 */
export const failureSchema = z.pipe(
  z.object({ code: text.check(z.maxLength(100)), details: z.record(text, z.unknown()) }),
  z.transform((failure): JobFailure => {
    const schema: z.ZodMiniType | undefined = Object.hasOwn(DETAILS, failure.code)
      ? DETAILS[failure.code as ErrorCode]
      : undefined;
    if (schema === undefined || schema.safeParse(failure.details).success) return failure;
    return { code: 'internal', details: { text: failure.code } };
  }),
);
