import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { stopAtExit } from '../machine/cleanup';
import { repoPaths } from '../repoPaths';
import type { StageResult } from './runTier';

/** A program to run, and how a reader would run it. */
interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly shell?: boolean;
  readonly text: string;
}

/**
 * Runs one of package.json's scripts; what it prints is shown only when it fails. It runs with a
 * low priority, because tests that run beside it mostly wait, and some measure durations.
 */
export function runNpmScript(name: string, script: string): Promise<StageResult> {
  const windows = process.platform === 'win32';
  const args = ['run', '--silent', script];
  const text = `npm run ${script}`;
  return runQuietly(name, { file: windows ? 'npm.cmd' : 'npm', args, shell: windows, text });
}

/** Runs a script with this Node; what it prints is shown only when it fails. */
export function runScript(name: string, args: readonly string[]): Promise<StageResult> {
  return runQuietly(name, { file: process.execPath, args, text: args.join(' ') });
}

function runQuietly(name: string, command: Command): Promise<StageResult> {
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      cwd: repoPaths.root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command.shell === true,
      // A process group of its own, so that what it starts ends with it.
      detached: process.platform !== 'win32',
    });
    const stopNow = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The process has ended already.
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
      if (!ok) process.stdout.write(`\n${name} (${command.text}):\n${printed}\n`);
      const failures = ok ? [] : [`${command.text} failed`];
      resolve({ name, passed: 0, failed: ok ? 0 : 1, loaded: {}, failures });
    };
    child.on('error', (error) => {
      printed += String(error);
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}
