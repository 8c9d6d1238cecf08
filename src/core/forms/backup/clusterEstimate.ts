/**
 * Size and time of a backup of a whole server before it runs. Pure: the form shows what the job's
 * record keeps.
 */
import type { PastRun, RunFigures } from '../../model/estimates/estimate';
import type { BackupOptions } from '../../model/options';
import { estimateByRuns, type SizedEstimate } from '../form/estimateByRuns';
import { howWritten } from './backupEstimate';
import { dumpedBytes, dumpSeconds, finishSeconds, USUAL_RATIO } from './dumpCosts';

/** Share of a database's size beyond an empty one that is rows; the rest is indexes. */
const ROWS_SHARE = 0.6;
/** Seconds per database for starting pg_dump, connecting and reading definitions. */
const START_SECONDS = 0.3;
/** Seconds until the roles and tablespaces are written. */
export const GLOBALS_SECONDS = 0.1;

/** A database that is dumped with its server. */
export interface DatabaseSize {
  name: string;
  /** Size on disk minus that of an empty database. */
  bytes: number;
}

/** What a whole server's databases are called among the databases of past runs. */
export const WHOLE_SERVER = '';

/** What dumping a database as a part of its server takes. */
export function databaseCost(
  options: BackupOptions,
  { bytes }: DatabaseSize,
): { textBytes: number; outputBytes: number; seconds: number } {
  const textBytes = options.includeData ? bytes * ROWS_SHARE : 0;
  const facts = { textBytes, rows: 0, ratio: USUAL_RATIO };
  return {
    textBytes,
    outputBytes: dumpedBytes(facts, options),
    seconds: START_SECONDS + dumpSeconds(facts, options),
  };
}

/**
 * Can it be told which databases a backup dumps? Only pg_dumpall knows how many the user's own
 * patterns leave out.
 */
export function knowsDatabases({ scope, toolOptions }: BackupOptions): boolean {
  if (scope !== 'server') return false;
  return (toolOptions['exclude-database'] ?? toolOptions['filter']) === undefined;
}

/** The databases that a backup of the whole server dumps; null = that cannot be told. */
export function dumpedDatabases<T extends DatabaseSize>(
  options: BackupOptions,
  all: readonly T[],
): T[] | null {
  if (!knowsDatabases(options)) return null;
  const leftOut = new Set(options.excludeDatabases);
  return all.filter(({ name }) => !leftOut.has(name));
}

/** Expected size and time on an arbitrary machine. */
export function plannedCluster(
  options: BackupOptions,
  databases: readonly DatabaseSize[],
): RunFigures {
  let bytes = 0;
  let seconds = GLOBALS_SECONDS;
  for (const database of databases) {
    const cost = databaseCost(options, database);
    bytes += cost.outputBytes;
    seconds += cost.seconds;
  }
  return { bytes, seconds: seconds + finishSeconds(bytes, options) };
}

/**
 * What a backup of the whole server is expected to take, as `estimateByRuns` says.
 *
 * @param databases all that it dumps
 * @param known `database`: the whole server as `PastRun` names it
 */
export function estimateCluster(
  options: BackupOptions,
  databases: readonly DatabaseSize[],
  { runs, database }: { runs: readonly PastRun[]; database: string },
): SizedEstimate {
  const kind = { database, how: howWritten(options) };
  return estimateByRuns(plannedCluster(options, databases), kind, runs);
}
