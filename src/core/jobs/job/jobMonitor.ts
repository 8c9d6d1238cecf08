import type { ToolEvent } from '../../pgtools/stderr/toolEvents';
import type { JobRun } from './jobContext';

/**
 * What follows a tool at work: it keeps the job's progress, and remembers for the next job of the
 * same kind how long each part took.
 */
export interface JobMonitor {
  /** The tool has said something. */
  onEvent?(event: ToolEvent): void;
  /** The tool has ended, well or not; no session of the monitor's is left behind. */
  finishing(): Promise<void>;
  /** The job went through. */
  completed(): Promise<void>;
}

/** Remembers what the job took, beside all else that is left to do; it does not fail for that. */
export function rememberRun({ cleanups }: Pick<JobRun, 'cleanups'>, monitor: JobMonitor): void {
  const remembered = monitor.completed().catch(() => undefined);
  cleanups.push(() => remembered);
}
