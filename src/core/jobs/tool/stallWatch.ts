import { countBusyBackends } from '../../catalog/backends';
import type { JobConnection } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';

/** Limit in milliseconds for asking the server whether it works for the job. */
const MAX_PROBE_MS = 10_000;

export interface StallWatch {
  /** The tool has said something. */
  heard(): void;
  stop(): void;
}

/**
 * Calls `stalled` once when a tool has printed nothing, written nothing and got nothing done for
 * the given seconds, and the server does not work for it either: building an index for hours is no
 * stall, a connection that a router has dropped is one. null for a tool that works without a
 * server. Measures by a clock that cannot be set. 0 seconds: never.
 */
export function watchForStall(
  run: JobRun,
  connection: JobConnection | null,
  seconds: number,
  stalled: () => void,
): StallWatch {
  if (seconds <= 0) return { heard: () => undefined, stop: () => undefined };
  const limit = seconds * 1000;
  const controller = new AbortController();
  let last = performance.now();
  let seen = '';
  let probing = false;

  const serverWorks = async (): Promise<boolean> => {
    if (connection === null) return false;
    const monitor = connection.to(connection.target.database, `${run.applicationName}-stall`);
    const options = { signal: controller.signal, timeoutMs: Math.min(limit, MAX_PROBE_MS) };
    try {
      return (await countBusyBackends(connection.psql, monitor, run.applicationName, options)) > 0;
    } catch {
      return false;
    }
  };

  const look = async (): Promise<void> => {
    const now = moved(run);
    if (now !== seen) {
      seen = now;
      last = performance.now();
    }
    const silentSince = last;
    if (probing || performance.now() - silentSince < limit) return;
    probing = true;
    const works = await serverWorks();
    probing = false;
    if (controller.signal.aborted || last !== silentSince) return;
    if (works) last = performance.now();
    else {
      watch.stop();
      stalled();
    }
  };

  const timer = setInterval(() => void look(), Math.min(5000, Math.max(50, limit / 10)));
  const watch: StallWatch = {
    heard: () => (last = performance.now()),
    stop: () => {
      clearInterval(timer);
      controller.abort();
    },
  };
  return watch;
}

/**
 * A text that changes when the job makes progress. Percent is not part of it, because that may be
 * an estimate by time.
 */
function moved({ record }: JobRun): string {
  const progress = record.progress.snapshot();
  if (progress === null) return '';
  const { bytesWritten, objectsCompleted, rows, currentObjects } = progress;
  return JSON.stringify([bytesWritten, objectsCompleted, rows, currentObjects]);
}
