import type { TocHeader } from '../../archive/toc/tocHeader';
import type { VerifyProblems } from '../../backups/manifest/problems';
import { NO_CONNECTION, scrubEnvironment } from '../../connections/inherited';
import { AppError } from '../../errors';
import { chooseTool } from '../../pgtools/choose/candidates';
import { notStarted } from '../../pgtools/locate/notStarted';
import { ErrorCollector } from '../../pgtools/stderr/errorCollector';
import type { ToolCommand } from '../../model/tools';
import type { JobRun } from '../job/jobContext';
import { toolFailure } from '../tool/toolFailure';
import { ToolOutput } from '../tool/toolOutput';
import { spawnTool } from '../tool/toolProcess';

/** From the request to end to the end by force. */
const INTERRUPT_GRACE_MS = 1_500;
/** pg_restore puts something out all the time; it says nothing while it spins at a cut tar. */
const STALL_MS = 120_000;

export interface ToolReading {
  /** e.g. `pg_restore 17.11`. */
  tool: string;
  /** Bytes of SQL that it put out; null when it did not come to its end. */
  bytes: number | null;
}

export interface ToolReadingOptions {
  /** Milliseconds of silence after which the tool is ended. */
  stallMs?: number;
  /** Bytes that it has put out so far. */
  onBytes?: (bytes: number) => void;
}

/**
 * Has pg_restore read a whole archive into nowhere: everything is unpacked and turned into SQL,
 * which is counted and thrown away. Not into a file of the system's (`/dev/null` has other names
 * elsewhere). What it says against the archive becomes a problem; so does silence for longer than
 * `stallMs`, after which it is ended.
 * Throws `toolsNotFound`, `toolMissing`, `toolNotStarted`, `archiveNewerThanTools`, `cancelled`.
 */
export async function readByTool(
  run: JobRun,
  path: string,
  header: Pick<TocHeader, 'archiveVersion' | 'pgDumpVersion'>,
  problems: VerifyProblems,
  { stallMs = STALL_MS, onBytes }: ToolReadingOptions = {},
): Promise<ToolReading> {
  const { record, services, signal } = run;
  const { installs, searched } = await services.tools.find();
  if (installs.length === 0) {
    throw new AppError('toolsNotFound', { searched: searched.join(', ') });
  }
  const major = Number.parseInt(header.pgDumpVersion, 10);
  const { archiveVersion } = header;
  const task = { tool: 'pg_restore', server: { major }, archiveVersion } as const;
  const { install } = chooseTool(installs, task, null);
  const command: ToolCommand = {
    tool: 'pg_restore',
    file: install.tools.pg_restore ?? '',
    args: ['--file=-', path],
    env: scrubEnvironment(services.inherited, NO_CONNECTION, process.platform),
  };
  record.command = [command.file, ...command.args];
  if (signal.aborted) throw new AppError('cancelled', {});

  let bytes = 0;
  let stalled = false;
  const output = new ToolOutput(record, new ErrorCollector(), { onEvent: () => undefined });
  const tool = (services.startTool ?? spawnTool)(command, {
    onChunk: (chunk, from) => {
      timer.refresh();
      if (from === 'stdout') {
        bytes += chunk.length;
        onBytes?.(bytes);
      } else output.write(chunk, from);
    },
  });
  let killer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    tool.interrupt();
    killer ??= setTimeout(() => tool.kill(), INTERRUPT_GRACE_MS);
  };
  const timer = setTimeout(() => {
    stalled = true;
    stop();
  }, stallMs);
  signal.addEventListener('abort', stop, { once: true });
  const exit = await tool.exit.finally(() => {
    clearTimeout(timer);
    clearTimeout(killer);
    signal.removeEventListener('abort', stop);
  });
  output.end();
  record.exitCode = exit.code;
  if (exit.startFailure !== null) throw notStarted(command.file, exit.startFailure);
  if (signal.aborted && exit.code !== 0) throw new AppError('cancelled', {});
  const name = `pg_restore ${install.version.text}`;
  if (stalled) {
    problems.add('toolStalled', null, name);
    return { tool: name, bytes: null };
  }
  if (exit.code !== 0) {
    problems.add('toolFailed', null, toolFailure(record, 'pg_restore', exit, output).details.text);
    return { tool: name, bytes: null };
  }
  return { tool: name, bytes };
}
