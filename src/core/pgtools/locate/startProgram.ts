import { ChildProcess } from 'node:child_process';
import { execa, type Options } from 'execa';
import { placedTool } from '../args/toolPlace';
import { requireHandles } from './requireHandles';
import { endPlaced, placedStart } from './startPlaced';

/**
 * Starts a program by `execa`, with its options. With too few file handles, `execa` would cause an
 * error event without a listener, which ends the whole process; so the handles are checked first. A
 * tool that runs elsewhere is started there; it ends there when what runs for it here is killed.
 *
 * @param file absolute path, or what `placedFile` wrote
 * @throws AppError `toolNotStarted` with too few file handles, or where nothing here reaches the
 *   tool's place; all else is told as `execa` tells it
 */
export function startProgram<O extends Options>(file: string, args: readonly string[], options: O) {
  requireHandles(file);
  const tool = placedTool(file);
  if (tool === null) return execa(file, args, options);
  const { run, cwd, env, ...start } = placedStart(tool, args, options.env ?? process.env);
  const placed: O = { ...options, cwd, env };
  const child = execa(start.file, start.args, placed);
  const started: unknown = child;
  if (started instanceof ChildProcess) {
    started.once('exit', (_code, signal) => {
      if (signal !== null) endPlaced(run, 'KILL', env);
    });
  }
  return child;
}
