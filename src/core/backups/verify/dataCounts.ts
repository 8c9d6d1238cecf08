import type { RowStatements } from '../../archive/inspect/rowStatements';

/** Counts from reading all of a backup's data. */
export interface DataCounts {
  /** Rows of each table by `tableKey`; null where they are INSERT statements. */
  rows: Map<string, number | null>;
  largeObjects: number;
  /** Unpacked bytes of all rows: a tool that reads all rows outputs at least this much. */
  rowBytes: number;
}

export interface ReadDataOptions {
  signal?: AbortSignal | undefined;
  /** Stored bytes read so far; `of`: the total, where the file is read more than once. */
  onProgress?: ((bytes: number, of?: number) => void) | undefined;
  onTable?: ((name: string) => void) | undefined;
  /** Examines data that are SQL statements (`pg_dump --inserts`). */
  statements?: RowStatements | undefined;
}

/** Counts of a backup without rows and large objects. */
export function noCounts(): DataCounts {
  return { rows: new Map(), largeObjects: 0, rowBytes: 0 };
}
