import { availableParallelism } from 'node:os';

/**
 * How many test processes run at a time. Most of their time goes into waiting for tools and servers,
 * so that two more than there are processors keep these busy; each needs servers of its own.
 */
export const laneCount = Math.min(4, availableParallelism() + 2);

/** Carries the tasks out in their order, at most `lanes` at a time; each is told its lane, from 0. */
export async function inLanes(
  lanes: number,
  tasks: readonly ((lane: number) => Promise<void>)[],
): Promise<void> {
  const waiting = [...tasks];
  const work = async (lane: number): Promise<void> => {
    for (let task = waiting.shift(); task; task = waiting.shift()) await task(lane);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane)));
}
