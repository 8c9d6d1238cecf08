import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assertSayable, beyondAscii } from '../pgtools/args/codePage';
import { AppError } from '../errors';
import { knowsUtf8Arguments } from '../pgtools/locate/ansiCodePage';
import { KEY_PASSPHRASE, passphraseService, serviceVariables } from './clientKey/passphraseFile';

/** A program with its arguments and environment. */
export interface StartedProgram {
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Absolute working directory. */
  cwd: string;
}

/** The system that the program is for. */
export interface StartedOn {
  platform: NodeJS.Platform;
  /** Its code page is UTF-8, so that every argument arrives. */
  utf8: boolean;
}

/** An absolute path, as an option's value or as an argument of its own (an archive). */
const PATH_ARGUMENT = /^(--[a-z-]+=)?((?:[a-z]:[\\/]|[\\/]{2}).*)$/is;
/** Files of the job. Their directory is private, so it is the best working directory. */
const OUR_FILES = /^--(?:filter|use-list)=/;

/**
 * Rewrites a command in ASCII, which Windows' tools receive unchanged in every code page: connection
 * parameters move to a URI, whose escapes libpq reads as UTF-8; paths become relative to a working
 * directory. (Windows looks for libraries there only after the tool's directory and the system's.)
 * The environment reaches the tools in the code page, too, so a password moves to a password file,
 * and a key's passphrase to a service file. A command that is in ASCII already, or for another
 * system, is returned unchanged; so is one that cannot be written in ASCII where the code page is
 * UTF-8.
 *
 * @param folder creates a private directory; called only when a file must be written
 * @throws AppError `argumentUnsayable`: an argument cannot be written in ASCII
 */
export function windowsCommand(
  program: StartedProgram,
  folder: () => string,
  on: StartedOn = { platform: process.platform, utf8: knowsUtf8Arguments() },
): StartedProgram {
  if (on.platform !== 'win32') return program;
  const isSaid = program.args.every((arg) => beyondAscii(arg) === null);
  const env = withSecretFiles(program.env, folder);
  const temp = unsaidTemp(program);
  if (isSaid && env === program.env && temp === null) return program;
  try {
    const ours = ['PGSERVICEFILE', 'PGPASSFILE'].filter((name) => env[name] !== program.env[name]);
    return withRelativePaths({ ...program, args: withUri(program.args), env }, { ours, temp });
  } catch (error) {
    if (on.utf8 && AppError.is(error, 'argumentUnsayable')) return { ...program, env };
    throw error;
  }
}

/** The environment, with files instead of secrets that it cannot hold. */
function withSecretFiles(env: StartedProgram['env'], folder: () => string): StartedProgram['env'] {
  const password = env['PGPASSWORD'] ?? '';
  const passphrase = env[KEY_PASSPHRASE];
  const isUnsaid = beyondAscii(password) !== null && !/[\r\n]/.test(password);
  if (!isUnsaid && passphrase === undefined) return env;
  const said: Record<string, string> = { ...env };
  const move = (from: string, name: string, text: string): string => {
    delete said[from];
    const file = path.join(folder(), name);
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    return file;
  };
  if (isUnsaid) {
    const line = `*:*:*:*:${password.replace(/[\\:]/g, '\\$&')}\n`;
    said['PGPASSFILE'] = move('PGPASSWORD', 'passwords.conf', line);
  }
  if (passphrase !== undefined) {
    const file = move(KEY_PASSPHRASE, 'service.conf', passphraseService(passphrase));
    Object.assign(said, serviceVariables(file));
  }
  return said;
}

/** The arguments with all connection parameters in ASCII. */
function withUri(args: readonly string[]): readonly string[] {
  const isUnsaid = (arg: string): boolean =>
    /^--(?:host|username|dbname)=/.test(arg) && beyondAscii(arg) !== null;
  if (!args.some(isUnsaid)) return args;
  // What the URI states beats the other options, but it has to be the only database.
  const named = args.filter((arg) => isUnsaid(arg) || arg.startsWith('--dbname='));
  const parameters = named
    .flatMap(pairsOf)
    .map(([key, value]) => `${key}=${percentEncoded(value)}`);
  // On Windows, tools before 17 accept no option after the archive's path.
  return [
    `--dbname=postgresql:///?${parameters.join('&')}`,
    ...args.filter((arg) => !named.includes(arg)),
  ];
}

function percentEncoded(text: string): string {
  const bytes = [...Buffer.from(text)];
  return bytes
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[\w.-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
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

/**
 * The folder in which pg_dump makes files for a tar archive, where the environment cannot say it;
 * null = it can, or pg_dump makes none.
 */
function unsaidTemp({ args, env }: StartedProgram): string | null {
  const temp = env['TMP'] ?? '';
  return args.some((arg) => arg.startsWith('--format=t')) && beyondAscii(temp) !== null
    ? temp
    : null;
}

interface Variables {
  /** Names of variables that name our files. */
  ours: readonly string[];
  /** See `unsaidTemp`. */
  temp: string | null;
}

function withRelativePaths(program: StartedProgram, { ours, temp }: Variables): StartedProgram {
  const { args, env } = program;
  const files = ours.map((name) => env[name] ?? '');
  const sorted = [...args].sort((a, b) => Number(OUR_FILES.test(b)) - Number(OUR_FILES.test(a)));
  const paths = [...files, ...sorted.map((arg) => PATH_ARGUMENT.exec(arg)?.[2] ?? '')].filter(
    (file) => beyondAscii(file) !== null,
  );
  const places = [program.cwd, ...paths.flatMap(placesOf)];
  for (const cwd of temp !== null && paths.length === 0 ? [temp] : places) {
    const say = (file: string): string => relativeTo(cwd, file);
    if (paths.some((file) => beyondAscii(say(file)) !== null)) continue;
    const said = args.map((arg) => {
      const [, option = '', file] = PATH_ARGUMENT.exec(arg) ?? [];
      return file === undefined ? arg : option + say(file);
    });
    assertSayable(said);
    const named: Record<string, string> = { ...env };
    for (const name of ours) named[name] = say(env[name] ?? '');
    if (temp !== null) named['TMP'] = beyondAscii(say(temp)) === null ? say(temp) : '.';
    return { args: said, env: named, cwd };
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
