import { CooperativeLoop } from '../../../cooperativeLoop';

/**
 * Work that comes up at any time, often hundreds of pieces at once. It is done in its order, some of it
 * in each turn of the event loop, and never in the turn in which it came up.
 */
export class WorkInTurns {
  private waiting: (() => void)[] = [];
  private working = false;

  /** `failed`: hears of a piece that has thrown, which harms no other. */
  constructor(private readonly failed: (error: unknown) => void) {}

  add(work: () => void): void {
    this.waiting.push(work);
    if (!this.working) void this.work();
  }

  /** Does at once what waits. */
  flush(): void {
    for (const work of this.waiting.splice(0)) this.doOne(work);
  }

  private async work(): Promise<void> {
    this.working = true;
    try {
      const loop = new CooperativeLoop();
      await loop.yield();
      for (let work = this.waiting.shift(); work !== undefined; work = this.waiting.shift()) {
        this.doOne(work);
        if (loop.shouldYield) await loop.yield();
      }
    } finally {
      this.working = false;
    }
  }

  private doOne(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.failed(error);
    }
  }
}
