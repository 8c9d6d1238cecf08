import { entryLoop, type CooperativeLoop } from '../../cooperativeLoop';
import type { Toc } from '../toc/toc';
import { DependencyNeeds } from './closeDependencies';

/**
 * The chosen entries without `left` and without everything that needs one of those, directly or
 * indirectly.
 *
 * @param indexes chosen entries in the archive's order
 * @param left dump ids of entries to leave out
 * @throws AppError `cancelled`
 */
export async function withoutEntries(
  toc: Toc,
  indexes: readonly number[],
  left: readonly number[],
  loop = entryLoop(),
): Promise<number[]> {
  return withoutNeeding(await DependencyNeeds.from(toc, loop), indexes, left, loop);
}

/** The same where the needs are known. */
export async function withoutNeeding(
  needs: DependencyNeeds,
  indexes: readonly number[],
  left: readonly number[],
  loop: CooperativeLoop,
): Promise<number[]> {
  const gone = new Set(left.map((dumpId) => needs.toc.indexOf(dumpId)));
  // Usually an entry comes after what it needs; a few types need a further pass.
  for (let size = -1; size !== gone.size;) {
    size = gone.size;
    for (const i of indexes) {
      if (loop.shouldYield) await loop.yield();
      if (!gone.has(i) && needs.of(i).some((need) => gone.has(need))) gone.add(i);
    }
  }
  return indexes.filter((i) => !gone.has(i));
}
