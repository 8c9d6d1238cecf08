import { writeListLines } from '../../archive/selection/restoreList';
import { readToc } from '../../archive/file/tocReader';
import { restoredEntries, type EntryFacts } from './leaveOut';

/**
 * The list for `pg_restore --use-list` of a restore as it would run now; null = it needs none.
 *
 * @throws AppError as `restoredEntries`
 */
export async function restoreListText(facts: EntryFacts): Promise<string | null> {
  const toc = await readToc(facts.options.inputPath, { signal: facts.signal });
  const { indexes } = await restoredEntries(toc, facts);
  return indexes === null ? null : writeListLines(toc, indexes);
}
