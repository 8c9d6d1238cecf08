import {
  chosenDatabases,
  intoTargets,
  type ServerNames,
} from '../../../archive/script/edit/chosenDatabases';
import { ScriptParts } from '../../../archive/script/edit/scriptParts';
import { keepPassword, rulesOf } from '../../../archive/script/edit/statementRules';
import { createDatabase } from '../../../catalog/restore/databases';
import { readServerNames, type OwnRoles } from '../../../catalog/serverInfo';
import { scriptEncoding } from '../../../forms/form/archiveFacts';
import { clusterContents } from '../../../forms/restore/clusterRestore';
import type { DatabaseChoice } from '../../../model/options';
import { NO_EDITS } from '../../../model/scriptEdits';
import type { ScriptInput } from '../../../plans/commandPlan';
import { QUERY_TIMEOUT_MS } from '../../job/jobConnection';
import type { JobRun } from '../../job/jobContext';
import type { ScriptMonitor } from '../../progress/restore/scriptMonitor';
import type { RestoreTask } from '../restoreTask';
import { editedPieces } from './editedPieces';
import type { ScriptRun } from './scriptRun';

/** Services with which the parts of a script of pg_dumpall are run. */
export interface PartsRun {
  run: JobRun;
  task: RestoreTask;
  watch: ScriptMonitor;
  own: OwnRoles;
}

/**
 * Runs what a script of pg_dumpall has for each database, or for the chosen ones, each by a psql of its
 * own.
 *
 * @throws AppError as `ScriptRun.run`; as `createDatabase`; as `runQuery`
 */
export async function runParts(
  script: ScriptRun,
  { run, task, watch, own }: PartsRun,
): Promise<void> {
  const { options, info, connection } = task;
  const { stdin } = script.plan(connection.to(task.database));
  const input: ScriptInput = stdin ?? {
    path: options.inputPath,
    compression: info.compression,
    encoding: scriptEncoding(info),
    edits: NO_EDITS,
  };
  const { databases } = options;
  const rules = rulesOf(input.edits ?? NO_EDITS);
  const there = databases === null ? null : await serverNames(run, task);
  if (databases === null || there === null) {
    rules.push(keepPassword(connection.server.user, own.password));
  } else {
    rules.unshift(chosenDatabases({ databases, roles: !options.withoutRoles }, there));
  }
  const pieces = editedPieces(watch, input, rules);
  const parts = new ScriptParts(
    databases === null ? pieces : intoTargets(pieces, databases, task.database),
  );
  try {
    for await (const { database, lines, pieces: bytes } of parts.all()) {
      const choice = databases?.find(({ target }) => target === database);
      if (database !== null) watch.enter(choice?.name ?? database);
      if (choice && there) await makeMissing(run, task, choice, there);
      await script.run({ target: connection.to(database ?? task.database), bytes, lines });
    }
  } finally {
    await parts.close();
  }
}

async function serverNames(
  run: JobRun,
  { connection, database }: RestoreTask,
): Promise<ServerNames> {
  const { signal } = run;
  const how = { signal, timeoutMs: QUERY_TIMEOUT_MS };
  return readServerNames(connection.psql, connection.to(database), how);
}

/**
 * Creates the databases that are missing: the script does not create `postgres` and `template1`,
 * because every new server has them.
 */
async function makeMissing(
  { signal }: JobRun,
  { connection, database, info, options }: RestoreTask,
  { name, target }: DatabaseChoice,
  there: ServerNames,
): Promise<void> {
  if (there.databases.has(target)) return;
  if (clusterContents(info).created.includes(name) && !options.dataOnly) return;
  await createDatabase(connection.psql, connection.to(database), { name: target }, { signal });
}
