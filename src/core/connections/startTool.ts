import type { Options } from 'execa';
import { TemporaryFolder } from '../files/temporaryFolder';
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
  let made: TemporaryFolder | undefined;
  const folder = (): string => (made ??= new TemporaryFolder('pgbackup-')).path;
  const remove = (): void => void made?.remove();
  let passphrase: GivenPassphrase | null = null;
  try {
    const { cwd, env, args: said } = windowsCommand({ args, ...options }, folder);
    passphrase = givePassphrase(env, folder);
    const known = { ...options, cwd, env: passphrase?.env ?? env };
    const started = withHandle(known, passphrase?.handle);
    const child = startProgram<O>(file, said, started);
    if (made !== undefined) void child.then(remove, remove);
    return child;
  } catch (error) {
    remove();
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
