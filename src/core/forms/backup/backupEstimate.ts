/**
 * Size and time of a backup before it runs. Pure: the form shows what the job's record keeps.
 */
import {
  NO_ROW_FACTS,
  type JobEstimate,
  type PastRun,
  type RowFacts,
  type RunFigures,
} from '../../model/estimates/estimate';
import { isJoined, writtenFormat, type BackupOptions } from '../../model/options';
import { factsOfTables, type DumpContents } from './dumpContents';
import {
  dumpedBytes,
  dumpSeconds,
  finishSeconds,
  largeObjectSeconds,
  packedBytes,
  readingSeconds,
  USUAL_OBJECT_BYTES,
} from './dumpCosts';

/** Bytes of a relation's definition in the output. */
const DEFINITION_BYTES = 700;
/** Runs that a correction is taken from, the newest ones: the median leaves out one odd run. */
const COUNTED_RUNS = 3;
/** A correction beyond this says more about the run that it comes from than about the next one. */
const MOST_CORRECTION = 20;

/** What an estimate is made from, beside the options and the tables. */
export interface EstimateFacts {
  rows: RowFacts;
  /** Runs on this connection, the newest last. */
  runs: readonly PastRun[];
  /** The database as `PastRun` names it. */
  database: string;
}

/** Format, compression and jobs of a backup: what makes two runs comparable. */
export function howWritten(options: BackupOptions): string {
  const { format, compression, jobs, toolOptions } = options;
  const inserts = ['inserts', 'column-inserts', 'rows-per-insert'].map((id) => toolOptions[id]);
  return JSON.stringify([format, toolOptions['compress'] ?? compression, jobs, ...inserts]);
}

/** Expected size and time on an arbitrary machine. */
export function plannedRun(
  options: BackupOptions,
  { tables, largeObjects, relations }: DumpContents,
  { samples, largeObjectBytes }: RowFacts = NO_ROW_FACTS,
): RunFigures {
  const facts = factsOfTables(tables, samples);
  const objects = largeObjects === 0 ? 0 : (largeObjectBytes ?? largeObjects * USUAL_OBJECT_BYTES);
  const seconds = facts.map((table) => dumpSeconds(table, options));
  if (largeObjects > 0) seconds.push(largeObjectSeconds(largeObjects, objects, options));
  const all = seconds.reduce((sum, each) => sum + each, 0);
  const longest = seconds.reduce((most, each) => Math.max(most, each), 0);
  const bytes =
    relations * DEFINITION_BYTES +
    packedBytes(objects, options) +
    facts.reduce((sum, table) => sum + dumpedBytes(table, options), 0);
  const members = writtenFormat(options) === 'directory' ? tables.length + largeObjects + 2 : 1;
  const end = finishSeconds(bytes, options, isJoined(options) ? 1 : members);
  // One table is dumped by one job.
  const dumping = Math.max(all / Math.max(1, options.jobs), longest);
  return { bytes, seconds: readingSeconds(relations) + dumping + end };
}

/**
 * What a backup with these options is expected to take: its tables' sizes, corrected by what earlier
 * runs took. Runs of the same kind of backup of the same database count most, as both their size and
 * their time tell; of other runs only the speed does.
 */
export function estimateBackup(
  options: BackupOptions,
  contents: DumpContents,
  { rows, runs, database }: EstimateFacts,
): JobEstimate {
  const how = howWritten(options);
  const same = runs.filter((run) => run.database === database && run.how === how);
  if (same.length > 0) {
    const planned = plannedRun(options, contents);
    return corrected(planned, 'sameBackup', {
      bytes: correction(same, ({ real, planned: then }) => real.bytes / then.bytes),
      seconds: correction(same, ({ real, planned: then }) => real.seconds / then.seconds),
    });
  }
  const planned = plannedRun(options, contents, rows);
  if (runs.length === 0) return corrected(planned, 'tables', { bytes: 1, seconds: 1 });
  const alike = runs.filter((run) => run.how === how);
  return corrected(planned, 'connection', {
    bytes: 1,
    seconds: correction(alike.length > 0 ? alike : runs, ({ real, planned: then, sampled }) => {
      return real.seconds / (sampled ?? then).seconds;
    }),
  });
}

function corrected(planned: RunFigures, basis: JobEstimate['basis'], by: RunFigures): JobEstimate {
  return {
    bytes: Math.round(planned.bytes * by.bytes),
    milliseconds: Math.round(planned.seconds * by.seconds * 1000),
    basis,
  };
}

/** Median of the newest runs' ratios, within reason; 1 where none can be worked out. */
function correction(runs: readonly PastRun[], ratio: (run: PastRun) => number): number {
  const ratios = runs
    .map(ratio)
    .filter((value) => Number.isFinite(value) && value > 0)
    .slice(-COUNTED_RUNS)
    .sort((a, b) => a - b);
  const middle = (ratios.length - 1) / 2;
  const low = ratios[Math.floor(middle)] ?? 1;
  const high = ratios[Math.ceil(middle)] ?? 1;
  return Math.min(Math.max((low + high) / 2, 1 / MOST_CORRECTION), MOST_CORRECTION);
}
