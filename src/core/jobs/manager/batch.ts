import { CooperativeLoop } from '../../cooperativeLoop';
import type { Jobs } from './jobs';

/**
 * Starts jobs one after another and resolves when all have ended. To start one writes its record:
 * hundreds at once would hold the extension host for a second.
 *
 * @param start resolves once the job waits or runs
 * @param end gets what `start` gave, and resolves with how the job ended
 */
export async function startEach<I, S, E>(
  items: readonly I[],
  start: (item: I) => Promise<S>,
  end: (item: I, started: Promise<S>) => Promise<E>,
): Promise<E[]> {
  const ends: Promise<E>[] = [];
  for (const item of items) {
    const started = start(item);
    ends.push(end(item, started));
    await started.catch(() => undefined);
  }
  return Promise.all(ends);
}

/**
 * Asks jobs to end, the last one first: otherwise the next one would begin as soon as the one that runs
 * has ended. None waits for the end of another, which can take seconds. Resolves when all have ended;
 * never rejects.
 *
 * @param ids in the order in which the jobs were asked for
 */
export async function cancelEach(
  jobs: Pick<Jobs, 'cancel'>,
  ids: readonly string[],
): Promise<void> {
  const loop = new CooperativeLoop();
  const ends: Promise<unknown>[] = [];
  for (const id of [...ids].reverse()) {
    ends.push(jobs.cancel(id).catch(() => undefined));
    // The record of one that waits is written right after: it belongs to this turn.
    await Promise.resolve();
    if (loop.shouldYield) await loop.yield();
  }
  await Promise.all(ends);
}
