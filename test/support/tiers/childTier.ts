import { spawn } from 'node:child_process';
import { stopAtExit } from '../machine/cleanup';

/**
 * Runs a child with our terminal, in its own process group, which is ended when it takes longer
 * than `limitMs` or when we are ended. What a `held` one prints is shown when it has ended, so that
 * it does not mix with another's. Resolves with the exit code, undefined after a signal.
 */
export async function runChild(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  limitMs: number,
  held = false,
): Promise<number | undefined> {
  const output = held ? 'pipe' : 'inherit';
  const child = spawn(process.execPath, ['--enable-source-maps', ...args], {
    stdio: ['ignore', output, output],
    detached: process.platform !== 'win32',
    env: { ...process.env, ...env },
  });
  const printed: Buffer[] = [];
  for (const pipe of [child.stdout, child.stderr]) {
    pipe?.on('data', (chunk: Buffer) => printed.push(chunk));
  }
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The process has ended already.
    }
  };
  const ended = new Promise<number | undefined>((resolve) => {
    child.on('error', () => resolve(undefined));
    child.on('exit', (code) => resolve(code ?? undefined));
  });
  const forget = stopAtExit({
    stop: async () => {
      signal('SIGTERM');
      const kill = setTimeout(() => signal('SIGKILL'), 8000);
      await ended;
      clearTimeout(kill);
    },
    stopNow: () => signal('SIGKILL'),
  });
  const limit = setTimeout(() => {
    process.stderr.write(`\nstill running after ${limitMs / 60_000} minutes: ending it\n`);
    signal('SIGTERM');
    setTimeout(() => signal('SIGKILL'), 8000).unref();
  }, limitMs);
  const code = await ended;
  clearTimeout(limit);
  // Ends processes that the child may have left behind.
  signal('SIGKILL');
  forget();
  process.stdout.write(Buffer.concat(printed));
  return code;
}
