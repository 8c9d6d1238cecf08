import { spawn } from 'node:child_process';
import path from 'node:path';

const windows = process.platform === 'win32';

/**
 * Could a tool's process have this number? To `kill`, 0 and -1 mean many processes at once, and 1 is
 * the system's first. Our own group is never a tool's: each tool is the leader of its own.
 */
function mayBeTool(pid: number): boolean {
  return Number.isInteger(pid) && pid > 1 && pid !== process.pid && pid !== process.ppid;
}

/** Signals the whole process group of `pid`; a group that is gone already is fine. */
export function signalGroup(pid: number, signal: 'SIGINT' | 'SIGKILL'): void {
  if (!mayBeTool(pid)) return;
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
  if (!mayBeTool(pid)) return;
  // Windows knows no groups: taskkill walks the tree.
  const root = process.env['SystemRoot'] ?? 'C:\\Windows';
  const file = path.win32.join(root, 'System32', 'taskkill.exe');
  const child = spawn(file, ['/pid', String(pid), '/t', '/f'], {
    stdio: 'ignore',
    windowsHide: true,
  });
  child.on('error', () => undefined);
}
