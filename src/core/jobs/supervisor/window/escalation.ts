/** How a process that is to end can be reached; each says nothing when it is gone. */
export interface EscalationTarget {
  /** Wakes the owner in case it was stopped (SIGSTOP): it then does what it was asked. */
  wake(): void;
  /** Ends it at once. */
  kill(): void;
}

/** How long an owner that was asked for a job's end may be silent, in milliseconds. */
export interface EscalationDelays {
  /** Until it is woken: it shows that it heard within a few milliseconds. */
  wakeMs: number;
  /** Until it is ended by force: it writes at least every 5 s, whatever it does. */
  killMs: number;
}

const ESCALATION_DELAYS: EscalationDelays = { wakeMs: 1500, killMs: 15_000 };

/**
 * Ends a job's owner that does not react to a cancel request, because it was stopped or hangs. It
 * is first woken, then killed; its tools are ended when its job is settled as lost.
 */
export class Escalation {
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  /** Was the owner ended by force? */
  killed = false;

  constructor(
    private readonly target: EscalationTarget,
    private readonly patience: EscalationDelays = ESCALATION_DELAYS,
  ) {}

  /** From now on it is waited for a sign. */
  start(): void {
    if (this.running) return;
    this.running = true;
    this.wait(this.patience.wakeMs, () => {
      this.target.wake();
      this.waitForEnd();
    });
  }

  /** The owner has shown that it lives. */
  sign(): void {
    if (this.running && !this.killed) this.waitForEnd();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.running = false;
  }

  private waitForEnd(): void {
    this.wait(this.patience.killMs, () => {
      this.killed = true;
      this.target.kill();
    });
  }

  private wait(ms: number, then: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, ms).unref();
  }
}
