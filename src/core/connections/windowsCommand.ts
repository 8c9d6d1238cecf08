import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assertSayable, beyondAscii } from '../pgtools/args/codePage';
import { AppError } from '../errors';

/** A program with its arguments, as it is started. */
export interface StartedProgram {
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Absolute directory that it works in. */
  cwd: string;
}

const SERVICE = 'pgbackup';
/** Beside an absolute path, or alone as an archive's. */
const PATH_ARGUMENT = /^(--[a-z-]+=)?((?:[a-z]:[\\/]|\\\\).*)$/is;
/** What the job makes lies in a directory that nobody else writes to: best to work in. */
const OUR_FILES = /^--(?:filter|use-list)=/;

/**
 * The command in ASCII, which Windows' tools receive unchanged in every code page: what it connects
 * to by a service file, files by paths that are relative to where it works. Windows looks for
 * libraries there only after the tool's own directory and the system's. Unchanged where it is in
 * ASCII, and on other systems.
 *
 * @param folder makes a private directory; called when there is something to write
 * @throws AppError `argumentUnsayable`
 */
export function windowsCommand(
  program: StartedProgram,
  folder: () => string,
  platform: NodeJS.Platform = process.platform,
): StartedProgram {
  if (platform !== 'win32') return program;
  if (program.args.every((arg) => beyondAscii(arg) === null)) return program;
  return withRelativePaths(withService(program, folder));
}

function withService(program: StartedProgram, folder: () => string): StartedProgram {
  const { args, env } = program;
  const isUnsaid = (arg: string): boolean =>
    /^--(?:host|username|dbname)=/.test(arg) && beyondAscii(arg) !== null;
  const unsaid = args.filter(isUnsaid);
  if (unsaid.length === 0) return program;
  const refused = unsaid.find((arg) => !fitsServiceFile(arg)) ?? unsaid[0] ?? '';
  if (env['PGSERVICE'] !== undefined || !unsaid.every(fitsServiceFile)) {
    const character = beyondAscii(refused) ?? '';
    throw new AppError('argumentUnsayable', { argument: refused, character });
  }
  // A service wins over the environment, so the database is in it even when its name can be said.
  const named = args.filter((arg) => isUnsaid(arg) || arg.startsWith('--dbname='));
  const lines = named.flatMap(pairsOf).map(([key, value]) => `${key}=${value}\n`);
  const file = path.join(folder(), 'service.conf');
  writeFileSync(file, `[${SERVICE}]\n${lines.join('')}`, { mode: 0o600, flag: 'wx' });
  return {
    ...program,
    // Before an archive: on Windows, tools before 17 take no option after it.
    args: [`--dbname=service=${SERVICE}`, ...args.filter((arg) => !named.includes(arg))],
    env: { ...env, PGSERVICEFILE: file },
  };
}

/** libpq cuts white space off at both ends of a line, and a value ends with its line. */
function fitsServiceFile(arg: string): boolean {
  return pairsOf(arg).every(([, value]) => value === value.trim() && !/[\r\n]/.test(value));
}

/** What an option of a connection says, by libpq's keywords. */
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

/** Where a tool may work to say this path: beside the file, or in the directory itself. */
function placesOf(file: string): string[] {
  const isDirectory = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  return isDirectory ? [file, path.win32.dirname(file)] : [path.win32.dirname(file)];
}

/** A path in ASCII stays as it is. */
function relativeTo(cwd: string, file: string): string {
  if (beyondAscii(file) === null) return file;
  return path.win32.relative(cwd, file) || '.';
}
