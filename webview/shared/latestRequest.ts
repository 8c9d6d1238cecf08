/** Runs one request at a time. A new request aborts the earlier one, and its answer is ignored. */
export class LatestRequest {
  private controller: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `delayMs` > 0 waits until the user makes no more changes. The answer comes by callback. */
  ask<T>(
    question: (signal: AbortSignal) => Promise<T>,
    answer: (value: T) => void,
    failure: (error: Error) => void,
    delayMs = 0,
  ): void {
    this.cancel();
    const controller = new AbortController();
    this.controller = controller;
    const { signal } = controller;
    const run = async (): Promise<void> => {
      try {
        const value = await question(signal);
        if (!signal.aborted) answer(value);
      } catch (error) {
        if (!signal.aborted) failure(error instanceof Error ? error : new Error(String(error)));
      }
    };
    if (delayMs > 0) this.timer = setTimeout(() => void run(), delayMs);
    else void run();
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.controller?.abort();
    this.controller = undefined;
  }
}
