import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { stopAtExit } from '../cleanup';
import { repoPaths } from '../repoPaths';
import type { StageResult } from './runTier';

/**
 * Runs one of package.json's scripts; what it prints is shown only when it fails. It gets the time
 * that others leave over: tests that run beside it wait a lot, and some measure.
 */
export function runNpmScript(name: string, script: string): Promise<StageResult> {
  return new Promise((resolve) => {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const child = spawn(npm, ['run', '--silent', script], {
      cwd: repoPaths.root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      // A process group of its own, so that what npm starts ends with it.
      detached: process.platform !== 'win32',
    });
    const stopNow = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Ended already.
      }
    };
    const forget = stopAtExit({ stop: async () => stopNow(), stopNow });
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
    }
    const end = (ok: boolean): void => {
      forget();
      if (!ok) process.stdout.write(`\n${name} (npm run ${script}):\n${printed}\n`);
      const failures = ok ? [] : [`npm run ${script} failed`];
      resolve({ name, passed: 0, failed: ok ? 0 : 1, loaded: {}, failures });
    };
    child.on('error', (error) => {
      printed += String(error);
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}
