/** What is expected of a job before it runs. */
export interface JobEstimate {
  /** Size of the output; null = it writes none, as a restore. */
  bytes: number | null;
  milliseconds: number;
  basis: EstimateBasis;
}

/**
 * What an estimate rests on: earlier runs of the same kind with this database, other runs on this
 * connection, or the sizes of the tables alone.
 */
type EstimateBasis = 'sameBackup' | 'connection' | 'tables';

/** Estimate of a table's rows from a few of them. */
export interface TableSample {
  /** Bytes of one row, as COPY writes it. */
  rowBytes: number;
  /** Deflated bytes by plain bytes. */
  ratio: number;
}

/** Size and time of a run. */
export interface RunFigures {
  bytes: number;
  seconds: number;
}

/** A backup or restore that went through, for the estimates of later ones. */
export interface PastRun {
  /** Hash of the database's name; of a restore, of the one that was backed up. */
  database: string;
  /** Format, compression and jobs, so that runs with the same ones can be told. */
  how: string;
  /**
   * What was expected from the sizes of the tables, before any correction. Of a restore, bytes are
   * those of its file.
   */
  planned: RunFigures;
  /** The same with samples of the rows; null = none were taken. */
  sampled: RunFigures | null;
  real: RunFigures;
  /** Bytes of rows that were read; absent = not kept, as by older versions. */
  readBytes?: number | undefined;
}

/** What the server tells about the rows of a database before they are dumped. */
export interface RowFacts {
  /** By `relationKey`. */
  samples: ReadonlyMap<string, TableSample>;
  /** Bytes of all large objects on disk; null = unknown. */
  largeObjectBytes: number | null;
  /** Their bytes as they are read, about; 0 or left out = unknown. */
  plainObjectBytes?: number | undefined;
}

/** No rows were looked at. */
export const NO_ROW_FACTS: RowFacts = { samples: new Map(), largeObjectBytes: null };
