/** One message of a tool. */
export type ToolEvent =
  /** pg_dump reads the catalog. */
  | { type: 'reading'; text: string }
  /** pg_dumpall begins with a database; the lines of pg_dump follow. */
  | { type: 'dumpingDatabase'; database: string }
  /** pg_dump writes a table's rows; `table` is schema.name, neither quoted nor escaped. */
  | { type: 'dumpingTable'; table: string }
  | { type: 'savingLargeObjects' }
  /** A definition: pg_restore, and pg_dump when it writes plain SQL or tar. */
  | { type: 'creating' | 'dropping'; desc: string; name: string }
  /** Rows of a table: pg_restore, and pg_dump before `dumpingTable` when it writes plain SQL. */
  | { type: 'processingData'; table: string }
  | { type: 'processingLargeObjects' }
  /** pg_restore sets a sequence, or creates large objects. */
  | { type: 'executing'; text: string }
  | { type: 'restoringLargeObject'; oid: number }
  /** Parallel dump and restore name their items by dump id. */
  | {
      type: 'item';
      action: 'processing' | 'launching' | 'finished' | 'skipping';
      dumpId: number;
      label: string;
    }
  | { type: 'connecting' }
  | { type: 'parallelLoop'; entering: boolean }
  /** In which phase of the restore the error that follows happened. */
  | { type: 'during'; phase: 'initializing' | 'processing' | 'finalizing' }
  /** The entry of the archive that the error that follows is about. */
  | { type: 'tocEntry'; dumpId: number; tableOid: number; oid: number; text: string }
  | { type: 'error'; text: string; line: number | null; sqlState?: string }
  /** More about the error before: the tool's or the server's detail, hint, context. */
  | { type: 'more'; text: string }
  /** The statement that the error before is about; unprefixed lines after it belong to it. */
  | { type: 'sql'; text: string }
  | { type: 'warning' | 'notice'; text: string; sqlState?: string }
  | { type: 'errorsIgnored'; count: number }
  /** A line without a prefix: it continues what was before. */
  | { type: 'continuation'; text: string }
  | { type: 'other'; text: string };

/**
 * Does the event mean that pg_restore starts with an entry of the archive? With `--verbose` and
 * without jobs there is exactly one such event for each entry, in the order of `pg_restore --list`
 * (measured with 12, 15, 17 and 18).
 */
export function startsEntry(event: ToolEvent): boolean {
  return (
    event.type === 'creating' ||
    event.type === 'processingData' ||
    event.type === 'processingLargeObjects' ||
    event.type === 'executing'
  );
}

const PROGRESS_TYPES: ReadonlySet<ToolEvent['type']> = new Set([
  'reading',
  'dumpingDatabase',
  'dumpingTable',
  'savingLargeObjects',
  'creating',
  'dropping',
  'processingData',
  'processingLargeObjects',
  'executing',
  'restoringLargeObject',
  'item',
  'connecting',
  'parallelLoop',
]);

/** Does the event only report progress? */
export function isProgress(event: ToolEvent): boolean {
  return PROGRESS_TYPES.has(event.type);
}
