import { TemporaryFolder } from '../files/temporaryFolder';
import { placedTool } from '../pgtools/args/toolPlace';
import {
  startStreams,
  type StartedStreams,
  type StreamKind,
  type StreamOptions,
} from '../pgtools/locate/startStreams';
import { givePassphrase, type GivenPassphrase } from './clientKey/passphraseFile';
import { windowsCommand } from './windowsCommand';

/**
 * Starts a PostgreSQL tool as `startStreams` does. On Windows, what is outside of ASCII is said in other
 * ways (see `windowsCommand`); the passphrase of a client key gets to libpq by a service file. Files
 * written for that are removed when the tool has ended.
 *
 * @param file absolute path
 * @throws AppError `toolNotStarted`, `argumentUnsayable`
 */
export function startTool<const S extends readonly StreamKind[]>(
  file: string,
  args: readonly string[],
  options: StreamOptions<S>,
): StartedStreams<S> {
  // Tools in a container or in WSL are not Windows programs, and have no keys of this machine.
  if (placedTool(file)) return startStreams(file, args, options);
  let made: TemporaryFolder | undefined;
  const folder = (): string => (made ??= new TemporaryFolder('pgbackup-')).path;
  const remove = (): void => void made?.remove();
  let passphrase: GivenPassphrase | null = null;
  try {
    const { cwd, env, args: said } = windowsCommand({ args, ...options }, folder);
    passphrase = givePassphrase(env, folder);
    const handle = passphrase?.handle;
    // The three streams are as they were.
    const stdio = (handle === undefined ? options.stdio : [...options.stdio, handle]) as S;
    const known = { ...options, cwd, env: passphrase?.env ?? env, stdio };
    const started = startStreams(file, said, known);
    if (made !== undefined) void started.ended.then(remove);
    return started;
  } catch (error) {
    remove();
    throw error;
  } finally {
    passphrase?.close();
  }
}
