import type { BackupInfo } from '../../model/archive';
import type { DatabaseChoice } from '../../model/options';
import { compareWithManifest } from '../../backups/files/compareFiles';
import type { TargetReading } from '../../catalog/readTargetContents';
import { effectiveTarget } from '../../connections/effectiveTarget';
import { describeAddress, withPort } from '../../connections/libpq';
import { AppError, type ErrorCode } from '../../errors';
import {
  clusterContents,
  clusterEffects,
  isClusterScript,
} from '../../forms/restore/clusterRestore';
import { reachBeyond } from '../../forms/restore/fileTrust';
import { connectionLabel, type ConnectionProfile } from '../../model/profile';
import type {
  FileDifferences,
  RestoreConfirmation,
  RestoreTarget,
  ServerEffects,
  TargetFacts,
} from '../../model/confirmation';
import {
  neededConfirmation,
  type RestoreFacts,
  type RestoreIntent,
} from '../../preflight/neededConfirmation';
import { toJobFailure } from '../job/jobFailure';

/** The part of the request that matters before the start. */
export interface ConfirmationRequest {
  kind: RestoreIntent['kind'];
  inputPath: string;
  /** Which of several dumps in the file; null = the only one. */
  inputMember?: string | null | undefined;
  /** null = the connection's own. */
  targetDatabase: string | null;
  createDatabase: boolean;
  /** Of a script of pg_dumpall: what of it is restored; null = all of it. */
  databases?: readonly DatabaseChoice[] | null | undefined;
  withoutRoles?: boolean | undefined;
  clean: boolean;
  /** The rows of the tables are deleted first. */
  replaceRows?: boolean | undefined;
  /** The restored database takes the target's place. */
  swapIn?: boolean | undefined;
  endSessions?: boolean | undefined;
  /** What is dropped is backed up first. */
  safetyBackup?: boolean | undefined;
  /** Compare the file with the checksums of its manifest, not with its sizes alone. */
  checksums: boolean;
}

/** Sources of the facts. */
export interface ConfirmationServices {
  profile: ConnectionProfile;
  /** The environment that tools inherit. */
  inherited: Readonly<Record<string, string | undefined>>;
  /** What is in the file. Rejects when it cannot be read. */
  readInput: (path: string) => Promise<BackupInfo>;
  /** Has a job of this machine made the file, as it is now? */
  madeHere: (path: string) => Promise<boolean>;
  /** Looks into a database, undefined = the connection's own; within a time limit. */
  readTarget: (database: string | undefined) => Promise<TargetReading>;
  /** Names of the databases of the server; within a time limit. */
  readDatabases: () => Promise<string[]>;
  signal?: AbortSignal | undefined;
}

/** Errors that make a restore impossible: they are thrown instead of asking a question. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'authenticationFailed',
  'cancelled',
  'connectionInvalid',
  'databaseMissing',
  'keyLocked',
  'passwordRequired',
  'toolMissing',
  'toolNotStarted',
  'toolsNotFound',
  'toolsUnreachable',
]);

/**
 * Looks at file and target of a restore and says what has to be asked before it may start
 * (`neededConfirmation`). What cannot be found out is a finding of its own.
 *
 * @throws AppError with what makes the restore impossible: no password, no tools, no such database;
 *   `cancelled`
 */
export async function findNeededConfirmation(
  request: ConfirmationRequest,
  world: ConfirmationServices,
): Promise<RestoreConfirmation> {
  const [info, fileDiffers, reading, madeHere] = await Promise.all([
    world.readInput(request.inputPath).catch(() => null),
    differencesOf(request, world),
    readingOf(request, world),
    world.madeHere(request.inputPath),
  ]);
  const intent: RestoreIntent =
    request.kind === 'database'
      ? {
          kind: 'database',
          clean: request.clean,
          replaceRows: request.replaceRows === true,
          swapIn:
            request.swapIn === true ? { endSessions: request.endSessions === true } : undefined,
          backsUp: request.safetyBackup === true,
        }
      : { kind: request.kind };
  const facts: RestoreFacts = {
    target: targetOf(request, world, reading),
    environment: world.profile.environment ?? null,
    contents: request.kind === 'database' ? contentsOf(reading) : null,
    fileDrops: info?.warnings.includes('drops') === true,
    effects: request.kind === 'server' ? await effectsOf(info, request, world) : null,
    fileDiffers,
    misread: info?.misread ?? null,
    reach: reachBeyond(info, madeHere),
    madeHere,
  };
  return neededConfirmation(intent, facts);
}

/**
 * The target as it was read; null = not read, because the restore creates the database or the
 * script names its own.
 */
type Reading = TargetReading | AppError | null;

async function readingOf(
  request: ConfirmationRequest,
  world: ConfirmationServices,
): Promise<Reading> {
  if (request.kind !== 'database' || request.createDatabase) return null;
  try {
    return await world.readTarget(request.targetDatabase ?? undefined);
  } catch (error) {
    if (!AppError.is(error) || REFUSALS.has(error.code)) throw error;
    return error;
  }
}

function contentsOf(reading: Reading): TargetFacts {
  if (reading === null) return { kind: 'new' };
  return reading instanceof AppError
    ? { kind: 'unknown', failure: toJobFailure(reading) }
    : { kind: 'known', contents: reading.contents };
}

function targetOf(
  request: ConfirmationRequest,
  world: ConfirmationServices,
  reading: Reading,
): RestoreTarget {
  const { profile, inherited } = world;
  const stated = effectiveTarget(profile, inherited);
  const read = reading instanceof AppError ? null : reading;
  // Address that psql reports, where it differs from what the connection states.
  const settled = stated.host !== undefined && !stated.host.includes(',');
  const exact = read && !settled && stated.parameters['hostaddr'] === undefined;
  const own = stated.database ?? (inherited['PGDATABASE'] || null);
  return {
    connection: connectionLabel(profile),
    address: exact ? withPort(read.host, read.port) : describeAddress(profile, inherited),
    database:
      request.kind === 'database' ? (read?.database ?? request.targetDatabase ?? own) : null,
  };
}

async function differencesOf(
  { inputPath, checksums }: ConfirmationRequest,
  { signal }: ConfirmationServices,
): Promise<FileDifferences | null> {
  try {
    const found = await compareWithManifest(inputPath, { checksums, signal });
    const [first] = found.differences;
    return first === undefined ? null : { first, count: found.differenceCount };
  } catch (error) {
    // The job says what is wrong with a file that cannot be read.
    if (!AppError.is(error) || error.code === 'cancelled') throw error;
    return null;
  }
}

async function effectsOf(
  info: BackupInfo | null,
  { databases = null, withoutRoles = false }: ConfirmationRequest,
  { readDatabases }: ConfirmationServices,
): Promise<ServerEffects | null> {
  if (info === null || !isClusterScript(info)) return null;
  const existing = await readDatabases().catch((error: unknown) => {
    if (!AppError.is(error) || REFUSALS.has(error.code)) throw error;
    return null;
  });
  const { created, written, dropped } = clusterEffects(info, existing, databases);
  const contents = clusterContents(info);
  const part = databases !== null;
  return {
    createdDatabases: created,
    writtenDatabases: written,
    droppedDatabases: dropped,
    createdRoles: part && withoutRoles ? [] : contents.roles,
    droppedRoles: part ? [] : contents.droppedRoles,
    createdTablespaces: part && withoutRoles ? [] : contents.tablespaces,
  };
}
