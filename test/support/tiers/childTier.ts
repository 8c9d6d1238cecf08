import { spawn } from 'node:child_process';
import { stopAtExit } from '../cleanup';

/**
 * Runs a child with our terminal, in its own process group, which is ended when it takes longer
 * than `limitMs` or when we are ended. Resolves with the exit code, undefined after a signal.
 */
export async function runChild(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<number | undefined> {
  const child = spawn(process.execPath, ['--enable-source-maps', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: process.platform !== 'win32',
    env: { ...process.env, ...env },
  });
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // Ended already.
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
  // What it may have started and left behind.
  signal('SIGKILL');
  forget();
  return code;
}
