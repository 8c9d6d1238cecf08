import { spawn } from 'node:child_process';
import path from 'node:path';

const windows = process.platform === 'win32';

/** Signals the whole process group of `pid`; a group that is gone already is fine. */
export function signalGroup(pid: number, signal: 'SIGINT' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: everybody has ended.
  }
}

/** Ends a tool and all its workers at once. */
export function killGroup(pid: number): void {
  if (!windows) {
    signalGroup(pid, 'SIGKILL');
    return;
  }
  // Windows knows no groups: taskkill walks the tree.
  const root = process.env['SystemRoot'] ?? 'C:\\Windows';
  const file = path.win32.join(root, 'System32', 'taskkill.exe');
  const child = spawn(file, ['/pid', String(pid), '/t', '/f'], {
    stdio: 'ignore',
    windowsHide: true,
  });
  child.on('error', () => undefined);
}
