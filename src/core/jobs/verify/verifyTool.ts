import type { TocHeader } from '../../archive/toc/tocHeader';
import type { VerifyProblems } from '../../backups/manifest/problems';
import { NO_CONNECTION, scrubEnvironment } from '../../connections/inherited';
import { AppError } from '../../errors';
import { placedTool } from '../../pgtools/args/toolPlace';
import { chooseTool } from '../../pgtools/choose/candidates';
import { ErrorCollector } from '../../pgtools/stderr/errorCollector';
import { NO_NAMES, type CommandPlan } from '../../plans/commandPlan';
import type { JobRun } from '../job/jobContext';
import { runPlan } from '../tool/runPlan';

/**
 * Milliseconds of silence after which pg_restore is ended: it writes all the time, except when it
 * loops for ever at a truncated tar.
 */
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
 * elsewhere). Its errors become problems of the backup; so does silence for longer than `stallMs`,
 * after which it is ended.
 * @throws AppError `toolsNotFound`, `toolMissing`, `toolNotStarted`, `archiveNewerThanTools`,
 *   `cancelled`
 */
export async function readByTool(
  run: JobRun,
  { path, header }: { path: string; header: Pick<TocHeader, 'archiveVersion' | 'pgDumpVersion'> },
  problems: VerifyProblems,
  { stallMs = STALL_MS, onBytes }: ToolReadingOptions = {},
): Promise<ToolReading> {
  const { services } = run;
  const { installs, searched } = await services.tools.find();
  if (installs.length === 0) {
    throw new AppError('toolsNotFound', { searched: searched.join(', ') });
  }
  const major = Number.parseInt(header.pgDumpVersion, 10);
  const { archiveVersion } = header;
  const task = { tool: 'pg_restore', server: { major }, archiveVersion } as const;
  const { install } = chooseTool(installs, task, null);
  const streams = placedTool(install.dir) !== null;
  const args = streams ? ['--file=-'] : ['--file=-', path];
  const plan: CommandPlan = { tool: 'pg_restore', args: () => args, streams };
  const env = scrubEnvironment(services.inherited, NO_CONNECTION, process.platform);
  let bytes = 0;
  const name = `pg_restore ${install.version.text}`;
  const reading = runPlan(run, {
    ...{ plan, install, connection: null, target: { env } },
    names: NO_NAMES,
    ...(streams ? { stdin: path } : {}),
    collector: new ErrorCollector(),
    stallSeconds: stallMs / 1000,
    listeners: {
      onEvent: () => undefined,
      onStdoutBytes: (some) => {
        bytes += some;
        onBytes?.(bytes);
      },
    },
  });
  try {
    const { exit, failure } = await reading;
    if (exit.code === 0) return { tool: name, bytes };
    problems.add('toolFailed', null, failure().details.text);
  } catch (error) {
    if (!AppError.is(error, 'toolFailed')) throw error;
    problems.add('toolStalled', null, name);
  }
  return { tool: name, bytes: null };
}
