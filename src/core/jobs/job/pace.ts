import type { JobRun } from './jobContext';

/** Milliseconds: once a second is enough for a job that takes minutes, and too seldom for a short one. */
const USUAL_MS = 1000;
const LEAST_SHOWN_MS = 250;
const LEAST_LOOK_MS = 300;
/** Share of a job's time so far after which it is brought up to date, and after which it is looked at. */
const SHOWN_SHARE = 0.04;
const LOOK_SHARE = 0.1;

/** Milliseconds until server and files are looked at again, by how long that has been going on. */
export function lookInterval(ageMs: number): number {
  return Math.min(USUAL_MS, Math.max(LEAST_LOOK_MS, ageMs * LOOK_SHARE));
}

/** Keeps percent and time left up to date while nothing is told of the job. */
export function keepUpToDate({ record, cleanups }: Pick<JobRun, 'record' | 'cleanups'>): void {
  const since = performance.now();
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const share = (performance.now() - since) * SHOWN_SHARE;
    timer = setTimeout(tick, Math.min(USUAL_MS, Math.max(LEAST_SHOWN_MS, share)));
  };
  const tick = (): void => {
    record.touch();
    wait();
  };
  wait();
  cleanups.push(() => clearTimeout(timer));
}
