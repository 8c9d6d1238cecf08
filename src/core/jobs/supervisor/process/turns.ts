import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CooperativeLoop } from '../../../cooperativeLoop';
import { AppError } from '../../../errors';
import { isFinished, type JobStatus } from '../../../model/job';
import type { JobServices, Reservations } from '../../job/jobContext';
import { JobFolder, type StoredJob } from '../store/jobFolder';
import { livenessOf } from '../store/processIdentity';

/** How often a job that waits looks whether it is its turn. */
const INTERVAL_MS = 200;

/** Does a job of this status never wait again? */
function isPastWaiting(status: JobStatus | null): boolean {
  return status !== null && (status === 'running' || isFinished(status));
}

/**
 * Lets at most `concurrency` jobs run at a time, over all windows, in the order in which they were
 * asked for. `mine`: the job that waits.
 * @returns a function that rejects with AppError `cancelled` once its signal is aborted
 */
export function waitForTurn(
  storeDir: string,
  mine: Pick<StoredJob, 'ticket'> & { id: string },
  concurrency: number,
  reservations: Reservations,
): NonNullable<JobServices['admit']> {
  /** Directories of jobs that nobody waits for: past waiting, or without a job, or this one. */
  const settled = new Set([path.basename(JobFolder.of(storeDir, mine.id).dir)]);

  const isOlder = ({ ticket, job }: StoredJob): boolean =>
    ticket < mine.ticket || (ticket === mine.ticket && job.id < mine.id);

  const olderOnesWait = async (): Promise<boolean> => {
    const loop = new CooperativeLoop();
    for (const name of namesIn(storeDir)) {
      if (!JobFolder.isName(name) || settled.has(name)) continue;
      if (loop.shouldYield) await loop.yield();
      const folder = new JobFolder(path.join(storeDir, name));
      // Nearly all of them have ended long ago.
      if (isPastWaiting(folder.statusNow())) {
        settled.add(name);
        continue;
      }
      const stored = await folder.look();
      if (typeof stored === 'string') {
        // A broken record stays broken; an unreadable one may be read the next time.
        if (stored === 'broken' || stored === 'later') settled.add(name);
        continue;
      }
      if (isPastWaiting(stored.job.status)) settled.add(name);
      else if (stored.job.status === 'pending' && isOlder(stored)) {
        if (livenessOf(stored.owner) === 'running') return true;
      }
    }
    return false;
  };

  return async (signal) => {
    for (;;) {
      if (signal.aborted) throw new AppError('cancelled', {});
      if (!(await olderOnesWait())) {
        for (let slot = 0; slot < concurrency; slot++) {
          const release = reservations.take(`slot ${slot}`);
          if (release) return release;
        }
      }
      await delay(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  };
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
