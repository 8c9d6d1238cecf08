import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Options } from 'execa';
import { placedTool } from '../pgtools/args/toolPlace';
import { startProgram } from '../pgtools/locate/startProgram';
import { givePassphrase, type GivenPassphrase } from './clientKey/passphraseFile';
import { windowsCommand } from './windowsCommand';

/** Options of `execa`; every caller must state `cwd` and `env`. */
type ToolOptions = Options & { cwd: string; env: Readonly<Record<string, string>> };

/**
 * Starts a PostgreSQL tool as `startProgram` does. On Windows, what is outside of ASCII is said in other
 * ways (see `windowsCommand`); the passphrase of a client key gets to libpq by a service file. Files
 * written for that are removed when the tool has ended.
 *
 * @param file absolute path
 * @throws AppError `toolNotStarted`, `argumentUnsayable`
 */
export function startTool<O extends ToolOptions>(
  file: string,
  args: readonly string[],
  options: O,
) {
  // Tools in a container or in WSL are not Windows programs, and have no keys of this machine.
  if (placedTool(file)) return startProgram<O>(file, args, options);
  let made: string | undefined;
  const folder = (): string => (made ??= mkdtempSync(path.join(os.tmpdir(), 'pgbackup-')));
  const remove = (): void => {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
  };
  const removeAtExit = (): void => {
    try {
      remove();
    } catch {
      // Nobody is left who could try again.
    }
  };
  const removeAtEnd = async (): Promise<void> => {
    if (made === undefined) return;
    try {
      remove();
    } catch {
      // Windows holds a folder for a moment after a program in it was killed; its files are gone.
      const patient = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 };
      await rm(made, patient).catch(() => undefined);
    }
    process.off('exit', removeAtExit);
  };
  let passphrase: GivenPassphrase | null = null;
  try {
    const { cwd, env, args: said } = windowsCommand({ args, ...options }, folder);
    passphrase = givePassphrase(env, folder);
    const known = { ...options, cwd, env: passphrase?.env ?? env };
    const started = withHandle(known, passphrase?.handle);
    const child = startProgram<O>(file, said, started);
    if (made !== undefined) {
      process.once('exit', removeAtExit);
      void child.then(removeAtEnd, removeAtEnd);
    }
    return child;
  } catch (error) {
    removeAtExit();
    throw error;
  } finally {
    passphrase?.close();
  }
}

/** `execa` takes more than the three streams only as a list. */
function withHandle<O extends ToolOptions>(options: O, handle: number | undefined): O {
  if (handle === undefined) return options;
  const { stdin = 'pipe', stdout = 'pipe', stderr = 'pipe', ...others } = options;
  const streams = { ...others, stdio: [stdin, stdout, stderr, handle] };
  // The types of the child's streams are as they were: the three are the same.
  return streams as unknown as O;
}
