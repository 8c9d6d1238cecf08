import { readSequencesBehind } from '../../catalog/restore/sequencesBehind';
import { restoresPart } from '../../forms/selection/restoreSelection';
import type { JobRun } from '../job/jobContext';
import type { RestoreTask } from './restoreTask';

/** A restore is over when its rows are there: nobody waits longer for this. */
const LOOK_TIMEOUT_MS = 15_000;

/**
 * After rows were loaded without all that belongs to them, a sequence may stand behind its column, and
 * the next row collides: the job says so. What cannot be found out is not told.
 */
export async function tellSequences(run: JobRun, task: RestoreTask): Promise<void> {
  const { options, connection, database, info } = task;
  if (options.schemaOnly || info.cluster) return;
  // A whole archive, and a script of pg_dump, bring the values of their sequences.
  if (!options.dataOnly && !restoresPart(options)) return;
  const names = await readSequencesBehind(connection.psql, connection.to(database), {
    signal: run.signal,
    timeoutMs: LOOK_TIMEOUT_MS,
  }).catch(() => []);
  if (names.length > 0) run.record.addNote({ code: 'sequencesBehind', names });
}
