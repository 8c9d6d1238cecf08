import { setTimeout as delay } from 'node:timers/promises';

/** What goes well takes a fraction of it, also on a busy machine; tests may take longer than this. */
const PATIENCE_MS = 50_000;
const PAUSE_MS = 10;

/**
 * What "at once" may take, in milliseconds: far more than it does on a machine that has nothing else
 * to do, and far less than what it would take to wait for the thing itself.
 */
export const AT_ONCE_MS = 20_000;

/** What is waited for. */
export type Condition = () => boolean | Promise<boolean>;

/**
 * Waits until the condition holds. Resolves with true, so that it can be asserted; there is no other
 * outcome than that and an error.
 *
 * @param what is waited for, as the error says it; its code by default
 * @throws when it does not hold in time
 */
export async function until(condition: Condition, what = String(condition)): Promise<true> {
  if (await comesTrue(condition, PATIENCE_MS)) return true;
  throw new Error(`not within ${PATIENCE_MS / 1000} s: ${what}`);
}

/** Waits until the condition holds, at most `limitMs` milliseconds; resolves with whether it did. */
export async function comesTrue(condition: Condition, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await delay(PAUSE_MS);
  }
  return true;
}
