import type { Toc } from '../../../archive/toc/toc';
import type { RestoreOptions } from '../../../model/options';
import type { ErrorCollector } from '../../../pgtools/stderr/errorCollector';

/**
 * A record holds at most this many dump ids; beyond that, restoring the whole archive again is as
 * good.
 */
const MOST_ENTRIES = 20_000;

const DROPS = /^(?:DROP |ALTER .* DROP )/;

/** A run of pg_restore that has ended with errors. */
export interface FailedRun {
  options: RestoreOptions;
  /** What was restored, by indexes, as a serial pg_restore goes through it. */
  order: readonly number[];
  collector: Pick<ErrorCollector, 'errors' | 'failedEntries' | 'ownerless'>;
  /** The tool stopped at its first error. */
  stopped: boolean;
}

/**
 * Dump ids of the entries that a run has not restored. Empty where these alone cannot be restored
 * again: the errors name no entries, several workers stopped in the middle of theirs, or rows came
 * one by one, so that a part of a table is there.
 */
export function failedEntries(toc: Toc, run: FailedRun): number[] {
  const { options, order, collector, stopped } = run;
  if (options.singleTransaction) return [];
  const named = collector.failedEntries;
  const failed = (stopped ? order.slice(stopOf(toc, run)) : order)
    .map((i) => toc.dumpId(i))
    .filter((dumpId) => stopped || named.has(dumpId));
  if (failed.length === 0 || failed.length > MOST_ENTRIES) return [];
  if (stopped && (options.jobs > 1 || commits(options))) return [];
  const inParts = failed.some((dumpId) => {
    const i = toc.indexOf(dumpId);
    return named.has(dumpId) && toc.desc(i) === 'TABLE DATA' && toc.copyStatement(i) === null;
  });
  return inParts ? [] : failed;
}

/**
 * Position in the order of the first entry that was not restored, for a run that ended at its first
 * error.
 */
function stopOf(toc: Toc, { order, collector }: FailedRun): number {
  const { errors, failedEntries: named, ownerless } = collector;
  // pg_restore drops everything before it creates anything.
  if (DROPS.test(errors[0]?.sql ?? '')) return 0;
  const at = order.findIndex((i) => named.has(toc.dumpId(i)));
  if (at >= 0) return at;
  const there = order.findIndex((i) => ownerless.has(toc.dumpId(i)));
  return there < 0 ? order.length : there + 1;
}

/** What came before an error is undone in part where a transaction takes several entries. */
function commits({ toolOptions }: RestoreOptions): boolean {
  return toolOptions['transaction-size'] !== undefined;
}
