import type { BackupJob } from '../../model/job';
import type { Jobs, Stop } from './jobs';

/** Listeners to jobs; see `Jobs`. */
export class JobListeners implements Pick<Jobs, 'onUpdate' | 'onLines' | 'onRemoved'> {
  private readonly update = new Set<(job: BackupJob) => void>();
  private readonly line = new Set<(jobId: string, lines: string[]) => void>();
  private readonly removal = new Set<(jobId: string) => void>();

  onUpdate(listener: (job: BackupJob) => void): Stop {
    return add(this.update, listener);
  }

  onLines(listener: (jobId: string, lines: string[]) => void): Stop {
    return add(this.line, listener);
  }

  onRemoved(listener: (jobId: string) => void): Stop {
    return add(this.removal, listener);
  }

  updated(job: BackupJob): void {
    notify(this.update, job);
  }

  lines(jobId: string, lines: string[]): void {
    notify(this.line, jobId, lines);
  }

  removed(jobId: string): void {
    notify(this.removal, jobId);
  }

  /** Removes all listeners. */
  clear(): void {
    this.update.clear();
    this.line.clear();
    this.removal.clear();
  }
}

function add<T>(listeners: Set<T>, listener: T): Stop {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A listener that throws must not harm the job or other listeners. */
function notify<A extends unknown[]>(listeners: Set<(...args: A) => void>, ...args: A): void {
  for (const listener of listeners) {
    try {
      listener(...args);
    } catch {
      // Errors of a listener are the listener's to report.
    }
  }
}
