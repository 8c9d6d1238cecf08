/** How a process that is to end can be reached; each says nothing when it is gone. */
export interface Reachable {
  /** Wakes it, should somebody have stopped it (SIGSTOP): it then does what it was asked. */
  wake(): void;
  /** Ends it at once. */
  kill(): void;
}

/** An owner that is asked for a job's end shows that it heard within a few milliseconds. */
const WAKE_MS = 1500;
/** It writes at least every 5 s, whatever it does: one that is silent for so long does nothing. */
const KILL_MS = 15_000;

/**
 * Ends a job's owner that was asked for the job's end and does not show any sign: it was stopped, or
 * it hangs. First it is woken, then ended by force; what it was doing is then ended by whoever finds
 * it dead.
 */
export class Escalation {
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  /** Was the owner ended by force? */
  killed = false;

  constructor(private readonly target: Reachable) {}

  /** From now on it is waited for a sign. */
  start(): void {
    if (this.running) return;
    this.running = true;
    this.wait(WAKE_MS, () => {
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
    this.wait(KILL_MS, () => {
      this.killed = true;
      this.target.kill();
    });
  }

  private wait(ms: number, then: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, ms).unref();
  }
}
