import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';

/** Windows takes a named pipe away in the moment in which its process ends, however it ends. */
function pipeOf(pid: number, token: string): string {
  return `\\\\.\\pipe\\pgbackup-${pid}-${token}`;
}

const TOKEN = /^pipe ([0-9a-f]{32})$/;

let mine: string | null | undefined;

/**
 * The stamp of this process on Windows, which tells no process's start without a program of its own:
 * the name of a pipe that lives as long as this process. null where none can be made.
 */
export function ownPipeStamp(): string | null {
  mine ??= openPipe();
  return mine;
}

function openPipe(): string | null {
  const stamp = `pipe ${randomBytes(16).toString('hex')}`;
  const server = createServer((asking) => asking.destroy());
  server.on('error', () => undefined);
  server.listen(pipeOf(process.pid, stamp.slice('pipe '.length)));
  server.unref();
  // What is not seen now would be taken for the sign of a process that has ended.
  return pipeState({ pid: process.pid, stamp }) === 'running' ? stamp : null;
}

/**
 * Does the process still run that has this pipe? Only a missing pipe is certain to be the end of it.
 *
 * @param open as `openSync`
 */
export function pipeState(
  { pid, stamp }: { pid: number; stamp: string },
  open: (file: string, flags: string) => number = openSync,
): 'running' | 'gone' | 'unknown' {
  const token = TOKEN.exec(stamp)?.[1];
  if (token === undefined) return 'unknown';
  try {
    closeSync(open(pipeOf(pid, token), 'r+'));
    return 'running';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'gone';
    // It is there, and has not taken up earlier questions yet.
    return code === 'EBUSY' ? 'running' : 'unknown';
  }
}
