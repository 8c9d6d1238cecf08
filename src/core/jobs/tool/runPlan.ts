import type { ToolInstall } from '../../model/tools';
import type { AppError } from '../../errors';
import type { ErrorCollector } from '../../pgtools/stderr/errorCollector';
import type { CommandPlan, PlanNames } from '../../plans/commandPlan';
import { environmentNow, type LibpqConnection } from '../../connections/libpq';
import type { JobConnection } from '../job/jobConnection';
import { typedCommand } from '../../pgtools/args/toolPlace';
import type { JobRun } from '../job/jobContext';
import type { ToolExit, ToolStartOptions } from '../job/startTool';
import { toolFailure } from './toolFailure';
import { ToolOutput, type ToolOutputOptions } from './toolOutput';
import { runTool } from './toolRun';

/** A command to be run, and the listeners to its output. */
export interface PlannedRun {
  plan: CommandPlan;
  names: PlanNames;
  /** Names that the record shows instead of those of files that only exist while the job runs. */
  shownNames?: Partial<PlanNames>;
  install: ToolInstall;
  /** null = the tool works without a server. */
  connection: JobConnection | null;
  /** Its environment has the password; its arguments are in the plan. */
  target: Pick<LibpqConnection, 'env' | 'renewPassword'>;
  collector: ErrorCollector;
  listeners: ToolOutputOptions;
  stdin?: ToolStartOptions['stdin'];
  stdoutFile?: ToolStartOptions['stdoutFile'];
  onStart?: (pid: number) => void;
  /** As of `runTool`. */
  stallSeconds?: number;
}

/** How a planned command ended. */
export interface PlannedEnd {
  exit: ToolExit;
  /** Makes the error for an exit that counts as a failure. */
  failure: () => AppError<'toolFailed'>;
}

/**
 * Runs a planned command to its end. The job's record shows the command before it starts.
 *
 * @throws AppError as `runTool`
 */
export async function runPlan(run: JobRun, planned: PlannedRun): Promise<PlannedEnd> {
  const { plan, names, install, connection, target, collector, listeners } = planned;
  const { record } = run;
  const file = install.tools[plan.tool] ?? '';
  record.command = typedCommand(file, plan.args({ ...names, ...planned.shownNames }));
  record.touch();
  const output = new ToolOutput(record, collector, listeners);
  const env = await environmentNow(target);
  const command = { tool: plan.tool, file, args: plan.args(names), env };
  const exit = await runTool(run, connection, command, {
    onChunk: output.write,
    ...(planned.stdin ? { stdin: planned.stdin } : {}),
    stdoutFile: planned.stdoutFile,
    stallSeconds: planned.stallSeconds,
    ...(planned.onStart ? { onStart: planned.onStart } : {}),
  });
  output.end();
  return { exit, failure: () => toolFailure(record, plan.tool, exit, output) };
}
