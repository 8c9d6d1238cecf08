import { isOfSubscription } from '../../archive/inspect/archiveReach';
import { closeDependencies } from '../../archive/selection/closeDependencies';
import { entryLoop } from '../../cooperativeLoop';
import { entriesByDumpIds, selectEntries } from '../../archive/selection/restoreList';
import type { RestoreParts } from '../../archive/selection/restorePlan';
import type { Toc } from '../../archive/toc/toc';
import { readRestoreSelection } from '../../forms/selection/restoreSelection';
import type { RestoreOptions } from '../../model/options';

/** The chosen entries of an archive, by their indexes. */
export interface ChosenEntries {
  /** In the archive's order. */
  indexes: number[];
  /** Of these, those that only come along because others need them. */
  alongside: number[];
}

/**
 * The entries that the options choose; null = everything.
 *
 * @throws AppError `objectUnknown`; `cancelled`
 */
export async function chosenEntries(
  toc: Toc,
  options: RestoreOptions,
  loop = entryLoop(),
): Promise<ChosenEntries | null> {
  const selection = readRestoreSelection(options);
  if (selection.mode === 'everything') return null;
  if (selection.mode === 'entries') {
    return { indexes: entriesByDumpIds(toc, selection.dumpIds), alongside: [] };
  }
  const { indexes } = await selectEntries(toc, options, loop);
  if (options.dataOnly) return { indexes, alongside: [] };
  const closed = await closeDependencies(toc, indexes, loop);
  return { indexes: closed.indexes, alongside: closed.added };
}

/**
 * The entries that the options choose, or all; without subscriptions where these are left out by
 * default, which does not concern entries chosen by number.
 *
 * @throws AppError `objectUnknown`; `cancelled`
 */
export async function chosenOrListed(
  toc: Toc,
  options: RestoreOptions,
  loop = entryLoop(),
): Promise<number[]> {
  const chosen = await chosenEntries(toc, options, loop);
  const indexes = chosen?.indexes ?? toc.listed();
  if (options.subscriptions || options.dumpIds !== null) return indexes;
  const kept: number[] = [];
  for (const i of indexes) {
    if (loop.shouldYield) await loop.yield();
    if (!isOfSubscription(toc, i)) kept.push(i);
  }
  return kept;
}

/** The parts of the chosen entries that pg_restore is told to leave out. */
export function partsOf(options: RestoreOptions): RestoreParts {
  const left = (id: string): boolean => options.toolOptions[id] === true;
  return {
    ...options,
    noComments: left('no-comments'),
    noPublications: left('no-publications'),
    noSubscriptions: left('no-subscriptions'),
    noSecurityLabels: left('no-security-labels'),
  };
}
