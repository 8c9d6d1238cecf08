import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '../../errors';
import { startTool } from '../../connections/startTool';
import { endPlaced, newPlacedRun, RUN_MARK } from '../../pgtools/locate/startPlaced';
import { startStreams, type StartedStreams } from '../../pgtools/locate/startStreams';
import type { StartedCommand, StartTool, ToolExit, ToolStartOptions } from '../job/startTool';
import { killGroup, signalGroup } from './processGroup';

/** How long pipes may stay open after the tool's own end (a worker that outlived its leader). */
const PIPE_GRACE_MS = 2000;

const windows = process.platform === 'win32';

/**
 * Running tools, each by the function that kills it: they are killed when this process exits in
 * order.
 */
const running = new Set<() => void>();
let exitHookInstalled = false;

function killAtExit(kill: () => void): () => void {
  if (!exitHookInstalled) {
    exitHookInstalled = true;
    process.once('exit', () => running.forEach((killNow) => killNow()));
  }
  running.add(kill);
  return () => running.delete(kill);
}

/**
 * `StartTool` with this Node process as the owner: no shell, exactly the given environment, a
 * process group of its own, the tool's own directory to work in (Windows searches it for libraries),
 * and both pipes drained all the time (pg_dump blocks for ever on a full stderr pipe).
 */
export const spawnTool: StartTool = (command, options) => {
  try {
    return spawnNow(command, options);
  } catch (error) {
    if (!AppError.is(error, 'toolNotStarted')) throw error;
    const exit = { code: null, signal: null, startFailure: error.details.text };
    const nothing = (): void => undefined;
    return { pid: undefined, exit: Promise.resolve(exit), interrupt: nothing, kill: nothing };
  }
};

const spawnNow: StartTool = (given, { onChunk, stdin, stdoutFile }) => {
  const { env } = given;
  const placed = newPlacedRun(given.file);
  const command = placed ? { ...given, env: { ...env, [RUN_MARK]: placed.mark } } : given;
  const { child, ended: programEnded } = start(command, { stdin, stdoutFile });
  const { pid } = child;
  let ended = false;
  const kill = (): void => {
    // Once all processes of the group have ended, the id may belong to another process.
    if (pid === undefined || ended) return;
    if (placed) endPlaced(placed, 'KILL', env);
    killGroup(pid);
  };
  const forget = killAtExit(kill);

  if (stdin instanceof Readable && child.stdin) {
    // The tool may stop reading at any time (EPIPE); its exit tells why, not the pipe.
    child.stdin.on('error', () => stdin.destroy());
    // An input that fails must not look like its end: psql would commit what it got so far.
    stdin.on('error', () => kill());
    stdin.pipe(child.stdin);
  }
  child.once('exit', () => {
    if (stdin instanceof Readable) stdin.destroy();
  });

  const exit = pid === undefined ? startFailureOf(programEnded) : exitOf(child, pid, onChunk);
  return {
    pid,
    exit: exit.finally(() => {
      ended = true;
      forget();
    }),
    interrupt: () => {
      // The local client of a tool elsewhere does not pass signals on, and ends when the tool has
      // ended.
      if (placed && !ended) endPlaced(placed, 'INT', env);
      // There is no interrupt for another console's process on Windows.
      else if (windows) kill();
      else if (pid !== undefined && !ended) signalGroup(pid, 'SIGINT');
    },
    kill,
    ...(placed ? { placed } : {}),
  };
};

/**
 * A file is given to the process itself: the system passes its bytes, and says where it reads.
 */
function start(
  { file, args, env, tool }: StartedCommand,
  { stdin, stdoutFile }: Pick<ToolStartOptions, 'stdin' | 'stdoutFile'>,
) {
  const handles: number[] = [];
  const opened = (name: string, flags: 'r' | 'w') => {
    const handle = openSync(name, flags);
    handles.push(handle);
    return handle;
  };
  try {
    const input = typeof stdin === 'string' ? opened(stdin, 'r') : stdin ? 'pipe' : 'ignore';
    const output = stdoutFile === undefined ? 'pipe' : opened(stdoutFile, 'w');
    const options = {
      env,
      cwd: path.dirname(file),
      detached: !windows,
      stdio: [input, output, 'pipe'],
    } as const;
    return tool === undefined ? startStreams(file, args, options) : startTool(file, args, options);
  } finally {
    for (const handle of handles) closeSync(handle);
  }
}

async function startFailureOf(ended: StartedStreams['ended']): Promise<ToolExit> {
  const { code = 'unknown' } = await ended;
  return { code: null, signal: null, startFailure: code };
}

/** Hands out what the tool writes; ends when the tool and its pipes have ended. */
function exitOf(
  child: ChildProcess,
  pid: number,
  onChunk: ToolStartOptions['onChunk'],
): Promise<ToolExit> {
  const pipes: Readable[] = [child.stdout, child.stderr].filter((pipe) => pipe !== null);
  const closed = pipes.map(
    (pipe) =>
      new Promise<void>((done) => {
        const from = pipe === child.stdout ? 'stdout' : 'stderr';
        pipe.on('data', (chunk: Buffer) => onChunk(chunk, from));
        pipe.on('error', () => done());
        pipe.on('close', () => done());
      }),
  );
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      // A leader that died leaves its workers writing for seconds; one that ended well has none.
      if (!windows) signalGroup(pid, 'SIGKILL');
      const timer = setTimeout(() => pipes.forEach((pipe) => pipe.destroy()), PIPE_GRACE_MS);
      void Promise.all(closed).then(() => {
        clearTimeout(timer);
        resolve({ code, signal, startFailure: null });
      });
    });
  });
}
