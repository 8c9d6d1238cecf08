import { DependencyNeeds } from './closeDependencies';
import type { Toc } from '../toc/toc';

/**
 * The chosen entries without `left` and without everything that needs one of those, directly or
 * indirectly.
 *
 * @param indexes chosen entries in the archive's order
 * @param left dump ids of entries to leave out
 */
export function withoutEntries(
  toc: Toc,
  indexes: readonly number[],
  left: readonly number[],
): number[] {
  const needs = DependencyNeeds.from(toc);
  const gone = new Set(left.map((dumpId) => toc.indexOf(dumpId)));
  // Usually an entry comes after what it needs; a few types need a further pass.
  for (let size = -1; size !== gone.size;) {
    size = gone.size;
    for (const i of indexes) {
      if (!gone.has(i) && needs.of(i).some((need) => gone.has(need))) gone.add(i);
    }
  }
  return indexes.filter((i) => !gone.has(i));
}
