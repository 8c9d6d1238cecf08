import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { AppError, type PasswordCommandProblem } from '../errors';
import { connectionLabel, type ConnectionProfile } from '../model/profile';
import { programFile } from '../files/programFile';
import type { Variables } from './url/reference';

/** Long enough for a password manager that waits for a fingerprint. */
const TIMEOUT_MS = 60_000;
/** Limit for the output; tokens of cloud providers have up to 4 kB. */
const MAX_BYTES = 64 * 1024;

export interface PasswordCommandOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds; default 60,000. */
  timeoutMs?: number;
  /** Environment of the command; default: that of this process. */
  variables?: Variables;
}

/**
 * Runs a program and returns the password that it prints: a password manager's entry, or a token of a
 * cloud provider. No shell is involved: the arguments are exactly those in the settings, and a bare
 * program name is looked up in the absolute folders of PATH only. The output is not stored, and
 * standard error is not read.
 *
 * @throws AppError `passwordCommandFailed`, `cancelled`
 */
export async function runPasswordCommand(
  profile: ConnectionProfile,
  { signal, timeoutMs = TIMEOUT_MS, variables = process.env }: PasswordCommandOptions = {},
): Promise<string> {
  const [program = '', ...args] = profile.passwordCommand ?? [];
  const failed = (reason: PasswordCommandProblem): AppError =>
    new AppError('passwordCommandFailed', {
      connection: connectionLabel(profile),
      program: path.basename(program),
      reason,
    });
  if (signal?.aborted) throw new AppError('cancelled', {});
  const file = programFile(program, variables);
  if (file === null) throw failed('notFound');
  const outcome = await run(file, args, { signal, timeoutMs, variables });
  if (outcome === 'cancelled') throw new AppError('cancelled', {});
  if (typeof outcome === 'object') return passwordIn(outcome.output, failed);
  throw failed(outcome);
}

type Outcome =
  | { output: Buffer }
  | 'cancelled'
  | Extract<PasswordCommandProblem, 'notStarted' | 'failed' | 'tooSlow' | 'tooLong'>;

function run(
  file: string,
  args: readonly string[],
  {
    signal,
    timeoutMs,
    variables,
  }: Required<Omit<PasswordCommandOptions, 'signal'>> & {
    signal: AbortSignal | undefined;
  },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      shell: false,
      cwd: os.homedir(),
      env: { ...variables },
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
      // The command gets a process group, so that everything that it starts ends with it.
      detached: process.platform !== 'win32',
    });
    const pieces: Buffer[] = [];
    let size = 0;
    let ended: Outcome | null = null;
    const stop = (why: Outcome): void => {
      ended ??= why;
      endGroup(child.pid);
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop('tooSlow'), timeoutMs);
    const abort = (): void => stop('cancelled');
    signal?.addEventListener('abort', abort, { once: true });
    child.stdout.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size > MAX_BYTES) stop('tooLong');
      else pieces.push(piece);
    });
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      child.stdout.destroy();
      resolve(ended ?? outcome);
    };
    child.on('error', () => settle('notStarted'));
    // `exit`, not `close`: a process that the command left behind can keep the output open for ever.
    child.on('exit', (code) => {
      const outcome: Outcome = code === 0 ? { output: Buffer.alloc(0) } : 'failed';
      if (ended !== null || code !== 0) return settle(outcome);
      const finish = (): void => settle({ output: Buffer.concat(pieces) });
      const grace = setTimeout(finish, DRAIN_MS);
      child.stdout.once('end', () => {
        clearTimeout(grace);
        finish();
      });
    });
  });
}

/** Milliseconds to wait for buffered output after the command has ended. */
const DRAIN_MS = 500;

function endGroup(pid: number | undefined): void {
  if (pid === undefined || pid <= 1 || process.platform === 'win32') return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process group has ended already.
  }
}

/** The output as one line, without its line end. */
function passwordIn(output: Buffer, failed: (reason: PasswordCommandProblem) => AppError): string {
  const text = output.toString('utf8').replace(/\r?\n$/, '');
  if (text === '') throw failed('empty');
  if (/[\r\n\0]/.test(text)) throw failed('severalLines');
  return text;
}
