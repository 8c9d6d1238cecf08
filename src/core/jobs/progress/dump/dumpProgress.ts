import type { ToolEvent } from '../../../pgtools/stderr/toolEvents';
import type { DumpContents } from '../../../forms/backup/dumpContents';
import { LARGE_OBJECTS, type DumpWorkload } from './dumpWorkload';
import type { ProgressTracker } from '../../job/progressTracker';

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
  /** Labels of what is being dumped, the newest last. */
  private running: string[] = [];
  private workload: DumpWorkload | null = null;
  /** Events from before the workload was known. */
  private bufferedEvents: { label: string; begins: boolean; at: number }[] = [];

  /** @param jobs workers of pg_dump */
  constructor(
    private readonly tracker: Pick<
      ProgressTracker,
      'seconds' | 'setCompleted' | 'setCurrentObjects'
    >,
    private readonly jobs: number,
  ) {}

  /** From now on events go to `work`, and so do now the events that came before. */
  setWorkload(work: DumpWorkload): void {
    this.workload = work;
    for (const { label, begins, at } of this.bufferedEvents) {
      if (begins) work.begin(label, at);
      else work.end(label, at);
    }
    this.bufferedEvents = [];
  }

  add(event: ToolEvent): void {
    if (event.type === 'dumpingTable') this.begin(event.table);
    else if (event.type === 'savingLargeObjects') this.begin(LARGE_OBJECTS);
    else if (event.type === 'item' && event.action === 'finished') {
      // Workers say what they begin, only the leader what is done.
      if (event.label.startsWith('TABLE DATA ')) {
        if (!this.finished.has(event.dumpId)) this.endTable(event.label.slice(11));
        this.finished.add(event.dumpId);
        // pg_dump 17 and newer prints one such line for each thousand large objects.
      } else if (event.label.startsWith('BLOBS')) {
        this.end(LARGE_OBJECTS);
        this.finished.add(LARGE_OBJECTS_ID);
      }
      this.tracker.setCompleted(this.finished.size);
      this.tracker.setCurrentObjects(this.running);
    }
  }

  /** Did workers of pg_dump say of all these that they are done? A single process says it of none. */
  saidAll(contents: DumpContents): boolean {
    return this.finished.size >= countDumpUnits(contents);
  }

  private begin(label: string): void {
    this.started.add(label);
    if (this.jobs <= 1) {
      // The next begins when the one before is done.
      for (const before of this.running) if (before !== label) this.end(before);
      this.tracker.setCompleted(this.started.size - 1);
    }
    this.running = [...this.running.filter((other) => other !== label), label];
    // A line that reported an end was lost.
    while (this.running.length > Math.max(1, this.jobs)) this.end(this.running[0] ?? '');
    this.report(label, true);
    this.tracker.setCurrentObjects(this.running);
  }

  /** The leader names a table without its schema: the one that runs longest is meant. */
  private endTable(name: string): void {
    const label = this.running.find((candidate) => candidate.endsWith(`.${name}`));
    if (label !== undefined) this.end(label);
  }

  private end(label: string): void {
    this.running = this.running.filter((other) => other !== label);
    this.report(label, false);
  }

  private report(label: string, begins: boolean): void {
    const at = this.tracker.seconds;
    if (!this.workload) this.bufferedEvents.push({ label, begins, at });
    else if (begins) this.workload.begin(label, at);
    else this.workload.end(label, at);
  }
}

/** How many units a dump with these options has. */
export function countDumpUnits({ tables, largeObjects }: DumpContents): number {
  return tables.length + (largeObjects > 0 ? 1 : 0);
}
