import { setTimeout as delay } from 'node:timers/promises';

/**
 * The limit for all conditions that tests wait for, in milliseconds: it only ends waits that hang.
 * A successful wait takes a fraction of it even on a busy machine; a whole test may take longer.
 */
export const PATIENCE_MS = 120_000;
const PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;
/** Pauses are so many times as long as the question before them: waiting must not take the processor. */
const REST = 4;
const FIRST_ATTEMPT_MS = 1000;

/**
 * Limit in milliseconds for what has to happen "at once": far more than it takes on an idle
 * machine, and far less than the wait that the test rules out.
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

/**
 * Repeats an action that may get lost, such as a click on an element that is just being drawn,
 * until it succeeds. Each attempt may take a quarter longer than the one before, so that it
 * succeeds on a slow machine as well.
 *
 * @param attempt gets its limit in milliseconds, and throws when it failed
 * @param afterwards puts things back before the next attempt
 * @throws what the last attempt threw, when there was no time for another one
 */
export async function insist<T>(
  attempt: (limitMs: number) => Promise<T>,
  afterwards?: () => Promise<unknown>,
): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let limitMs = FIRST_ATTEMPT_MS; ; limitMs *= 1.25) {
    try {
      return await attempt(limitMs);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await afterwards?.();
    }
  }
}

/** Waits until the condition holds, at most `limitMs` milliseconds; resolves with whether it did. */
export async function comesTrue(condition: Condition, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const asked = performance.now();
    if (await condition()) return true;
    const answered = performance.now();
    if (answered > deadline) return false;
    await delay(Math.min(LONGEST_PAUSE_MS, Math.max(PAUSE_MS, REST * (answered - asked))));
  }
}
