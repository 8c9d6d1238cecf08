import { unlessAborted } from './unlessAborted';

/** Milliseconds in which a form that has changed its mind asks for the same again. */
const GRACE_MS = 500;

/** Work that several wait for. It is called off soon after the last of them has gone. */
export class SharedWork<T> {
  private readonly controller = new AbortController();
  private readonly result: Promise<T>;
  private state: 'runs' | 'done' | 'failed' = 'runs';
  private waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.result = work(this.controller.signal);
    this.result.then(
      () => (this.state = 'done'),
      () => (this.state = 'failed'),
    );
  }

  /** Is there a result, or will there be one? */
  get isOfUse(): boolean {
    return this.state === 'done' || (this.state === 'runs' && !this.controller.signal.aborted);
  }

  /** @throws AppError `cancelled` once the signal is aborted, and as the work */
  async wait(signal?: AbortSignal): Promise<T> {
    this.waiting++;
    try {
      return await unlessAborted(this.result, signal);
    } finally {
      this.waiting--;
      if (this.state === 'runs') setTimeout(() => this.leave(), GRACE_MS).unref();
    }
  }

  private leave(): void {
    if (this.waiting === 0) this.controller.abort();
  }
}
