import { readSequencesBehind } from '../../catalog/restore/sequencesBehind';
import { restoresPart } from '../../forms/selection/restoreSelection';
import type { JobRun } from '../job/jobContext';
import { tellNote } from '../job/tellNote';
import type { RestoreTask } from './restoreTask';

/**
 * Longest time for the look at sequences, which the user waits for though the rows are restored.
 */
const LOOK_TIMEOUT_MS = 15_000;

/**
 * After rows were loaded without all that belongs to them, a sequence may be behind the values of
 * its column, so that the next row collides: the job gets a note. Failures to find out are ignored.
 */
export async function tellSequences(run: JobRun, task: RestoreTask): Promise<void> {
  const { options, connection, database, info } = task;
  if (options.schemaOnly || info.cluster) return;
  // A whole archive, and a script of pg_dump, contain the values of their sequences.
  if (!options.dataOnly && !restoresPart(options)) return;
  const names = await readSequencesBehind(connection.psql, connection.to(database), {
    signal: run.signal,
    timeoutMs: LOOK_TIMEOUT_MS,
  }).catch(() => []);
  if (names.length > 0) tellNote(run.record, { code: 'sequencesBehind', names });
}
