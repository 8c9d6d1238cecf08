import { chooseFromScript } from '../../../archive/document/scriptSelection';
import { refusingCommands } from '../../../archive/script/commandGuard';
import { dropsInOrder, withDropsFirst } from '../../../archive/script/edit/dropsFirst';
import type { PrecedingRule } from '../../../archive/script/edit/scriptStatement';
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
import { rememberRun } from '../../job/jobMonitor';
import { tellNote } from '../../job/tellNote';
import { ScriptMonitor } from '../../progress/restore/scriptMonitor';
import { takeErrors } from '../../tool/toolFailure';
import { editedPieces } from './editedPieces';
import { commandRefusal } from './refuseScript';
import type { RestoreProgressState, RestoreTask } from '../restoreTask';
import { runParts } from './runParts';
import { ScriptEffect } from './scriptEffect';
import { entryType } from '../../../model/entryTypes';
import { NO_EDITS, type ScriptEdits } from '../../../model/scriptEdits';
import type { ScriptEntry } from '../../../archive/script/scriptTypes';
import { ScriptRun } from './scriptRun';
import type { ScriptPlan } from '../../../plans/planRestore';

/**
 * Runs a script by psql: one process, or one for each database that a script of pg_dumpall connects
 * to.
 * @throws AppError `cancelled`; as `ScriptRun.run` and `runParts`
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
      const rules = await rulesFor(run, task, plan);
      const bytes = bytesOf(plan, { task, watch, lines, rules });
      await script.run({ target, bytes, lines });
    }
  } finally {
    // A session of ours would be in the way of dropping a database that was made for this.
    await watch.finishing();
  }
  if (signal.aborted && collector.total > 0) throw new AppError('cancelled', {});
  takeErrors(record, { collector });
  rememberRun(run, watch);
  return collector.total === 0 ? 'completed' : 'completedWithErrors';
}

/**
 * Drops the empty schema `public` of a new database where the script creates it. If the role may
 * not drop it, the script's own statement reports that.
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

/**
 * The rules for the changes of a script, after reading the facts that they need. Notes in the
 * record what is left out.
 */
async function rulesFor(
  { record, signal }: JobRun,
  { options, largeRows }: RestoreTask,
  { stdin }: ScriptPlan,
): Promise<PrecedingRule[]> {
  const edits = stdin?.edits ?? NO_EDITS;
  const { selection, dropFirst } = edits;
  if (stdin === null || (selection === null && !dropFirst)) return rulesOf(edits);
  const { path, compression, encoding } = stdin;
  const kind = { kind: 'plain', compression, encoding, cluster: false, byPgDump: true } as const;
  const choice = { alone: options.dataOnly, signal, largeRows };
  const chosen = await chooseFromScript(path, kind, selection, choice);
  if (selection !== null) {
    const leftOut = [...chosen.leftOut].map(([desc, count]) => ({ desc, count }));
    tellNote(record, { code: 'scriptPart', leftOut, alongside: chosen.alongside });
  }
  const rules = rulesOf(edits, chosen.starts);
  if (!dropFirst) return rules;
  const made = chosen.drops.filter(({ entry }) => isMade(entry, edits));
  return [withDropsFirst(rules, dropsInOrder(made))];
}

/** An object is dropped only if the script makes it again. */
function isMade({ desc }: ScriptEntry, { leaveOut }: ScriptEdits): boolean {
  if (desc === 'PUBLICATION') return !leaveOut.includes('publications');
  if (desc === 'SUBSCRIPTION') return !leaveOut.includes('subscriptions');
  return !leaveOut.includes('rows') || entryType(desc).class !== 'largeObject';
}

/** What reads the bytes of a script on their way to psql. */
interface ScriptReading {
  task: RestoreTask;
  watch: ScriptMonitor;
  lines: LineMap;
  rules: readonly PrecedingRule[];
}

/** The part of a script that psql gets for one database; null = psql reads the file itself. */
function bytesOf(
  { restricted, stdin }: ScriptPlan,
  { task, watch, lines, rules }: ScriptReading,
): AsyncGenerator<Buffer> | null {
  const { options, install } = task;
  if (stdin === null) return null;
  if (stdin.edits === null) {
    const from = { encoding: stdin.encoding, onRead: watch.read } as const;
    return decompressed(stdin.path, stdin.compression, from);
  }
  // Lines are left out by rules alone: without any, psql's numbers of lines are the script's.
  const bytes = inOneDatabase(editedPieces(watch, stdin, rules), rules.length > 0 ? lines : null);
  if (restricted) return bytes;
  // The file may have changed since it was searched, so the bytes that psql gets are checked too.
  return refusingCommands(bytes, commandRefusal(options.inputPath, install.version));
}
