import { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import os from 'node:os';
import { execa, type Options } from 'execa';
import { noHandlesOf } from '../../errors';
import { placedTool } from '../args/toolPlace';
import { notStarted } from './notStarted';
import { endPlaced, placedStart } from './startPlaced';

/**
 * Starting a program takes a pair of handles for each of its streams and one more; the rest is for
 * what other threads of this process open in this very moment.
 */
const HANDLES = 16;

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

function requireHandles(file: string): void {
  // On Windows only memory limits the number of handles.
  if (process.platform === 'win32') return;
  const handles: number[] = [];
  try {
    while (handles.length < HANDLES) handles.push(openSync(os.devNull, 'r'));
  } catch (error) {
    const code = noHandlesOf(error);
    if (code !== undefined) throw notStarted(file, code);
  } finally {
    for (const handle of handles) closeSync(handle);
  }
}
