import path from 'node:path';
import { readCatalog } from '../../catalog/readCatalog';
import type { DatabaseCatalog } from '../../model/catalog';
import { AppError } from '../../errors';
import { formConnection } from '../../forms/form/formConnection';
import { isClusterBackup, type BackupOptions } from '../../model/options';
import type { RequestedBackup } from '../../forms/api/requests';
import { deriveBackup, type DerivedBackup } from '../../forms/selection/derivedBackup';
import type { ObjectSelection } from '../../forms/selection/objectSelection';
import { dumpOptions } from '../../pgtools/catalogue/dump';
import { placedTool } from '../../pgtools/args/toolPlace';
import { chooseTool } from '../../pgtools/choose/candidates';
import type { BackupRequest } from './backupRequest';
import { planBackup } from '../../plans/planBackup';
import { runDump } from './runDump';
import { BackupMonitor } from '../progress/dump/backupMonitor';
import { formTool } from '../job/formTool';
import { connect, QUERY_TIMEOUT_MS, type JobConnection } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import { markStep } from '../job/steps';
import { canonicalPath, OutputTarget } from './outputTarget';
import {
  BACKUP_RELATIONS,
  checkSchemas,
  namesObjects,
  resolveTables,
  withExactNames,
} from '../../forms/api/resolveTables';
import { assertAllowed } from './checkOptions';
import { samePath } from '../../files/samePath';

/** How long the psql that has read the catalog waits for pg_dump to begin, in milliseconds. */
const BEGIN_WAIT_MS = 500;

/**
 * Backs up one database. Everything that can be checked is checked before pg_dump is started.
 * @throws AppError `outputBusy`; as `connect`, `OutputTarget.prepare` and `runDump`
 */
export async function runBackup(run: JobRun, request: BackupRequest): Promise<'completed'> {
  const { record, services } = run;
  record.outputPath = request.options.outputPath;
  record.addLines([...(request.notes ?? [])]);
  const profile = services.connections.get(request.options.connectionId);
  const target = await reserveOutput(run, request);
  if (isClusterBackup(request.options)) {
    const { runClusterBackup } = await import('./clusterBackupJob');
    return runClusterBackup(run, profile, request, target);
  }
  markStep('outputReserved');
  record.progress.setPhase('reading');
  record.touch();
  const connection = await connect(run, profile, [request.options.database ?? undefined]);
  run.cleanups.push(() => void connection.open?.end());
  const { installs } = connection.search;
  const task = { tool: 'pg_dump', server: connection.server } as const;
  const { install } = chooseTool(installs, task, request.options.toolDir);
  const tool = await formTool(run, install, dumpOptions, request.options.toolOptions);
  const { options, catalog, derived } = await resolveNames(run, request.options, connection);
  record.options = options;

  const context = {
    connection: formConnection(profile),
    server: connection.server,
    catalog,
    tool,
  };
  await assertAllowed(options, context, derived);

  const objects = derived.objects ?? selectLater(run, connection, options);
  // pg_dump may need the connection by which they are read.
  if (connection.server.limitsSessions === true) await objects;
  return runDump(run, {
    options,
    plan: planBackup(options, {
      version: install.version,
      connectionArgs: connection.target.args,
      selection: derived.dump,
      databaseEncoding: connection.server.encoding,
      unknownOptions: tool.unknownOptions,
      windows: process.platform === 'win32',
      utf8Arguments: tool.utf8Arguments,
      streams: placedTool(install.dir) !== null,
    }),
    install,
    connection,
    target,
    manifest: request.manifest,
    monitor: new BackupMonitor(run, connection, {
      options,
      tool: install.version,
      objects,
    }),
    database: connection.server.database,
    objects,
  });
}

/** The place of the backup, which no other job can take until this one ends. */
async function reserveOutput(run: JobRun, request: BackupRequest): Promise<OutputTarget> {
  const { record } = run;
  const { outputPath, format } = request.options;
  const release = run.reservations.take(`output ${await canonicalPath(outputPath)}`);
  if (!release) throw new AppError('outputBusy', { path: outputPath });
  run.cleanups.push(release);
  const target = await OutputTarget.prepare(outputPath, format, request.overwrite, run.runId);
  run.cleanups.push(() => target.discard());
  if (!samePath(target.finalPath, path.resolve(outputPath))) {
    const { tellNote } = await import('../job/tellNote');
    tellNote(record, { code: 'outputIsLink', link: outputPath, target: target.finalPath });
    record.outputPath = target.finalPath;
  }
  return target;
}

/** The request, with names as they are in the live database. */
interface ResolvedNames {
  options: BackupOptions;
  catalog: DatabaseCatalog | null;
  derived: DerivedBackup;
}

/** Turns the request into options for pg_dump; names are resolved by the live catalog. */
async function resolveNames(
  run: JobRun,
  requested: RequestedBackup,
  connection: JobConnection,
): Promise<ResolvedNames> {
  if (!namesObjects(requested)) {
    const options = withExactNames(BACKUP_RELATIONS, requested, () => []);
    return { options, catalog: null, derived: deriveBackup(options, { catalog: null }) };
  }
  const catalog = await loadCatalog(connection, run.signal);
  const where = catalog.database;
  const known = catalog.schemas.map((s) => s.name);
  const { schemas, excludeSchemas } = requested;
  const named = {
    ...requested,
    schemas: schemas && checkSchemas(schemas, known, where),
    excludeSchemas: checkSchemas(excludeSchemas, known, where),
  };
  const options = withExactNames(BACKUP_RELATIONS, named, (names) =>
    resolveTables(names, catalog.relations, where),
  );
  return { options, catalog, derived: deriveBackup(options, { catalog }) };
}

/** Without a selection the catalog only serves the estimate: pg_dump does not wait for it. */
async function selectLater(
  run: JobRun,
  connection: JobConnection,
  options: BackupOptions,
): Promise<ObjectSelection | null> {
  const noLonger = new AbortController();
  run.cleanups.push(() => noLonger.abort());
  const both = AbortSignal.any([run.signal, noLonger.signal]);
  try {
    return deriveBackup(options, { catalog: await loadCatalog(connection, both) }).objects;
  } catch {
    return null;
  }
}

async function loadCatalog(
  { psql, target, server, open }: JobConnection,
  signal: AbortSignal,
): Promise<DatabaseCatalog> {
  const options = { signal, timeoutMs: QUERY_TIMEOUT_MS };
  try {
    return await readCatalog(psql, target, server, { ...options, on: open ?? undefined });
  } finally {
    // Where few sessions are allowed, pg_dump needs this one. Elsewhere it is asked when the transaction
    // of pg_dump has begun, but not kept for long: a pooler may give pg_dump no session before.
    if (server.limitsSessions === true) await open?.end();
    else open?.endIdle(BEGIN_WAIT_MS);
  }
}
