import type { BackupInfo } from '../../../model/archive';

/** First guesses, in seconds for each byte of the file; what is observed soon counts more. */
const PER_BYTE = 20e-9;
const PER_PACKED_BYTE = 80e-9;
/** Indexes and keys come at the end and take about as long as the rows, in a script's last bytes. */
const INDEX_SHARE = 0.9;
/** The least that a part takes, and indexes where there are none. */
const LEAST_SECONDS = 0.05;

/** The rows of one database in a script and what comes behind them, with the seconds they may take. */
export interface ScriptPart {
  /** null before the first `\connect`. */
  database: string | null;
  /** Bytes of the file. */
  start: number;
  end: number;
  /** Statements behind the rows. */
  late: number;
  rowSeconds: number;
  indexSeconds: number;
}

/** A script as parts: one of pg_dumpall has one for each database, behind what all share. */
export function scriptParts(info: BackupInfo): ScriptPart[] {
  const { sizeBytes, contents, cluster, compression } = info;
  const perByte = compression === 'none' ? PER_BYTE : PER_PACKED_BYTE;
  const plans = cluster
    ? [{ database: null, start: 0, late: 0 }, ...(info.parts ?? [])]
    : [{ database: null, start: 0, late: contents.indexes + contents.constraints }];
  return plans.map(({ database, late, ...plan }, i) => {
    const start = plan.start * sizeBytes;
    const end = (plans[i + 1]?.start ?? 1) * sizeBytes;
    const rowSeconds = Math.max(LEAST_SECONDS, (end - start) * perByte);
    const indexSeconds = late > 0 ? rowSeconds * INDEX_SHARE : LEAST_SECONDS;
    return { database, start, end, late, rowSeconds, indexSeconds };
  });
}
