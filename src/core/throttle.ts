/**
 * Runs something at most once in an interval, however often it is asked for, and always once more
 * after the last time that it was.
 */
export class Throttle {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private earliest = -Infinity;
  private running = false;
  private again = false;

  /** `interval`: milliseconds from one run's begin to the next's; asked after each run. */
  constructor(
    private readonly run: () => void,
    private readonly interval: number | (() => number),
  ) {}

  /**
   * Asks for a run: in a turn of its own, as soon as the interval allows. What runs may ask for the
   * next one.
   */
  request(): void {
    if (this.running) {
      this.again = true;
      return;
    }
    this.timer ??= setTimeout(() => this.now(), Math.max(0, this.earliest - performance.now()));
  }

  /** Runs at once; what was asked for before is done with it. */
  now(): void {
    this.cancel();
    const began = performance.now();
    this.running = true;
    try {
      this.run();
    } finally {
      const { interval, again } = this;
      this.running = this.again = false;
      this.earliest = began + (typeof interval === 'number' ? interval : interval());
      if (again) this.request();
    }
  }

  /** Runs at once if that was asked for. */
  flush(): void {
    if (this.timer !== undefined) this.now();
  }

  /** Forgets what was asked for. */
  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.again = false;
  }
}
