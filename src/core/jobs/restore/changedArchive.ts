import { readFileFacts } from '../../archive/facts/fileFacts';
import type { Around } from '../../archive/script/edit/aroundTransaction';
import { setsInternalParameters } from '../../archive/toc/internalParameters';
import type { Toc } from '../../archive/toc/toc';
import { entryLoop } from '../../cooperativeLoop';
import { readKeysOfOthers } from '../../catalog/restore/dependents';
import { readRowReplacement } from '../../catalog/restore/replaceRows';
import { changesArchive } from '../../forms/restore/byScript';
import type { TableRef } from '../../model/options';
import { QUERY_TIMEOUT_MS } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import type { RewrittenArchive } from './restoreRewritten';
import type { RestoreTask } from './restoreTask';

/**
 * What is changed in the statements of an archive; null = nothing, pg_restore restores it.
 *
 * @param order the entries that are restored
 * @throws AppError those of reading the archive; as `runQuery`
 */
export async function changedArchive(
  run: JobRun,
  task: RestoreTask,
  toc: Toc,
  order: readonly number[],
): Promise<Pick<RewrittenArchive, 'internalParameters' | 'around' | 'schemas'> | null> {
  const internalParameters = await setsInternalParameters(toc, order, run.signal);
  if (!internalParameters && !changesArchive(task.options)) return null;
  const schemas = new Set(order.map((i) => toc.schema(i) ?? ''));
  schemas.delete('');
  const around = await aroundRestore(run, task, toc, order);
  return { internalParameters, around, schemas: [...schemas] };
}

/** Read from the target as it is now: what changes until the transaction begins is an error there. */
async function aroundRestore(
  { signal }: JobRun,
  { options, connection, database }: RestoreTask,
  toc: Toc,
  order: readonly number[],
): Promise<Around | null> {
  const { psql } = connection;
  const target = connection.to(database);
  const how = { signal, timeoutMs: QUERY_TIMEOUT_MS };
  if (options.replaceRows) {
    const named = (desc: string): TableRef[] =>
      order
        .filter((i) => toc.desc(i) === desc)
        .map((i) => ({ schema: toc.schema(i) ?? '', name: toc.tag(i) }));
    const loaded = { tables: named('TABLE DATA'), sequences: named('SEQUENCE SET') };
    return readRowReplacement(psql, target, loaded, how);
  }
  if (!options.remakeKeys) return null;
  const listed = { indexes: order, alongside: new Set<number>() };
  const keys = await readKeysOfOthers(
    psql,
    target,
    await readFileFacts(toc, listed, entryLoop(signal)),
    how,
  );
  return { first: keys.map(({ drop }) => drop), last: keys.map(({ add }) => add) };
}
