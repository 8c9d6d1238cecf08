import { setTimeout as delay } from 'node:timers/promises';
import { terminateBackends } from '../../catalog/backends';
import { AppError } from '../../errors';
import { notStarted } from '../../pgtools/locate/notStarted';
import type { ToolCommand } from '../../model/tools';
import type { JobConnection } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import { markStep } from '../job/steps';
import { watchForStall } from './stallWatch';
import type { ToolExit, ToolProcess, ToolStartOptions } from '../job/startTool';
import { spawnTool } from './toolProcess';

/** Milliseconds between SIGINT and SIGKILL. All that a cancel does must fit into 3 s. */
const INTERRUPT_GRACE_MS = 1500;
/** Limit in milliseconds for ending the tool's remaining sessions on the server. */
const BACKENDS_TIMEOUT_MS = 1200;

/**
 * The system's error codes for arguments that are too long: mostly more than 2 MB, on Windows
 * 32,767 characters.
 */
const COMMAND_TOO_LONG: ReadonlySet<string> = new Set(['E2BIG', 'ENAMETOOLONG']);

export interface ToolLimits {
  onStart?: (pid: number) => void;
  /** Seconds of silence after which the tool is ended; as the job's services say when left out. */
  stallSeconds?: number | undefined;
}

/**
 * Runs one tool to its end. When the job is cancelled, the tool and its workers are interrupted,
 * after a grace killed, and the server's backends of this job ended: psql and pg_restore that were
 * killed leave a statement running (no server: null). Every other end is returned.
 * @throws AppError `cancelled` after a cancel; `toolFailed` after it stalled; `sshFailed` when its
 *   connection's tunnel has ended;
 *   `toolMissing`, `toolNotStarted`, `argumentUnsayable` or `argumentsTooLong` when the tool cannot be started
 */
export async function runTool(
  run: JobRun,
  connection: JobConnection | null,
  command: ToolCommand,
  io: ToolStartOptions & ToolLimits,
): Promise<ToolExit> {
  const { signal } = run;
  if (signal.aborted) throw new AppError('cancelled', {});
  const start = run.services.startTool ?? spawnTool;
  const stall = new AbortController();
  const seconds = io.stallSeconds ?? run.services.stallTimeoutSeconds ?? 0;
  const watch = watchForStall(run, connection, seconds, () => stall.abort());
  markStep('toolStarts');
  const tool = start(command, {
    ...io,
    onChunk: (chunk, from) => {
      watch.heard();
      io.onChunk(chunk, from);
    },
  });
  if (tool.pid !== undefined) io.onStart?.(tool.pid);
  const exit = await untilExit(tool, AbortSignal.any([signal, stall.signal]));
  markStep('toolEnded');
  watch.stop();
  run.record.exitCode = exit.code;
  if (exit.startFailure !== null && COMMAND_TOO_LONG.has(exit.startFailure)) {
    throw new AppError(
      'argumentsTooLong',
      { tool: command.tool, needs: null },
      { cause: exit.startFailure },
    );
  }
  if (exit.startFailure !== null) {
    throw notStarted(command.file, exit.startFailure);
  }
  const stopped = signal.aborted || stall.signal.aborted;
  if (connection && (stopped || exit.signal !== null)) await endBackends(run, connection);
  // A tool that was done before the request reached it has done its work.
  if (signal.aborted && exit.code !== 0) throw new AppError('cancelled', {});
  if (stall.signal.aborted && exit.code !== 0) {
    const { tool: name } = command;
    throw new AppError('toolFailed', { tool: name, exitCode: null, cause: 'stalled', text: '' });
  }
  if (exit.code !== 0 && connection?.tunnel && (await connection.tunnel.hasEnded())) {
    throw connection.tunnel.failure() ?? new AppError('cancelled', {});
  }
  return exit;
}

async function untilExit(tool: ToolProcess, signal: AbortSignal): Promise<ToolExit> {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    tool.interrupt();
    timer = setTimeout(() => tool.kill(), INTERRUPT_GRACE_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await tool.exit;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Ends what the server still runs for this job and waits until it is gone, as long as there is
 * time. A server that does not answer is not waited for.
 */
async function endBackends(run: JobRun, connection: JobConnection): Promise<void> {
  const controller = new AbortController();
  const options = { signal: controller.signal, timeoutMs: BACKENDS_TIMEOUT_MS };
  // A program that prints the password could take too long here.
  const monitor = {
    ...connection.to(connection.target.database, `${run.applicationName}-end`),
    renewPassword: undefined,
  };
  const done = terminateBackends(connection.psql, monitor, run.applicationName, options).catch(
    () => undefined,
  );
  const timer = delay(BACKENDS_TIMEOUT_MS, undefined, { ref: false });
  await Promise.race([done, timer]);
  controller.abort();
}
