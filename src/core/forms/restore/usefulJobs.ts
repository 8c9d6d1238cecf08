import { MOST_PROPOSED_JOBS } from '../../model/limits';
import type { RestoreOptions } from '../../model/options';
import type { RestoreContext } from '../form/context';
import { changesArchive } from './byScript';

/** Smaller archives, in bytes, are restored before further workers are of use. */
export const LARGE_ARCHIVE = 32 * 1024 * 1024;

/**
 * How many workers shorten a restore, as far as file and machine are known: with two of them it
 * takes about half the time (`npm run bench -- profiles`), with more of them than cores it takes
 * longer. Returns 1 where pg_restore has to keep an order, or works in one transaction.
 */
export function usefulJobs(options: RestoreOptions, { info, cores }: RestoreContext): number {
  if (info === null || cores === undefined) return 1;
  const isParallel = info.format === 'custom' || info.format === 'directory';
  const isSerial =
    options.singleTransaction || options.salvage || options.schemaOnly || changesArchive(options);
  // Foreign keys are there already: their tables have to come first.
  const hasOrder = info.rowsAlone === true || options.dataOnly;
  if (!isParallel || isSerial || hasOrder || info.sizeBytes < LARGE_ARCHIVE) return 1;
  return Math.max(1, Math.min(MOST_PROPOSED_JOBS, cores, info.contents.tables.length));
}
