/**
 * A clock that only goes on with the steps of what is tested, and the turns of the event loop that it
 * gives others meanwhile: how many steps are done in one turn does not depend on the machine.
 */
export class CountedTurns {
  private readonly real = { now: performance.now.bind(performance), setImmediate };
  private clock = 0;
  private inTurn = 0;
  /** Turns that were asked for. */
  turns = 0;
  /** The most steps of one turn. */
  most = 0;

  /** Takes the place of the clock until `restore` is called. */
  start(): void {
    this.clock = this.inTurn = this.turns = this.most = 0;
    Reflect.set(performance, 'now', () => this.clock);
    Reflect.set(globalThis, 'setImmediate', (action: () => void) => {
      this.turns++;
      return this.real.setImmediate(() => {
        this.inTurn = 0;
        action();
      });
    });
  }

  /** To be called for each step of the work. */
  step(milliseconds = 1): void {
    this.clock += milliseconds;
    this.most = Math.max(this.most, ++this.inTurn);
  }

  restore(): void {
    Reflect.set(performance, 'now', this.real.now);
    Reflect.set(globalThis, 'setImmediate', this.real.setImmediate);
  }

  /** Milliseconds of all steps. */
  get spent(): number {
    return this.clock;
  }
}
