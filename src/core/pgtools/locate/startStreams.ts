import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { placedTool } from '../args/toolPlace';
import { notStarted } from './notStarted';
import { requireHandles } from './requireHandles';
import { endPlaced, placedStart } from './startPlaced';

/** A stream of a program; a number is an open handle of this process. */
export type StreamKind = 'pipe' | 'ignore' | number;

/** What a program that is started for its streams gets. Every caller must state `cwd` and `env`. */
export interface StreamOptions<S extends readonly StreamKind[] = readonly StreamKind[]> {
  cwd: string;
  /** Exactly its environment. */
  env: Readonly<Record<string, string>>;
  /** Its streams by number. */
  stdio: S;
  /** In a process group of its own, which this process's end does not end. */
  detached?: boolean;
  /** Milliseconds; undefined = for ever. */
  timeout?: number | undefined;
  cancelSignal?: AbortSignal | undefined;
  /** By which it is asked to end, also when this process ends; SIGTERM when left out. */
  killSignal?: NodeJS.Signals;
}

/** How a program ended whose streams were read meanwhile. */
export interface StreamsEnd {
  exitCode: number | undefined;
  signal: NodeJS.Signals | undefined;
  /** Why it could not be started, e.g. `ENOENT`; undefined = it ran. */
  code: string | undefined;
  isCanceled: boolean;
  timedOut: boolean;
}

type PipeOf<K, T> = K extends 'pipe' ? T : null;

/** A program with its streams, whose types say which of them are pipes. */
export interface StartedStreams<S extends readonly StreamKind[] = readonly StreamKind[]> {
  readonly child: ChildProcess;
  readonly stdin: PipeOf<S[0], Writable>;
  readonly stdout: PipeOf<S[1], Readable>;
  readonly stderr: PipeOf<S[2], Readable>;
  /** Resolves when it has ended and its pipes are closed. Never rejects. */
  readonly ended: Promise<StreamsEnd>;
  /** Asks it to end, and ends it if it does not. */
  readonly stop: () => void;
}

/** The signal by which a program is asked to end. */
const ASKS_TO_END = 'SIGTERM';
/** Milliseconds that a program gets to end after it was asked to. */
const KILL_DELAY_MS = 2000;

/** Programs that end with this process, and the signals by which they are asked to. */
const ownedChildren = new Map<ChildProcess, NodeJS.Signals>();
let endsThem = false;

function endWithThisProcess(child: ChildProcess, killSignal: NodeJS.Signals): void {
  // One that could not be started has no end either.
  if (child.pid === undefined) return;
  if (!endsThem) {
    endsThem = true;
    process.once('exit', () => ownedChildren.forEach((signal, each) => each.kill(signal)));
  }
  ownedChildren.set(child, killSignal);
  child.once('exit', () => ownedChildren.delete(child));
}

/**
 * Starts a program whose streams are read and written while it runs, without a shell. Next to
 * `startProgram`, which collects what a program says, it is quick: jobs start their tools by it. A tool
 * that runs elsewhere is started there; it ends there when what runs for it here is killed.
 *
 * @param file absolute path, or what `placedFile` wrote
 * @throws AppError `toolNotStarted` with too few file handles, where the system refuses the arguments,
 *   or where nothing here reaches the tool's place; what else keeps it from starting is told by its end
 */
export function startStreams<const S extends readonly StreamKind[]>(
  file: string,
  args: readonly string[],
  options: StreamOptions<S>,
): StartedStreams<S> {
  requireHandles(file);
  const tool = placedTool(file);
  if (tool === null) return watched(spawned(file, args, options), options);
  const { run, cwd, env, ...start } = placedStart(tool, args, options.env);
  const child = spawned(start.file, start.args, { ...options, cwd, env });
  child.once('exit', (_code, signal) => {
    if (signal !== null) endPlaced(run, 'KILL', env);
  });
  return watched(child, options);
}

function spawned(
  file: string,
  args: readonly string[],
  options: Omit<StreamOptions, 'env'> & Pick<SpawnOptions, 'env'>,
): ChildProcess {
  const { cwd, env, stdio, detached = false, killSignal = ASKS_TO_END } = options;
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      shell: false,
      windowsHide: true,
      ...{ cwd, env, detached },
      stdio: [...stdio],
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw notStarted(file, code);
  }
  // A pipe that breaks is told by the program's end.
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    stream?.on('error', () => undefined);
  }
  if (!detached) endWithThisProcess(child, killSignal);
  return child;
}

function watched<S extends readonly StreamKind[]>(
  child: ChildProcess,
  { timeout, cancelSignal, killSignal = ASKS_TO_END }: StreamOptions<S>,
): StartedStreams<S> {
  let [isCanceled, timedOut] = [false, false];
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    // Node 20 would send the signal of one that could not be started to whatever is where its process id
    // would be, 0 for example: this process with its whole group.
    if (child.pid === undefined) return;
    child.kill(killSignal);
    killTimer ??= setTimeout(() => child.kill('SIGKILL'), KILL_DELAY_MS).unref();
  };
  const cancel = (): void => {
    if (!timedOut) isCanceled = true;
    stop();
  };
  const late = (): void => {
    if (!isCanceled) timedOut = true;
    stop();
  };
  const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
  const ended = new Promise<StreamsEnd>((resolve) => {
    const end = (how: Pick<StreamsEnd, 'exitCode' | 'signal' | 'code'>): void => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      cancelSignal?.removeEventListener('abort', cancel);
      resolve({ ...how, isCanceled, timedOut });
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      // One that runs may refuse a signal.
      if (child.pid === undefined)
        end({ exitCode: undefined, signal: undefined, code: error.code });
    });
    child.once('exit', () => {
      // It may not be stopped any more: its process id may be another's.
      clearTimeout(killTimer);
      clearTimeout(timer);
    });
    child.once('close', (code, signal) =>
      end({ exitCode: code ?? undefined, signal: signal ?? undefined, code: undefined }),
    );
  });
  if (cancelSignal?.aborted === true) cancel();
  else cancelSignal?.addEventListener('abort', cancel, { once: true });
  const { stdin, stdout, stderr } = child;
  // A program whose output nobody reads would wait for ever.
  setImmediate(() => {
    for (const stream of [stdout, stderr]) if (stream?.readableFlowing === null) stream.resume();
  });
  return { child, stdin, stdout, stderr, ended, stop } as StartedStreams<S>;
}
