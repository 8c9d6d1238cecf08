import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assertSayable, beyondAscii, fitsServiceFile } from '../pgtools/args/codePage';
import { AppError } from '../errors';

/** A program with its arguments and environment. */
export interface StartedProgram {
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Absolute working directory. */
  cwd: string;
}

const SERVICE = 'pgbackup';
/** An absolute path, as an option's value or as an argument of its own (an archive). */
const PATH_ARGUMENT = /^(--[a-z-]+=)?((?:[a-z]:[\\/]|[\\/]{2}).*)$/is;
/** Files of the job. Their directory is private, so it is the best working directory. */
const OUR_FILES = /^--(?:filter|use-list)=/;

/**
 * Rewrites a command in ASCII, which Windows' tools receive unchanged in every code page: connection
 * parameters move to a service file, with the password, which reaches them in the code page, too; paths
 * become relative to a working directory. (Windows looks for libraries there only after the tool's
 * directory and the system's.) A command that is in ASCII
 * already, or for another system, is returned unchanged.
 *
 * @param folder creates a private directory; called only when a file must be written
 * @throws AppError `argumentUnsayable`: an argument cannot be written in ASCII
 */
export function windowsCommand(
  program: StartedProgram,
  folder: () => string,
  platform: NodeJS.Platform = process.platform,
): StartedProgram {
  if (platform !== 'win32') return program;
  const isSaid = program.args.every((arg) => beyondAscii(arg) === null);
  if (isSaid && unsaidPassword(program.env) === null) return program;
  return withRelativePaths(withService(program, folder));
}

function withService(program: StartedProgram, folder: () => string): StartedProgram {
  const { args, env } = program;
  const isUnsaid = (arg: string): boolean =>
    /^--(?:host|username|dbname)=/.test(arg) && beyondAscii(arg) !== null;
  const unsaid = args.filter(isUnsaid);
  const password = unsaidPassword(env);
  if (unsaid.length === 0 && password === null) return program;
  const refused = unsaid.find((arg) => !areParametersSayable(arg)) ?? unsaid[0] ?? '';
  if (env['PGSERVICE'] !== undefined || !unsaid.every(areParametersSayable)) {
    const character = beyondAscii(refused) ?? '';
    throw new AppError('argumentUnsayable', { argument: refused, character });
  }
  // A service beats the environment, so the service file always names the database, even in ASCII.
  const named = args.filter((arg) => isUnsaid(arg) || arg.startsWith('--dbname='));
  const pairs = named.flatMap(pairsOf);
  if (password !== null) pairs.push(['password', password]);
  const lines = pairs.map(([key, value]) => `${key}=${value}\n`);
  const file = path.join(folder(), 'service.conf');
  writeFileSync(file, `[${SERVICE}]\n${lines.join('')}`, { mode: 0o600, flag: 'wx' });
  return {
    ...program,
    // On Windows, tools before 17 accept no option after the archive's path.
    args: [`--dbname=service=${SERVICE}`, ...args.filter((arg) => !named.includes(arg))],
    env: { ...(password === null ? env : withoutPassword(env)), PGSERVICEFILE: file },
  };
}

/** The password, where only a service file can hold it; null = there is none, or it is in ASCII. */
function unsaidPassword(env: StartedProgram['env']): string | null {
  const password = env['PGPASSWORD'] ?? '';
  return fitsServiceFile(password) &&
    env['PGSERVICE'] === undefined &&
    beyondAscii(password) !== null
    ? password
    : null;
}

function withoutPassword(env: StartedProgram['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'PGPASSWORD'));
}

function areParametersSayable(arg: string): boolean {
  return pairsOf(arg).every(([, value]) => fitsServiceFile(value));
}

/** The connection parameters in an option, by libpq's keywords. */
function pairsOf(arg: string): [key: string, value: string][] {
  const [, option = '', value = ''] = /^--(host|username|dbname)=(.*)$/s.exec(arg) ?? [];
  if (option === 'host') return [['host', value]];
  if (option === 'username') return [['user', value]];
  const pairs = [...value.matchAll(/(\w+)='((?:[^'\\]|\\.)*)'\s*/gs)];
  const isInfo = pairs.length > 0 && pairs.map(([pair]) => pair).join('') === value;
  if (!isInfo) return value === '' ? [] : [['dbname', value]];
  return pairs.map(([, key = '', text = '']) => [key, text.replace(/\\(.)/gs, '$1')]);
}

function withRelativePaths(program: StartedProgram): StartedProgram {
  const { args, env } = program;
  const service = env['PGSERVICEFILE'];
  const paths = [...args]
    .sort((a, b) => Number(OUR_FILES.test(b)) - Number(OUR_FILES.test(a)))
    .map((arg) => PATH_ARGUMENT.exec(arg)?.[2] ?? '')
    .filter((file) => beyondAscii(file) !== null);
  if (service !== undefined && beyondAscii(service) !== null) paths.unshift(service);
  for (const cwd of [program.cwd, ...paths.flatMap(placesOf)]) {
    const say = (file: string): string => relativeTo(cwd, file);
    if (paths.some((file) => beyondAscii(say(file)) !== null)) continue;
    const said = args.map((arg) => {
      const [, option = '', file] = PATH_ARGUMENT.exec(arg) ?? [];
      return file === undefined ? arg : option + say(file);
    });
    assertSayable(said);
    return {
      args: said,
      env: service === undefined ? env : { ...env, PGSERVICEFILE: say(service) },
      cwd,
    };
  }
  const [first = ''] = paths;
  throw new AppError('argumentUnsayable', {
    argument: first,
    character: beyondAscii(first) ?? '',
  });
}

/** Working directories from which the path can be written: the parent, or the directory itself. */
function placesOf(file: string): string[] {
  const isDirectory = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  return isDirectory ? [file, path.win32.dirname(file)] : [path.win32.dirname(file)];
}

/** The path relative to `cwd`, unless it is in ASCII. */
function relativeTo(cwd: string, file: string): string {
  if (beyondAscii(file) === null) return file;
  return path.win32.relative(cwd, file) || '.';
}
