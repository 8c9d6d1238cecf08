import type { RowStatements } from '../../archive/inspect/rowStatements';

/** Counts from reading all of a backup's data. */
export interface DataCounts {
  /** Rows of each table by `tableKey`; null where they are INSERT statements. */
  rows: Map<string, number | null>;
  largeObjects: number;
  /** Unpacked bytes of all rows: what a tool that reads them all has to put out at least. */
  rowBytes: number;
}

export interface ReadDataOptions {
  signal?: AbortSignal | undefined;
  /** Stored bytes read so far; of how many, where everything is read more than once. */
  onProgress?: ((bytes: number, of?: number) => void) | undefined;
  onTable?: ((name: string) => void) | undefined;
  /** Judges rows that are statements. */
  statements?: RowStatements | undefined;
}

/** No row and no large object. */
export function noCounts(): DataCounts {
  return { rows: new Map(), largeObjects: 0, rowBytes: 0 };
}
