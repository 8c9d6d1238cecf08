import { DependencyNeeds } from './closeDependencies';
import type { Toc } from '../toc/toc';

/**
 * Of chosen entries, those that can be restored without some of them: what needs one of these goes
 * too, and what needs that.
 *
 * @param indexes in the archive's order
 * @param left dump ids
 */
export function withoutEntries(
  toc: Toc,
  indexes: readonly number[],
  left: readonly number[],
): number[] {
  const needs = DependencyNeeds.from(toc);
  const gone = new Set(left.map((dumpId) => toc.indexOf(dumpId)));
  // Whatever needs comes after what it needs, but for a few types.
  for (let size = -1; size !== gone.size;) {
    size = gone.size;
    for (const i of indexes) {
      if (!gone.has(i) && needs.of(i).some((need) => gone.has(need))) gone.add(i);
    }
  }
  return indexes.filter((i) => !gone.has(i));
}
