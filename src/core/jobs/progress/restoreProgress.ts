import type { Toc } from '../../archive/toc';
import { startsEntry, type ToolEvent } from '../../pgtools/stderr';
import type { ProgressTracker } from './progressTracker';

/**
 * What pg_restore says about entries, as progress. Serially it prints one line as it starts each
 * entry, in the order of the list: counting is enough, names are never taken apart. With workers it
 * names entries by dump id.
 */
export class RestoreProgress {
  private begun = 0;
  private bytes = 0;
  private readonly positions = new Map<number, number>();
  private readonly inLeader = new Set<number>();
  private readonly finished = new Set<number>();

  /**
   * `order`: indexes of the entries that will be restored, as `restorePlan` gives them.
   * `dataSizes`: bytes of data in the archive by dump id, as far as they are known.
   */
  constructor(
    private readonly tracker: ProgressTracker,
    private readonly toc: Toc,
    private readonly order: readonly number[],
    private readonly dataSizes: ReadonlyMap<number, number>,
    private readonly parallel: boolean,
  ) {
    if (parallel) order.forEach((index, k) => this.positions.set(toc.dumpId(index), k));
    tracker.setTotal(order.length);
  }

  /** Was anything done to the database? */
  get anythingBegun(): boolean {
    return this.begun > 0;
  }

  add(event: ToolEvent): void {
    if (startsEntry(event) || event.type === 'dropping') this.begun++;
    if (this.parallel) this.addItem(event);
    else if (startsEntry(event)) this.beginNext();
  }

  private startedSerially = 0;

  private beginNext(): void {
    const k = this.startedSerially++;
    const before = this.order[k - 1];
    if (before !== undefined) this.addBytes(before);
    const index = this.order[k];
    if (index === undefined) return;
    this.tracker.setCompleted(k);
    this.tracker.setCurrent(this.nameOf(index));
  }

  private addItem(event: ToolEvent): void {
    if (event.type === 'parallelLoop') this.endLeaders();
    if (event.type !== 'item') return;
    const index = this.order[this.positions.get(event.dumpId) ?? -1];
    // pg_restore also mentions what is not in the list: the encoding, the database itself.
    if (index === undefined) return;
    if (event.action === 'processing') {
      // The leader goes through what comes before the data one by one: the next ends the last.
      this.endLeaders();
      this.inLeader.add(event.dumpId);
      this.tracker.setCurrent(this.nameOf(index));
    } else if (event.action === 'launching') {
      this.tracker.setCurrent(this.nameOf(index));
    } else if (!this.finished.has(event.dumpId)) {
      this.finished.add(event.dumpId);
      this.addBytes(index);
    }
    this.tracker.setCompleted(this.finished.size);
  }

  private endLeaders(): void {
    for (const dumpId of this.inLeader) this.finished.add(dumpId);
    this.inLeader.clear();
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
