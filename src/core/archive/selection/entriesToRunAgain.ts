import { entryType, isRelation } from '../../model/entryTypes';
import type { Toc } from '../toc/toc';
import { DependencyNeeds } from './closeDependencies';
import { isDataEntry } from './restorePlan';

/** A restore that has brought a part, and the one that is to bring the rest. Entries by their indexes. */
export interface PartialRestore {
  /** What was to be restored, in the archive's order. */
  chosen: readonly number[];
  failed: ReadonlySet<number>;
  /** Of these, the ones whose objects the target has: nothing can be made in their place. */
  there: ReadonlySet<number>;
  /** Are objects dropped before they are made? Then what depends on them goes, and comes, with them. */
  clean: boolean;
}

/** The entries that another run restores: those that failed, and those that depend on them. */
export function entriesToRunAgain(toc: Toc, restore: PartialRestore): number[] {
  return restore.clean ? withDependents(toc, restore) : withoutThose(toc, restore);
}

function withDependents(toc: Toc, { chosen, failed, there }: PartialRestore): number[] {
  // A schema that is there is good enough: others may have something in it.
  const again = new Set([...failed].filter((i) => !there.has(i) || toc.desc(i) !== 'SCHEMA'));
  growBy(toc, chosen, again);
  return chosen.filter((i) => again.has(i));
}

/**
 * Where a relation is not there, nothing is that depends on it. What depends on one that is there was
 * restored, or has failed itself.
 */
function withoutThose(toc: Toc, { chosen, failed, there }: PartialRestore): number[] {
  const again = new Set([...failed].filter((i) => !there.has(i)));
  const made = new Set([...again].filter((i) => isRelation(toc.desc(i))));
  growBy(toc, chosen, made);
  for (const i of made) again.add(i);
  // A table that is there has its own keys and indexes.
  const barred = new Set([...there].filter((i) => isRelation(toc.desc(i))));
  growBy(toc, chosen, barred, (i) => !isDataEntry(toc, i) && !isAbout(toc, i));
  return chosen.filter((i) => again.has(i) && !barred.has(i));
}

/** Says something of an object, again and again with the same effect. */
function isAbout(toc: Toc, i: number): boolean {
  const desc = toc.desc(i);
  return desc === 'COMMENT' || entryType(desc).class === 'privileges';
}

/** Adds what needs one of them, and what needs that. */
function growBy(
  toc: Toc,
  chosen: readonly number[],
  grown: Set<number>,
  takes: (index: number) => boolean = () => true,
): void {
  if (grown.size === 0) return;
  const needs = DependencyNeeds.from(toc);
  const left = new Map<number, number[]>();
  for (const i of chosen) {
    if (!grown.has(i) && takes(i)) left.set(i, needs.of(i));
  }
  // Whatever needs comes after what it needs, but for a few types.
  for (let size = -1; size !== grown.size;) {
    size = grown.size;
    for (const [i, needed] of left) {
      if (!needed.some((need) => grown.has(need))) continue;
      grown.add(i);
      left.delete(i);
    }
  }
}
