import { CooperativeLoop } from '../../../cooperativeLoop';

/**
 * Work that comes up at any time, often hundreds of pieces at once. It is done in its order, some of it
 * in each turn of the event loop, and never in the turn in which it came up.
 */
export class WorkInTurns {
  private waiting: (() => void)[] = [];
  private working = false;

  add(work: () => void): void {
    this.waiting.push(work);
    if (!this.working) void this.work();
  }

  /** Does at once what waits. */
  flush(): void {
    for (const work of this.waiting.splice(0)) work();
  }

  private async work(): Promise<void> {
    this.working = true;
    const loop = new CooperativeLoop();
    await loop.yield();
    for (let work = this.waiting.shift(); work !== undefined; work = this.waiting.shift()) {
      work();
      if (loop.shouldYield) await loop.yield();
    }
    this.working = false;
  }
}
