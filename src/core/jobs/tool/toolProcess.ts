import path from 'node:path';
import { AppError } from '../../errors';
import { startTool } from '../../connections/startTool';
import { startProgram } from '../../pgtools/locate/startProgram';
import type { StartTool, ToolExit, ToolStartOptions } from '../job/startTool';
import { killGroup, signalGroup } from './processGroup';

/** How long pipes may stay open after the tool's own end (a worker that outlived its leader). */
const PIPE_GRACE_MS = 2000;

const windows = process.platform === 'win32';

/** Tools that run now; none outlives this process when it ends in order. */
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

const spawnNow: StartTool = (command, { onChunk, stdin }) => {
  const child = start(command, stdin !== undefined);
  // What it resolves with is not used: it would wait for pipes that an orphan holds open.
  void child.catch(() => undefined);
  const { pid } = child;
  let ended = false;
  const kill = (): void => {
    // Once everything has ended the id may be somebody else's.
    if (pid === undefined || ended) return;
    killGroup(pid);
  };
  const forget = killAtExit(kill);

  if (stdin !== undefined && child.stdin) {
    // The tool may stop reading at any time (EPIPE); its exit tells why, not the pipe.
    child.stdin.on('error', () => stdin.destroy());
    // An input that fails must not look like its end: psql would commit what it got so far.
    stdin.on('error', () => kill());
    stdin.pipe(child.stdin);
  }
  child.once('exit', () => stdin?.destroy());

  const exit = pid === undefined ? startFailureOf(child) : exitOf(child, pid, onChunk);
  return {
    pid,
    exit: exit.finally(() => {
      ended = true;
      forget();
    }),
    interrupt: () => {
      // There is no interrupt for another console's process on Windows.
      if (windows) kill();
      else if (pid !== undefined && !ended) signalGroup(pid, 'SIGINT');
    },
    kill,
  };
};

function start({ file, args, env, tool }: Parameters<StartTool>[0], hasInput: boolean) {
  const options = {
    shell: false,
    env,
    extendEnv: false,
    cwd: path.dirname(file),
    detached: !windows,
    windowsHide: true,
    stdin: hasInput ? 'pipe' : 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    encoding: 'buffer',
    reject: false,
  } as const;
  return tool === undefined ? startProgram(file, args, options) : startTool(file, args, options);
}

type Child = ReturnType<typeof start>;

function startFailureOf(child: Child): Promise<ToolExit> {
  const failure = (error: unknown): ToolExit => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { code: null, signal: null, startFailure: code };
  };
  return child.then((result) => failure(result.cause ?? result), failure);
}

/** Hands out what the tool writes; ends when the tool and its pipes have ended. */
function exitOf(
  child: Child,
  pid: number,
  onChunk: ToolStartOptions['onChunk'],
): Promise<ToolExit> {
  const pipes = [child.stdout, child.stderr];
  const closed = pipes.map(
    (pipe, index) =>
      new Promise<void>((done) => {
        pipe.on('data', (chunk: Buffer) => onChunk(chunk, index === 0 ? 'stdout' : 'stderr'));
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
