import { availableParallelism } from 'node:os';
import { asGiven } from '../../archive/packed/asGiven';
import type { KnownBackup } from '../../archive/inspect/backupInfoCache';
import { assertReportWhole } from '../../archive/data/checkStructure';
import { refuseUnfinished } from '../../archive/file/unfinished';
import { compareWithManifest } from '../../backups/files/compareFiles';
import type { BackupInfo } from '../../model/archive';
import type { ServerInfo } from '../../model/catalog';
import { connectionLabel, type ConnectionProfile } from '../../model/profile';
import { AppError } from '../../errors';
import { problemText } from '../../text/files/problemText';
import type { RestoreContext } from '../../forms/form/context';
import { formConnection } from '../../forms/form/formConnection';
import type { RequestedRestore } from '../../forms/api/requests';
import { clusterDatabases, maintenanceDatabase } from '../../forms/restore/clusterRestore';
import { evaluateRestore } from '../../forms/restore/restoreForm';
import { psqlOptions } from '../../pgtools/catalogue/psql';
import { restoreOptions } from '../../pgtools/catalogue/restore';
import { chooseTool, type ToolTask } from '../../pgtools/choose/candidates';
import type { ToolInstall } from '../../model/tools';
import { formTool } from '../job/formTool';
import { connect, type JobConnection } from '../job/jobConnection';
import { maintenanceDatabases } from '../job/maintenanceDatabases';
import type { TargetState } from '../../model/job';
import type { JobRun } from '../job/jobContext';
import type { JobRecord } from '../job/jobRecord';
import { assertNoErrors } from '../job/assertNoErrors';
import { tellNote } from '../job/tellNote';
import { resolveOptions, type RequestedOptions } from './requestedOptions';
import { applyDatabaseProperties } from './applyProperties';
import { tellSequences } from './tellSequences';
import { runArchiveRestore } from './restoreArchive';
import { CreatedDatabase, KEPT_OPEN_MS, reserveDatabase } from './restoreDatabase';
import { openInput } from './input/openInput';
import { readInput, type RestoreInput } from './input/restoreInput';
import type { Permitted } from './restorePermission';
import { makeSafetyBackup, type SafetyRequest } from './safety/safetyBackup';
import { refuseScript } from './script/refuseScript';
import { RestoreBeside } from './swap/restoreBeside';
import { runScriptRestore } from './script/restoreScript';
import type { RestoreProgressState, RestoreTask } from './restoreTask';

export interface RestoreRequest extends RequestedOptions {
  /** Earlier reading of the file; only used while the file is unchanged. */
  known?: KnownBackup | undefined;
  /** The user has confirmed a file that differs from its manifest. */
  acceptDifferences?: boolean | undefined;
  /** Where safety backups go; none is made when left out. */
  safety?: SafetyRequest | undefined;
}

/**
 * Restores a file into a database. All that can be checked is checked before anything changes.
 * @throws AppError `connectionReadOnly`, `cancelled`; as `connect`, `readInput`,
 *   `makeSafetyBackup`, `runArchiveRestore` and `runScriptRestore`
 */
export async function runRestore(
  run: JobRun,
  request: Permitted<RestoreRequest>,
): Promise<'completed' | 'completedWithErrors'> {
  const { record, services, signal } = run;
  record.targetState = 'untouched';
  const state: RestoreProgressState = { begun: false, atomic: false };
  let created: CreatedDatabase | null = null;
  let read: string | null = null;
  let beside: RestoreBeside | null = null;
  try {
    const profile = services.connections.get(request.options.connectionId);
    if (profile.readOnly === true) {
      throw new AppError('connectionReadOnly', { name: connectionLabel(profile) });
    }
    record.progress.setPhase('reading');
    record.touch();
    const [input, { connection, replaced }] = await readAndConnect(
      run,
      profile,
      request,
      (path) => {
        read = path;
      },
    );
    const { info, archive } = input;
    if (replaced !== null) beside = await RestoreBeside.prepare(run, connection, replaced);
    const { databases, targetDatabase } = request.options;
    const wanted = { databases, targetDatabase: beside?.copy ?? targetDatabase };
    const { database, written } = targetOf({ connection, replaced }, info, wanted);
    // What is wrong with the request is told also while another job writes there.
    const task = await prepareTask(run, request, { profile, input, connection, database });
    for (const name of written) reserveDatabase(run, connection, name);
    if (task.options.createDatabase || beside) {
      record.progress.setPhase('creatingDatabase');
      record.touch();
      beside?.begin();
      created = await CreatedDatabase.create(run, connection, database, info);
      task.created = created;
      await beside?.made();
    }
    if (request.safety) await makeSafetyBackup(run, task, request.safety);
    if (signal.aborted) throw new AppError('cancelled', {});
    const restore = info.format === 'plain' ? runScriptRestore : runArchiveRestore;
    const status = await restore(run, task, state);
    await tellSequences(run, task);
    if (archive && !beside) await applyDatabaseProperties(run, task, archive.toc);
    void connection.open?.end();
    const end = beside ? await beside.finish(task, status) : status;
    record.targetState = null;
    return end;
  } catch (error) {
    // Keeps `unknown` once it is set.
    if ((record.targetState as TargetState | null) !== 'unknown') {
      record.targetState = beside?.kept
        ? besideState(record)
        : await leaveTarget(record, state, created, beside);
    }
    throw asGiven(error, request.options.inputPath, read);
  }
}

/** The database that the tool connects to, and those that are written into. */
function targetOf(
  { connection, replaced }: RestoreConnection,
  info: BackupInfo,
  { databases, targetDatabase }: Pick<RequestedRestore, 'databases' | 'targetDatabase'>,
): { database: string; written: readonly string[] } {
  const { server } = connection;
  const database = info.cluster ? maintenanceDatabase(server) : (targetDatabase ?? server.database);
  const written = info.cluster ? clusterDatabases(info, databases) : [replaced ?? database];
  return { database, written };
}

interface PreparedRestore {
  profile: ConnectionProfile;
  input: RestoreInput & { path: string };
  connection: JobConnection;
  database: string;
}

/**
 * Chooses the tool and the options; refuses what cannot be restored.
 *
 * @throws AppError also of `chooseTool`, `refuseScript` and `assertNoErrors`
 */
async function prepareTask(
  run: JobRun,
  request: Permitted<RestoreRequest>,
  { profile, input, connection, database }: PreparedRestore,
): Promise<RestoreTask> {
  const { record, signal } = run;
  const { info, archive } = input;
  const install = chooseInstall(connection, info, request.options.toolDir);
  const table = info.format === 'plain' ? psqlOptions : restoreOptions;
  const tool = await formTool(run, install, table, request.options.toolOptions);
  if (info.format === 'plain') await refuseScript(info, database, install.version, signal);
  const context: RestoreContext = {
    connection: formConnection(profile),
    server: connection.server,
    info,
    tool,
    cores: availableParallelism(),
  };
  const options = resolveOptions(request, info, context);
  assertNoErrors(evaluateRestore(options, context).problems);
  const { exitOnError } = options;
  if (exitOnError !== request.options.exitOnError) {
    tellNote(record, { code: 'stopsAtErrors', stops: exitOnError });
  }
  record.options = options;
  if (archive && !options.salvage) assertReportWhole(info.path, archive.structure);
  const { unknownOptions } = tool;
  return {
    permission: request,
    // The record keeps what was asked for; the tool reads what was unpacked of it.
    options: { ...options, inputPath: input.path },
    info,
    archive,
    largeRows: input.largeRows,
    connection,
    database,
    install,
    unknownOptions,
    created: null,
  };
}

/**
 * Refuses a backup that differs from its manifest.
 * @throws AppError `inputDiffers`
 */
async function refuseDifferences(
  { options: { inputPath, checksums } }: RestoreRequest,
  signal: AbortSignal,
): Promise<void> {
  const { differences, differenceCount } = await compareWithManifest(inputPath, {
    checksums,
    signal,
  });
  const [found] = differences;
  if (found === undefined) return;
  const first = problemText(found);
  throw new AppError('inputDiffers', { path: inputPath, first, count: differenceCount });
}

/**
 * Compares the file with its manifest, reads it and connects at the same time, as none needs the
 * others. A difference ends the others, and is told before what else fails: these wait for the
 * comparison, but a server that cannot be used does not for checksums, which may take minutes.
 */
async function readAndConnect(
  run: JobRun,
  profile: ConnectionProfile,
  request: RestoreRequest,
  onOpened: (path: string) => void,
): Promise<[RestoreInput & { path: string }, RestoreConnection]> {
  const { options, known, acceptDifferences } = request;
  const inVain = new AbortController();
  const signal = AbortSignal.any([run.signal, inVain.signal]);
  try {
    const same = acceptDifferences === true ? null : refuseDifferences(request, signal);
    const read = async (): Promise<RestoreInput & { path: string }> => {
      refuseUnfinished(options.inputPath);
      const { inputPath: file, inputMember: member } = options;
      const opened = await openInput({ ...run, signal }, { file, member, known });
      const { path, packed } = opened;
      onOpened(path);
      const input = await readInput(path, packed === null ? known : undefined, signal);
      return packed === null
        ? { ...input, path }
        : { ...input, path, info: { ...input.info, packed } };
    };
    const connected = connectForRestore({ ...run, signal }, profile, options);
    const both = Promise.all([read(), connected]);
    both.catch(() => undefined);
    await (options.checksums ? Promise.race([same, connected.then(() => same)]) : same);
    return await both;
  } finally {
    // A pending question for a password is closed as well.
    inVain.abort();
  }
}

/** The state in which a restore that failed or was cancelled leaves the database. */
async function leaveTarget(
  record: JobRecord,
  state: RestoreProgressState,
  created: CreatedDatabase | null,
  beside: RestoreBeside | null,
): Promise<'untouched' | 'rolledBack' | 'partial' | 'databaseDropped'> {
  const text = created ? await created.drop() : null;
  if (beside && text === null) {
    record.swap = null;
    return 'untouched';
  }
  if (created && text === null) return 'databaseDropped';
  if (created && text !== null) {
    record.addWarning(new AppError('scratchDatabaseLeft', { database: created.name, text }));
    return beside ? 'untouched' : 'partial';
  }
  if (state.effect) return state.effect.left;
  if (!state.begun || state.failedAtOnce === true) return 'untouched';
  return state.atomic ? 'rolledBack' : 'partial';
}

/**
 * The state after a swap: both databases are whole, or it is unknown which of them has the name;
 * null = there was no swap.
 */
function besideState({ swap }: JobRecord): TargetState | null {
  return swap?.state === 'ready' ? 'untouched' : null;
}

interface RestoreConnection {
  connection: JobConnection;
  /** Name of the database whose place the restored one takes; null = none. */
  replaced: string | null;
}

async function connectForRestore(
  run: JobRun,
  profile: ConnectionProfile,
  options: RequestedRestore,
): Promise<RestoreConnection> {
  const { inherited } = run.services;
  if (!options.createDatabase) {
    const connection = await connect(run, profile, [options.targetDatabase ?? undefined]);
    if (!options.swapIn) return { connection, replaced: null };
    const replaced = connection.server.database;
    // The server renames no database that somebody is connected to.
    const other = maintenanceDatabases(profile, replaced, inherited);
    return { connection: await connect(run, profile, other), replaced };
  }
  const databases = maintenanceDatabases(profile, options.targetDatabase, inherited);
  const connection = await connect(run, profile, databases);
  connection.open?.endIdle(KEPT_OPEN_MS);
  // Not waited for: it may be creating a database, and a cancel does not wait for that.
  run.cleanups.push(() => void connection.open?.end());
  if (options.targetDatabase !== null && hasDatabase(connection.server, options.targetDatabase)) {
    throw new AppError('databaseExists', { database: options.targetDatabase });
  }
  return { connection, replaced: null };
}

function hasDatabase(server: ServerInfo, name: string): boolean {
  return name === server.database || server.databases.includes(name);
}

function chooseInstall(
  { search, server }: JobConnection,
  info: BackupInfo,
  toolDir: string | null,
): ToolInstall {
  const { archiveVersion } = info;
  const task: ToolTask =
    info.format === 'plain'
      ? { tool: 'psql', server, script: info }
      : { tool: 'pg_restore', server, archiveVersion };
  return chooseTool(search.installs, task, toolDir).install;
}
