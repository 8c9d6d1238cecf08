import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Options } from 'execa';
import { placedTool } from '../pgtools/args/toolPlace';
import { startProgram } from '../pgtools/locate/startProgram';
import { windowsCommand } from './windowsCommand';

/** Options of `execa`; every caller must state `cwd` and `env`. */
type ToolOptions = Options & { cwd: string; env: Readonly<Record<string, string>> };

/**
 * Starts a PostgreSQL tool as `startProgram` does. On Windows, arguments outside of ASCII are replaced
 * (see `windowsCommand`); files written for that are removed when the tool has ended.
 *
 * @param file absolute path
 * @throws AppError `toolNotStarted`, `argumentUnsayable`
 */
export function startTool<O extends ToolOptions>(
  file: string,
  args: readonly string[],
  options: O,
) {
  // Tools in a container or in WSL are not Windows programs.
  if (placedTool(file)) return startProgram<O>(file, args, options);
  let made: string | undefined;
  const folder = (): string => (made ??= mkdtempSync(path.join(os.tmpdir(), 'pgbackup-')));
  const remove = (): void => {
    if (made !== undefined) rmSync(made, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const { cwd, env, args: said } = windowsCommand({ args, ...options }, folder);
    const child = startProgram<O>(file, said, { ...options, cwd, env });
    if (made !== undefined) void child.then(remove, remove);
    return child;
  } catch (error) {
    remove();
    throw error;
  }
}
