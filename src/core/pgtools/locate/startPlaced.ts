import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { programFile } from '../../files/programFile';
import { AppError } from '../../errors';
import type { ToolPlace } from '../../model/tools';
import { placedArgs, placedTool, type PlacedTool } from '../args/toolPlace';

type Variables = Readonly<Record<string, string | undefined>>;

/** The environment variable by which a tool and its workers are found where they run. */
export const RUN_MARK = 'PGBACKUP_RUN';

/** What is needed to end a tool that runs elsewhere. */
export interface PlacedRun extends ToolPlace {
  /** Value of {@link RUN_MARK}: letters and digits. */
  mark: string;
}

/** Variables of libpq whose files are on this machine alone. */
const FILES: ReadonlySet<string> = new Set([
  'PGPASSFILE',
  'PGSERVICEFILE',
  'PGSYSCONFDIR',
  'PGSSLROOTCERT',
  'PGSSLCERT',
  'PGSSLKEY',
  // Not a file, but what opens one.
  'PGSSLPASSWORD',
  'PGSSLCRL',
  'PGSSLCRLDIR',
]);

/**
 * Signals every process of a run. The program that started it here cannot: when it is killed, docker
 * and podman leave the tool, and with it its session on the server, running.
 */
const END = `for e in /proc/[0-9]*/environ; do
  if grep -qs "${RUN_MARK}=$1" "$e"; then p=\${e#/proc/}; kill -s "$2" "\${p%/environ}"; fi
done`;

/** The run of a tool that is about to start; null = it is this machine's own. */
export function newPlacedRun(file: string): PlacedRun | null {
  const tool = placedTool(file);
  if (tool === null) return null;
  return { by: tool.by, name: tool.name, mark: randomBytes(8).toString('hex') };
}

/** What is started here so that a tool runs elsewhere. */
export interface PlacedStart {
  file: string;
  args: string[];
  env: Record<string, string | undefined>;
  cwd: string;
  run: PlacedRun;
}

/**
 * How a tool is started that runs elsewhere.
 *
 * @param env of the tool; of it only libpq's variables get there, and none that names a file
 * @throws AppError `toolNotStarted`: docker, podman or WSL is not on this machine
 */
export function placedStart(
  tool: PlacedTool,
  args: readonly string[],
  env: Variables,
): PlacedStart {
  const file = placeProgram(tool.by, env);
  const mark = env[RUN_MARK] ?? randomBytes(8).toString('hex');
  const given: Record<string, string | undefined> = { ...env, [RUN_MARK]: mark };
  for (const name of FILES) given[name] = undefined;
  // Messages in English, whatever the language is where the tool runs, because they are parsed.
  given['LC_ALL'] = 'C.UTF-8';
  const names = Object.keys(given).filter(
    (name) => given[name] !== undefined && /^(?:PG[A-Z_]*|LC_ALL)$/.test(name),
  );
  if (tool.by === 'wsl') given['WSLENV'] = names.join(':');
  return {
    file,
    args: placedArgs(tool, args, names),
    env: given,
    cwd: path.dirname(file),
    run: { by: tool.by, name: tool.name, mark },
  };
}

/**
 * Absolute path of the program that reaches a place.
 *
 * @throws AppError `toolNotStarted`
 */
export function placeProgram(by: ToolPlace['by'], variables: Variables): string {
  const file = findPlaceProgram(by, variables);
  if (file === null) throw new AppError('toolNotStarted', { tool: by, text: 'ENOENT' });
  return file;
}

/** As `placeProgram`; null = the program is not on this machine. */
export function findPlaceProgram(by: ToolPlace['by'], variables: Variables): string | null {
  if (by !== 'wsl') return programFile(by, variables);
  const root = variables['SystemRoot'] ?? process.env['SystemRoot'];
  if (process.platform !== 'win32' || root === undefined) return null;
  return path.win32.join(root, 'System32', 'wsl.exe');
}

/** Arguments of the program that signals every process of a run. */
export function endArgs({ by, name, mark }: PlacedRun, signal: 'INT' | 'KILL'): string[] {
  return placedArgs({ by, name, path: '/bin/sh' }, ['-c', END, 'sh', mark, signal], []);
}

/** Signals every process of a run where it is. Nobody waits for it, and it outlives this process. */
export function endPlaced(run: PlacedRun, signal: 'INT' | 'KILL', variables: Variables): void {
  const file = findPlaceProgram(run.by, variables);
  if (file === null || !/^[0-9a-f]+$/.test(run.mark)) return;
  const child = spawn(file, endArgs(run, signal), {
    cwd: path.dirname(file),
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    env: { ...variables },
  });
  child.on('error', () => undefined);
  child.unref();
}
