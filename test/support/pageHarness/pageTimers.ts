/** Timers longer than this are not counted: no test waits for them. */
const LONGEST_MS = 1000;

/** Timers that the page has set and that have not run yet. */
export const pendingTimers = new Set<number>();

/** The original `setTimeout`, for code other than the page's. */
export const uncountedTimeout = window.setTimeout.bind(window);

/** Counts the timers of the page from now on; to be called before its own script runs. */
export function countTimers(): void {
  const clear = window.clearTimeout.bind(window);
  const set = (handler: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]): number => {
    const id = uncountedTimeout(() => {
      pendingTimers.delete(id);
      handler(...args);
    }, delayMs);
    if (delayMs <= LONGEST_MS) pendingTimers.add(id);
    return id;
  };
  const forget = (id: number | undefined): void => {
    if (id !== undefined) pendingTimers.delete(id);
    clear(id);
  };
  Object.assign(window, { setTimeout: set, clearTimeout: forget });
}
