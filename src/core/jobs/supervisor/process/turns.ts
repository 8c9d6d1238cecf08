import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../errors';
import { isFinished } from '../../../model/job';
import type { JobServices, Reservations } from '../../job/jobContext';
import { JobFolder, type StoredJob } from '../store/jobFolder';
import { livenessOf } from '../store/processIdentity';

/** How often a job that waits looks whether it is its turn. */
const INTERVAL_MS = 200;

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
  /** Directories of jobs that are past waiting, and those without a job. */
  const settled = new Set<string>();

  const isOlder = ({ ticket, job }: StoredJob): boolean =>
    ticket < mine.ticket || (ticket === mine.ticket && job.id < mine.id);

  const olderOnesWait = async (): Promise<boolean> => {
    for (const name of await readdir(storeDir).catch(() => [])) {
      if (!JobFolder.isName(name) || settled.has(name)) continue;
      const stored = await new JobFolder(path.join(storeDir, name)).look();
      if (typeof stored === 'string') {
        // A broken record stays broken; an unreadable one may be read the next time.
        if (stored === 'broken' || stored === 'later') settled.add(name);
        continue;
      }
      if (isFinished(stored.job.status) || stored.job.status === 'running') settled.add(name);
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
