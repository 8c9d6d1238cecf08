import type { DatabaseCatalog } from '../../catalog/types';
import type { BackupOptions } from '../../forms/options';
import { relationKey } from '../../forms/catalogIndex';
import { computeTicks } from '../../forms/ticks';
import type { ToolEvent } from '../../pgtools/stderr';
import type { ProgressTracker } from './progressTracker';

/** What stands for the large objects where a table's name stands otherwise: PostgreSQL's own word. */
const LARGE_OBJECTS = 'LARGE OBJECTS';
/** Dump ids begin at 1. */
const LARGE_OBJECTS_ID = 0;

/**
 * What pg_dump says about tables, as progress. One unit is the data of one table; all large objects
 * together are one more. The definitions that a tar archive repeats for its restore.sql, and those
 * of a script, are not counted: they take no time.
 */
export class DumpProgress {
  private readonly started = new Set<string>();
  private readonly finished = new Set<number>();

  constructor(
    private readonly tracker: ProgressTracker,
    private readonly parallel: boolean,
  ) {}

  add(event: ToolEvent): void {
    if (event.type === 'dumpingTable') this.begin(event.table);
    else if (event.type === 'savingLargeObjects') this.begin(LARGE_OBJECTS);
    else if (event.type === 'item' && event.action === 'finished') {
      // Workers say what they begin, only the leader what is done.
      if (event.label.startsWith('TABLE DATA ')) this.finished.add(event.dumpId);
      // From 17 on there is one for each thousand of them.
      else if (event.label.startsWith('BLOBS')) this.finished.add(LARGE_OBJECTS_ID);
      this.tracker.setCompleted(this.finished.size);
    }
  }

  private begin(object: string): void {
    this.started.add(object);
    this.tracker.setCurrent(object);
    if (!this.parallel) this.tracker.setCompleted(this.started.size - 1);
  }
}

/** How many units a dump with these options has. */
export function countDumpUnits(options: BackupOptions, catalog: DatabaseCatalog): number {
  if (!options.includeData) return 0;
  const { dumped, withoutData, index } = computeTicks(options, catalog);
  let count = 0;
  for (const relation of catalog.relations) {
    if (relation.kind !== 'table' || !dumped.has(relationKey(relation))) continue;
    if (!withoutData.has(relationKey(relation))) count++;
  }
  const filtered = (options.schemas?.length ?? 0) > 0 || (options.tables?.length ?? 0) > 0;
  const withLargeObjects = options.largeObjects ?? !filtered;
  return count + (withLargeObjects && index.catalog.largeObjects > 0 ? 1 : 0);
}
