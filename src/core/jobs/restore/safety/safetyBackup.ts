import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readCatalog } from '../../../catalog/readCatalog';
import { readTargetContents } from '../../../catalog/readTargetContents';
import { AppError, messageOf } from '../../../errors';
import { backupDefaults } from '../../../forms/backup/backupDefaults';
import { outputPathFromTemplate } from '../../../forms/backup/outputPath';
import { backsUpFirst } from '../../../forms/restore/destroys';
import type { SafetyBackup } from '../../../model/job';
import type { BackupOptions, RestoreOptions } from '../../../model/options';
import { isEmpty } from '../../../preflight/neededConfirmation';
import { runBackup } from '../../backup/backupJob';
import { inspectOutput } from '../../backup/outputTarget';
import { QUERY_TIMEOUT_MS } from '../../job/jobConnection';
import { keepRecord, type JobRun } from '../../job/jobContext';
import { JobRecord } from '../../job/jobRecord';
import { tellNote } from '../../job/tellNote';
import type { RestoreTask } from '../restoreTask';
import { concernedObjects, type ConcernedObjects } from './concernedObjects';

/** Where safety backups are kept, and how. */
export interface SafetyRequest {
  /** Absolute; made when it is missing. */
  directory: string;
  /** Are manifests written beside backups? */
  manifest: boolean;
}

/** gzip level: fast, and the file is still a third of the size. */
const COMPRESSION = 1;
const FORMAT = 'custom';
const NAME = '${database}_safety_${date}_${time}';

/**
 * Before a restore drops anything: backs up the database, or only the objects concerned where these
 * are known. Nothing is done where nothing would be lost.
 *
 * @throws AppError `safetyBackupFailed`; `cancelled`
 */
export async function makeSafetyBackup(
  run: JobRun,
  task: RestoreTask,
  { directory, manifest }: SafetyRequest,
): Promise<void> {
  const { record } = run;
  const { options, info } = task;
  if (!backsUpFirst(options, info)) return;
  record.progress.setPhase('safetyBackup');
  record.touch();
  const now = new Date(record.now());
  const proposed = outputPathFromTemplate({
    ...{ template: NAME, directory, format: FORMAT, now },
    ...{ database: task.database, connection: task.connection.profile.id },
  });
  try {
    const target = await freePath(proposed);
    const concerned = await whatIsLost(run, task);
    if (concerned === null) return;
    await mkdir(path.dirname(target), { recursive: true });
    const safety: SafetyBackup = {
      ...{ path: target, database: task.database, whole: false },
      ...concerned,
    };
    record.safetyBackup = safety;
    keepRecord(run);
    await backUp(run, optionsOf(options, safety), manifest);
    record.safetyBackup = { ...safety, whole: true };
    tellNote(record, { code: 'safetyBackup', path: target, part: concerned.tables !== null });
  } catch (error) {
    record.safetyBackup = null;
    if (run.signal.aborted || AppError.is(error, 'cancelled')) throw error;
    const text = textOf(run, error);
    throw new AppError('safetyBackupFailed', { database: task.database, text }, { cause: error });
  }
}

/** Restores may follow each other within a second. */
async function freePath(proposed: string): Promise<string> {
  const { dir, name, ext } = path.parse(proposed);
  let free = proposed;
  for (let n = 2; (await inspectOutput(free, FORMAT)).state !== 'free'; n++) {
    free = path.join(dir, `${name}_${n}${ext}`);
  }
  return free;
}

/** The objects that would be lost; null = none. */
async function whatIsLost(run: JobRun, task: RestoreTask): Promise<ConcernedObjects | null> {
  const { options, connection } = task;
  const how = { signal: run.signal, timeoutMs: QUERY_TIMEOUT_MS };
  const { psql, server } = connection;
  const target = connection.to(task.database);
  const { contents } = await readTargetContents(psql, target, server, how);
  if (isEmpty(contents)) return null;
  if (options.schemas === null && options.tables === null) return { schemas: null, tables: null };
  return concernedObjects(options, await readCatalog(psql, target, server, how));
}

function optionsOf(options: RestoreOptions, safety: SafetyBackup): BackupOptions {
  return {
    ...backupDefaults(FORMAT),
    connectionId: options.connectionId,
    database: safety.database,
    outputPath: safety.path,
    compression: COMPRESSION,
    schemas: safety.schemas,
    tables: safety.tables,
  };
}

/** The backup is a job of its own within this one: the same rules, the same files. */
async function backUp(run: JobRun, options: BackupOptions, manifest: boolean): Promise<void> {
  const { record } = run;
  const follow = (inner: JobRecord): void => {
    const progress = inner.snapshot().progress;
    record.progress.setCurrentObjects(progress?.currentObjects ?? []);
    record.touch();
  };
  const inner = new JobRecord(
    { id: record.id, type: 'backup', options },
    { changed: follow, lines: (_inner, lines) => record.addLines(lines) },
  );
  const backup: JobRun = { ...run, record: inner, cleanups: [] };
  inner.start();
  try {
    await runBackup(backup, {
      options,
      overwrite: false,
      manifest: manifest ? { workspaceDir: null, purpose: 'safety' } : null,
    });
  } finally {
    for (const cleanup of backup.cleanups.reverse()) {
      try {
        await cleanup();
      } catch {
        // What could not be cleaned up is recognisable by its name.
      }
    }
  }
}

/** The tool's or the server's own words, which say it best. */
function textOf({ services }: JobRun, error: unknown): string {
  if (AppError.is(error, 'toolFailed') && error.details.text !== '') return error.details.text;
  if (!AppError.is(error)) return messageOf(error);
  return services.describe?.(error) ?? error.message;
}
