import { chooseFromScript } from '../../../archive/document/scriptSelection';
import { refusingCommands } from '../../../archive/script/commandGuard';
import { LineMap } from '../../../archive/script/edit/lineMap';
import { inOneDatabase } from '../../../archive/script/edit/scriptParts';
import { rulesOf } from '../../../archive/script/edit/statementRules';
import { decompressed } from '../../../archive/compression/decompress';
import { runCommand } from '../../../catalog/psql';
import { readOwnRoles } from '../../../catalog/serverInfo';
import { AppError } from '../../../errors';
import { ErrorCollector } from '../../../pgtools/stderr/errorCollector';
import { isAboutRoles } from '../../../pgtools/stderr/restoreErrors';
import { QUERY_TIMEOUT_MS } from '../../job/jobConnection';
import type { JobRun } from '../../job/jobContext';
import { ScriptMonitor } from '../../progress/restore/scriptMonitor';
import { takeErrors } from '../../tool/toolFailure';
import { editedPieces } from './editedPieces';
import { commandRefusal } from './refuseScript';
import type { RestoreProgressState, RestoreTask } from '../restoreTask';
import { runParts } from './runParts';
import { ScriptEffect } from './scriptEffect';
import { ScriptRun } from './scriptRun';
import type { ScriptPlan } from '../../../plans/planRestore';

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
  const { info, connection } = task;
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
  const effect = (state.effect = new ScriptEffect());
  const script = new ScriptRun(run, task, { effect, watch, collector });
  try {
    if (own) await runParts(script, { run, task, watch, own });
    else {
      const lines = new LineMap();
      const plan = script.plan(target);
      const chosen = await chosenStarts(run, task, plan);
      const bytes = bytesOf(plan, { task, watch, lines, chosen });
      await script.run({ target, bytes, lines });
    }
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

/** Where the entries begin that are restored, if a part of them is chosen; and says what is left out. */
async function chosenStarts(
  { record, signal }: JobRun,
  { options }: RestoreTask,
  { stdin }: ScriptPlan,
): Promise<ReadonlySet<number>> {
  const selection = stdin?.edits?.selection ?? null;
  if (stdin === null || selection === null) return new Set();
  const { path, compression, encoding } = stdin;
  const kind = { kind: 'plain', compression, encoding, cluster: false, byPgDump: true } as const;
  const choice = { alone: options.dataOnly, signal };
  const { starts, alongside, leftOut } = await chooseFromScript(path, kind, selection, choice);
  const counts = [...leftOut].map(([desc, count]) => ({ desc, count }));
  record.addNote({ code: 'scriptPart', leftOut: counts, alongside });
  return starts;
}

/** Who follows the bytes of a script, beside psql. */
interface ScriptReading {
  task: RestoreTask;
  watch: ScriptMonitor;
  lines: LineMap;
  /** Where the chosen entries begin. */
  chosen: ReadonlySet<number>;
}

/** The part of a script that psql gets for one database; null = psql reads the file itself. */
function bytesOf(
  { restricted, stdin }: ScriptPlan,
  { task, watch, lines, chosen }: ScriptReading,
): AsyncGenerator<Buffer> | null {
  const { options, install } = task;
  if (stdin === null) return null;
  if (stdin.edits === null) {
    const from = { encoding: stdin.encoding, onRead: watch.read } as const;
    return decompressed(stdin.path, stdin.compression, from);
  }
  const bytes = inOneDatabase(editedPieces(watch, stdin, rulesOf(stdin.edits, chosen)), lines);
  if (restricted) return bytes;
  // The file may be another than the one that was searched: this is what psql gets.
  return refusingCommands(bytes, commandRefusal(options.inputPath, install.version));
}
