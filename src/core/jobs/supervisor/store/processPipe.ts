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
 * The stamp of this process on Windows, where the start time of a process cannot be read without
 * running another program: the name of a pipe that lives as long as this process. null where none
 * can be made.
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
  // A pipe that cannot be seen from here would later look like that of an ended process.
  return pipeState({ pid: process.pid, stamp }) === 'running' ? stamp : null;
}

/**
 * Does the process that has this pipe still run? Only a missing pipe proves that it has ended.
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
    // The pipe exists, but its process has not accepted earlier connections yet.
    return code === 'EBUSY' ? 'running' : 'unknown';
  }
}
