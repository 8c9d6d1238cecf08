import type { RowStatements } from '../../archive/inspect/rowStatements';
import type { Manifest } from '../../backups/manifest/manifest';
import type { VerifyProblems } from '../../backups/manifest/problems';
import type { DataCounts } from '../../backups/verify/dataCounts';
import { countRows, type RowCounts } from '../../catalog/countRows';
import { dropAbandonedScratch, markScratchDatabase } from '../../catalog/restore/scratchDatabases';
import { connectionLabel } from '../../model/profile';
import { AppError } from '../../errors';
import { connect, QUERY_TIMEOUT_MS, type JobConnection } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import { runArchiveRestore } from '../restore/restoreArchive';
import { maintenanceDatabases } from '../job/maintenanceDatabases';
import { CreatedDatabase } from '../restore/restoreDatabase';
import { readInput } from '../restore/input/restoreInput';
import { runScriptRestore } from '../restore/script/restoreScript';
import type { Permission } from '../restore/restorePermission';
import type { RestoreTask } from '../restore/restoreTask';
import { compareRows, expectedRows } from '../check/compareRows';
import { decideTrial } from './trialTask';
import type { VerifyMonitor } from '../progress/verify/verifyMonitor';

/** Limit in milliseconds for counting the rows of one table. */
const COUNT_TIMEOUT_MS = 3_600_000;

export interface TrialResult {
  tool: string;
  /** The tool came to the end of the backup, whatever failed on the way. */
  wentThrough: boolean;
  /** Tables that were counted, and their rows. */
  tables: number;
  rowCount: number;
}

export interface TrialRequest {
  permission: Permission;
  /** Absolute path of the dump itself, unpacked where it has to be. */
  inputPath: string;
  connectionId: string;
}

/** What was found out about a backup before it is restored. */
export interface KnownOfBackup {
  manifest: Manifest | null;
  data: DataCounts | null;
  /** Its rows, as far as they are statements. */
  rows: RowStatements;
}

/** The name of the database that a verification restores into. */
export function scratchDatabase(runId: string): string {
  return `pgbackup_verify_${runId}`;
}

/**
 * Restores a backup into a database that is made for it and dropped again however this ends, and
 * counts the rows of every table: against the rows that were counted while the backup was made,
 * else against those that are in it. Statements that fail are told.
 * @throws AppError `connectionUnknown`, `connectionReadOnly`, `trialRestoreImpossible`; as
 *   `connect` and `decideTrial`; `cancelled`
 */
export async function runTrialRestore(
  run: JobRun,
  trial: TrialRequest,
  known: KnownOfBackup,
  { problems, watch }: { problems: VerifyProblems; watch: VerifyMonitor },
): Promise<TrialResult> {
  const { record, signal } = run;
  const { task, connection, database } = await prepareTrial(run, trial, known.rows);
  const isArchive = task.archive !== null;
  const tool = `${isArchive ? 'pg_restore' : 'psql'} ${task.install.version.text}`;
  const restore = isArchive ? runArchiveRestore : runScriptRestore;
  watch.begin('restore');
  try {
    await restore(run, task, { begun: false, atomic: false });
  } catch (error) {
    if (!AppError.is(error, 'toolFailed')) throw error;
    problems.add('toolFailed', null, error.details.text);
    return { tool, wentThrough: false, tables: 0, rowCount: 0 };
  }
  watch.end('restore');
  for (const error of record.snapshot().errors) {
    problems.add('restoreError', error.object ?? null, error.message);
  }
  // The list holds only the first errors; the count includes all.
  problems.count += Math.max(0, record.errorCount - record.snapshot().errors.length);

  record.progress.setPhase('countingRows');
  watch.begin('count');
  record.touch();
  const counts = await countRows(connection.psql, connection.to(database), {
    signal,
    timeoutMs: COUNT_TIMEOUT_MS,
    onProgress: (counted, total, share) => watch.counted(counted, total, share),
  });
  watch.end('count');
  compareCounts(known, counts, problems);
  const rows = counts.tables.map((table) => table.rows).filter((count) => count !== null);
  const rowCount = rows.reduce((sum, count) => sum + count, 0);
  return { tool, wentThrough: true, tables: rows.length, rowCount };
}

/** Connects, decides how to restore, and creates the scratch database. */
async function prepareTrial(
  run: JobRun,
  { permission, inputPath, connectionId }: TrialRequest,
  rows: RowStatements,
): Promise<{ task: RestoreTask; connection: JobConnection; database: string }> {
  const { record, services, signal } = run;
  const profile = services.connections.get(connectionId);
  if (profile.readOnly === true) {
    throw new AppError('connectionReadOnly', { name: connectionLabel(profile) });
  }
  const input = await readInput(inputPath, undefined, signal);
  const { info } = input;
  if (info.cluster) throw new AppError('trialRestoreImpossible', { path: inputPath });
  const database = scratchDatabase(run.runId);
  const connection = await connect(
    run,
    profile,
    maintenanceDatabases(profile, database, services.inherited),
  );
  const task = await decideTrial(run, { permission, input, connection, database, rows });

  record.progress.setPhase('creatingDatabase');
  record.touch();
  await dropAbandoned(run, connection);
  const created = await CreatedDatabase.create(run, connection, database, info);
  run.cleanups.push(() => dropScratch(run, created));
  task.created = created;
  const limits = { signal, timeoutMs: QUERY_TIMEOUT_MS };
  await markScratchDatabase(connection.psql, connection.target, database, limits);
  return { task, connection, database };
}

function compareCounts(
  { manifest, data }: KnownOfBackup,
  counts: RowCounts,
  problems: VerifyProblems,
): void {
  compareRows(expectedRows(manifest, data), counts, problems);
  if (data !== null && data.largeObjects !== counts.largeObjects) {
    problems.add('rowsDiffer', 'LARGE OBJECTS', `${data.largeObjects} → ${counts.largeObjects}`);
  }
}

/**
 * Drops scratch databases of verifications whose process was killed. Its failure does not affect
 * this verification.
 */
async function dropAbandoned(run: JobRun, { psql, target }: JobConnection): Promise<void> {
  const options = { signal: run.signal, timeoutMs: QUERY_TIMEOUT_MS };
  const names = await dropAbandonedScratch(psql, target, options).catch(() => []);
  if (run.signal.aborted) throw new AppError('cancelled', {});
  run.record.addLines(names.map((name) => `DROP DATABASE ${name}`));
}

/**
 * Drops the scratch database, which nobody else uses: sessions that the tool left have been ended
 * before.
 */
async function dropScratch(run: JobRun, created: CreatedDatabase): Promise<void> {
  if ((await created.drop()) === null) return;
  const text = await created.drop();
  if (text === null) return;
  run.record.addWarning(new AppError('scratchDatabaseLeft', { database: created.name, text }));
}
