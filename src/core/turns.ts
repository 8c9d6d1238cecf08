/** The turns of long work, wherever it runs: `if (turns.shouldYield) await turns.yield();` */
export interface Turns {
  /** Is asked after each small piece of work. */
  readonly shouldYield: boolean;
  /** @throws AppError `cancelled` once nobody wants the work any more */
  yield: () => Promise<void>;
  /**
   * Between two pieces of work that are long themselves.
   * @throws AppError `cancelled` once nobody wants the work any more
   */
  pause: () => Promise<void>;
}
