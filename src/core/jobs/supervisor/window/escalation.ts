/** How a process that is to end can be reached; both do nothing when it is gone. */
export interface EscalationTarget {
  /**
   * Sends SIGCONT to an owner that may have been stopped (SIGSTOP), so that it carries out the
   * request.
   */
  wake(): void;
  /** Ends it at once. */
  kill(): void;
}

/** How long an owner that was asked for a job's end may be silent, in milliseconds. */
export interface EscalationDelays {
  /**
   * Until the owner is woken: a running one shows within a few milliseconds that it got the
   * request.
   */
  wakeMs: number;
  /** Until the owner is killed: a running one writes its status at least every 5 s. */
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

  /** Begins to wait for a sign of the owner. */
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
