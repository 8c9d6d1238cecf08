import type { Toc } from '../../../archive/toc/toc';
import { startsEntry, type ToolEvent } from '../../../pgtools/stderr/toolEvents';
import type { ProgressTracker } from '../../job/progressTracker';
import type { RestoredEntries } from './restoreOutline';
import type { RestoreWorkload } from './restoreWorkload';

/**
 * What pg_restore says about entries, as progress. Serially it prints one line as it starts each
 * entry, in the order of the list: counting is enough, names are never taken apart. With workers it
 * names entries by dump id.
 */
export class RestoreProgress {
  private bytes = 0;
  private readonly positions = new Map<number, number>();
  private readonly toc: Toc;
  private readonly order: readonly number[];
  private readonly dataSizes: ReadonlyMap<number, number>;
  private readonly inLeader = new Set<number>();
  private readonly finished = new Set<number>();
  /** Entries that are being restored, the newest last. */
  private readonly running = new Set<number>();
  private workload: RestoreWorkload | null = null;

  constructor(
    private readonly tracker: ProgressTracker,
    { toc, order, dataSizes }: RestoredEntries,
    private readonly parallel: boolean,
  ) {
    this.toc = toc;
    this.order = order;
    this.dataSizes = dataSizes;
    if (parallel) order.forEach((index, k) => this.positions.set(toc.dumpId(index), k));
    tracker.setTotal(order.length);
  }

  /** From here on `work` follows; before the first event. */
  setWorkload(work: RestoreWorkload): void {
    this.workload = work;
  }

  /** The tool has ended, and with it the last entry. */
  finish(): void {
    const at = this.tracker.seconds;
    this.endLeaders(at);
    for (const index of [...this.running]) this.end(index, at);
  }

  /** @param at when the tool said it, on the tracker's clock */
  add(event: ToolEvent, at = this.tracker.seconds): void {
    if (event.type === 'restoringLargeObject') this.workload?.largeObject(at);
    if (this.parallel) this.addItem(event, at);
    else if (startsEntry(event)) this.beginNext(at);
  }

  private startedSerially = 0;

  private beginNext(at: number): void {
    const k = this.startedSerially++;
    const before = this.order[k - 1];
    if (before !== undefined) this.end(before, at);
    const index = this.order[k];
    if (index === undefined) return;
    this.tracker.setCompleted(k);
    this.begin(index, at);
  }

  private addItem(event: ToolEvent, at: number): void {
    if (event.type === 'parallelLoop') this.endLeaders(at);
    if (event.type !== 'item') return;
    const index = this.order[this.positions.get(event.dumpId) ?? -1];
    // pg_restore also mentions what is not in the list: the encoding, the database itself.
    if (index === undefined) return;
    if (event.action === 'processing') {
      // The leader goes through what comes before the data one by one: the next ends the last.
      this.endLeaders(at);
      this.inLeader.add(event.dumpId);
      this.begin(index, at);
    } else if (event.action === 'launching') {
      this.begin(index, at);
    } else if (!this.finished.has(event.dumpId)) {
      this.finished.add(event.dumpId);
      this.end(index, at);
    }
    this.tracker.setCompleted(this.finished.size);
  }

  private endLeaders(at: number): void {
    for (const dumpId of this.inLeader) {
      this.finished.add(dumpId);
      const index = this.order[this.positions.get(dumpId) ?? -1];
      if (index !== undefined) this.end(index, at);
    }
    this.inLeader.clear();
  }

  private begin(index: number, at: number): void {
    this.running.add(index);
    this.workload?.begin(index, at);
    this.reportRunning();
  }

  private end(index: number, at: number): void {
    this.running.delete(index);
    this.addBytes(index);
    this.workload?.end(index, at);
    this.reportRunning();
  }

  private reportRunning(): void {
    this.tracker.setCurrentObjects([...this.running].map((index) => this.nameOf(index)));
  }

  private addBytes(index: number): void {
    this.bytes += this.dataSizes.get(this.toc.dumpId(index)) ?? 0;
    this.tracker.setBytes(this.bytes);
  }

  private nameOf(index: number): string {
    const schema = this.toc.schema(index);
    const name = this.toc.tag(index);
    return schema === null || schema === '' ? name : `${schema}.${name}`;
  }
}

/** How an entry is called in a list of errors: `TABLE public.orders`. */
export function describeEntry(toc: Toc, dumpId: number): string | null {
  const index = toc.indexOf(dumpId);
  if (index < 0) return null;
  const schema = toc.schema(index);
  const tag = toc.tag(index);
  const name = schema === null || schema === '' ? tag : `${schema}.${tag}`;
  return `${toc.desc(index)} ${name}`;
}
