import { refusingCommands } from '../../archive/script/commandGuard';
import { inOneDatabase, ScriptParts } from '../../archive/script/scriptParts';
import { decompressed } from '../../archive/compression/decompress';
import {
  keepPassword,
  withoutCommands,
  type DatabaseSwitch,
} from '../../archive/script/withoutCommands';
import { runCommand } from '../../catalog/psql';
import { readOwnRoles, type OwnRoles } from '../../catalog/serverInfo';
import { AppError } from '../../errors';
import { scriptEncoding } from '../../forms/form/archiveFacts';
import { ErrorCollector } from '../../pgtools/stderr/errorCollector';
import { isAboutRoles } from '../../pgtools/stderr/restoreErrors';
import { QUERY_TIMEOUT_MS } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import { ScriptMonitor } from '../progress/restore/scriptMonitor';
import { takeErrors } from '../tool/toolFailure';
import { commandRefusal } from './refuseScript';
import type { RestoreProgressState, RestoreTask } from './restoreTask';
import { ScriptRun } from './scriptRun';
import type { ScriptPlan } from '../../plans/planRestore';

/**
 * Runs a script by psql: one process, or one for each database that a script of pg_dumpall connects
 * to.
 */
export async function runScriptRestore(
  run: JobRun,
  task: RestoreTask,
  state: RestoreProgressState,
): Promise<'completed' | 'completedWithErrors'> {
  const { record, signal } = run;
  const { options, info, connection } = task;
  const { server, psql } = connection;
  const target = connection.to(task.database);
  await makeRoom(run, task);
  record.progress.setPhase('restoring');
  record.touch();
  const watch = new ScriptMonitor(run, connection, info, task);
  await watch.begin();
  const own = info.cluster
    ? await readOwnRoles(psql, target, server, { signal, timeoutMs: QUERY_TIMEOUT_MS })
    : null;
  const there = new Set(own ? [server.user, own.bootstrap] : []);
  const collector = new ErrorCollector({ harmless: (error) => isAboutRoles(error, there) });
  // Large objects come with transactions of their own, and their COMMIT ends ours.
  state.atomic = options.singleTransaction && !info.contents.hasBlobs;
  const script = new ScriptRun(run, task, { state, watch, collector });
  try {
    if (own) await runParts(script, task, watch, own);
    else await script.run({ target, bytes: bytesOf(script.plan(target), task, watch) });
  } finally {
    // A session of ours would be in the way of dropping a database that was made for this.
    await watch.finishing();
  }
  if (signal.aborted && collector.total > 0) throw new AppError('cancelled', {});
  takeErrors(record, { collector });
  await watch.completed();
  return collector.total === 0 ? 'completed' : 'completedWithErrors';
}

/**
 * A script of the schema `public` creates it, but a new database already has it, empty: it is
 * dropped first. If the role may not drop it, the script's own statement reports that.
 */
async function makeRoom(run: JobRun, task: RestoreTask): Promise<void> {
  const { info, created, connection } = task;
  if (created === null || !info.warnings.includes('createsPublic')) return;
  const how = { signal: run.signal, timeoutMs: QUERY_TIMEOUT_MS };
  const target = connection.to(created.name);
  await runCommand(connection.psql, target, 'DROP SCHEMA public', how).catch((error: unknown) => {
    if (!AppError.is(error, 'queryFailed')) throw error;
  });
}

/** The part of a script that psql gets for one database; null = psql reads the file itself. */
function bytesOf(
  { restricted, stdin }: ScriptPlan,
  task: RestoreTask,
  watch: ScriptMonitor,
): AsyncGenerator<Buffer> | null {
  const { options, install } = task;
  if (stdin === null) return null;
  if (!stdin.withoutCommands) {
    const from = { encoding: stdin.encoding, onRead: watch.read } as const;
    return decompressed(stdin.path, stdin.compression, from);
  }
  const bytes = inOneDatabase(rewritten(task, watch));
  if (restricted) return bytes;
  // The file may be another than the one that was searched: this is what psql gets.
  return refusingCommands(bytes, commandRefusal(options.inputPath, install.version));
}

function rewritten(
  { options, info, connection }: RestoreTask,
  watch: ScriptMonitor,
  own: OwnRoles | null = null,
): AsyncGenerator<Buffer | DatabaseSwitch> {
  const from = { encoding: scriptEncoding(info), onRead: watch.read };
  return withoutCommands(
    decompressed(options.inputPath, info.compression, from),
    own ? keepPassword(connection.server.user, own.password) : undefined,
  );
}

/** Runs what a script of pg_dumpall has for each database, each by a psql of its own. */
async function runParts(
  script: ScriptRun,
  task: RestoreTask,
  watch: ScriptMonitor,
  own: OwnRoles,
): Promise<void> {
  const parts = new ScriptParts(rewritten(task, watch, own));
  try {
    for await (const { database, linesBefore, pieces } of parts.all()) {
      if (database !== null) watch.enter(database);
      const target = task.connection.to(database ?? task.database);
      await script.run({ target, bytes: pieces, linesBefore });
    }
  } finally {
    await parts.close();
  }
}
