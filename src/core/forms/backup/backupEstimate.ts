/**
 * Size and time of a backup before it runs. Pure: the form shows what the job's record keeps.
 */
import {
  NO_ROW_FACTS,
  type PastRun,
  type RowFacts,
  type RunFigures,
} from '../../model/estimates/estimate';
import { isJoined, writtenFormat, type BackupOptions } from '../../model/options';
import { estimateByRuns, sameRuns, type SizedEstimate } from '../form/estimateByRuns';
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

/** Bytes that the server keeps of a large object in one row. */
const OBJECT_ROW = 2048;
/** Bytes of a relation's definition in the output. */
const DEFINITION_BYTES = 700;

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
  { samples, largeObjectBytes, plainObjectBytes = 0 }: RowFacts = NO_ROW_FACTS,
): RunFigures {
  const facts = factsOfTables(tables, samples);
  const objects = largeObjects === 0 ? 0 : (largeObjectBytes ?? largeObjects * USUAL_OBJECT_BYTES);
  // The last row of each is half full.
  const plain = Math.max(0, plainObjectBytes - (largeObjects * OBJECT_ROW) / 2);
  const seconds = facts.map((table) => dumpSeconds(table, options));
  if (largeObjects > 0) seconds.push(largeObjectSeconds(largeObjects, objects, options));
  const all = seconds.reduce((sum, each) => sum + each, 0);
  const longest = seconds.reduce((most, each) => Math.max(most, each), 0);
  const bytes =
    relations * DEFINITION_BYTES +
    packedBytes(objects, options, plain) +
    facts.reduce((sum, table) => sum + dumpedBytes(table, options), 0);
  const members = writtenFormat(options) === 'directory' ? tables.length + largeObjects + 2 : 1;
  const end = finishSeconds(bytes, options, isJoined(options) ? 1 : members);
  // One table is dumped by one job.
  const dumping = Math.max(all / Math.max(1, options.jobs), longest);
  return { bytes, seconds: readingSeconds(relations) + dumping + end };
}

/** What a backup with these options is expected to take, as `estimateByRuns` says. */
export function estimateBackup(
  options: BackupOptions,
  contents: DumpContents,
  { rows, runs, database }: EstimateFacts,
): SizedEstimate {
  const kind = { database, how: howWritten(options) };
  const known = sameRuns(runs, kind).length > 0;
  return estimateByRuns(plannedRun(options, contents, known ? NO_ROW_FACTS : rows), kind, runs);
}
