/** Time that only passes when a test says so, for code that waits by `setTimeout`. */
export class FakeClock {
  private readonly real = { setTimeout, clearTimeout };
  private readonly realNow = performance.now.bind(performance);
  private readonly timers = new Map<number, { at: number; action: () => void }>();
  private now = 0;
  private count = 0;

  /** From now on until `restore`. */
  constructor() {
    const set = (action: () => void, ms = 0): number => {
      this.timers.set(++this.count, { at: this.now + ms, action });
      return this.count;
    };
    const clear = (id?: number): void => void this.timers.delete(id ?? 0);
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
    Reflect.set(performance, 'now', () => this.now);
  }

  /** How many wait. */
  get waiting(): number {
    return this.timers.size;
  }

  /** Lets so many milliseconds pass, with all that is due in them, in its order. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const [next] = [...this.timers].filter(([, { at }]) => at <= until).sort(byTime);
      if (next === undefined) break;
      const [id, { at, action }] = next;
      this.timers.delete(id);
      this.now = Math.max(this.now, at);
      action();
    }
    this.now = until;
  }

  restore(): void {
    Object.assign(globalThis, this.real);
    Reflect.set(performance, 'now', this.realNow);
  }
}

function byTime([a, x]: [number, { at: number }], [b, y]: [number, { at: number }]): number {
  return x.at - y.at || a - b;
}
