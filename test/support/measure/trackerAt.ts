import { ProgressTracker } from '../../../src/core/jobs/job/progressTracker';

/**
 * A tracker on a clock of the test's own. Estimates cost it nothing: how often they are made does not
 * depend on this machine.
 *
 * @param now milliseconds
 */
export function trackerAt(now: () => number): ProgressTracker {
  return new ProgressTracker(now, () => 0);
}
