import { entryType, isRelation } from '../../model/entryTypes';
import { entryLoop, type CooperativeLoop } from '../../cooperativeLoop';
import type { Toc } from '../toc/toc';
import { DependencyNeeds } from './closeDependencies';
import { isDataEntry } from './restorePlan';

/** A restore with failures, and the entries to restore again. Entries are given by their indexes. */
export interface PartialRestore {
  /** Entries that were to be restored, in the archive's order. */
  chosen: readonly number[];
  failed: ReadonlySet<number>;
  /** Those of them whose objects exist in the target, so that they cannot be created. */
  there: ReadonlySet<number>;
  /** Are objects dropped first? Then objects that depend on them are dropped and restored, too. */
  clean: boolean;
}

/**
 * The entries for the second restore: those that failed, and those that depend on them.
 *
 * @throws AppError `cancelled`
 */
export async function entriesToRunAgain(
  toc: Toc,
  restore: PartialRestore,
  loop = entryLoop(),
): Promise<number[]> {
  const needs = await DependencyNeeds.from(toc, loop);
  const growing = { needs, chosen: restore.chosen, loop };
  return restore.clean ? withDependents(restore, growing) : withoutThose(restore, growing);
}

/** What a growing set is made from. */
interface Growing {
  needs: DependencyNeeds;
  chosen: readonly number[];
  loop: CooperativeLoop;
}

async function withDependents(
  { chosen, failed, there }: PartialRestore,
  growing: Growing,
): Promise<number[]> {
  const { toc } = growing.needs;
  // An existing schema stays, because it may contain other objects.
  const again = new Set([...failed].filter((i) => !there.has(i) || toc.desc(i) !== 'SCHEMA'));
  await growBy(growing, again);
  return chosen.filter((i) => again.has(i));
}

/**
 * Without `clean`: the failed entries, and everything that depends on relations that do not exist in
 * the target. Whatever depends on an existing relation was restored, or has failed itself.
 */
async function withoutThose(
  { chosen, failed, there }: PartialRestore,
  growing: Growing,
): Promise<number[]> {
  const { toc } = growing.needs;
  const again = new Set([...failed].filter((i) => !there.has(i)));
  const made = new Set([...again].filter((i) => isRelation(toc.desc(i))));
  await growBy(growing, made);
  for (const i of made) again.add(i);
  // An existing table keeps its keys and indexes.
  const barred = new Set([...there].filter((i) => isRelation(toc.desc(i))));
  await growBy(growing, barred, (i) => !isDataEntry(toc, i) && !isAbout(toc, i));
  return chosen.filter((i) => again.has(i) && !barred.has(i));
}

/** A comment, privilege or similar entry about an object, which can be restored repeatedly. */
function isAbout(toc: Toc, i: number): boolean {
  const desc = toc.desc(i);
  return desc === 'COMMENT' || entryType(desc).class === 'privileges';
}

/** Adds all entries that need one of these, directly or indirectly. */
async function growBy(
  { needs, chosen, loop }: Growing,
  grown: Set<number>,
  takes: (index: number) => boolean = () => true,
): Promise<void> {
  if (grown.size === 0) return;
  const left = new Map<number, number[]>();
  for (const i of chosen) {
    if (loop.shouldYield) await loop.yield();
    if (!grown.has(i) && takes(i)) left.set(i, needs.of(i));
  }
  // Usually an entry comes after what it needs; a few types need a further pass.
  for (let size = -1; size !== grown.size;) {
    size = grown.size;
    for (const [i, needed] of left) {
      if (loop.shouldYield) await loop.yield();
      if (!needed.some((need) => grown.has(need))) continue;
      grown.add(i);
      left.delete(i);
    }
  }
}
