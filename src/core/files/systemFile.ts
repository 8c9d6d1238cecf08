import { closeSync, openSync, readSync } from 'node:fs';

/** The kernel gives up to 2 MB of arguments and environment of a process. */
const MAX_BYTES = 4 << 20;
const FIRST_BYTES = 4096;

/**
 * The content of a file of `/proc`. Such files have no size before they are read, and reading them
 * waits for no disk.
 *
 * @returns one character for each byte, at most 4 MB of them
 * @throws system errors
 */
export function readSystemFile(file: string): string {
  const fd = openSync(file, 'r');
  try {
    let buffer = Buffer.allocUnsafe(FIRST_BYTES);
    let total = 0;
    for (;;) {
      const read = readSync(fd, buffer, total, buffer.length - total, null);
      if (read === 0) return buffer.toString('latin1', 0, total);
      total += read;
      if (total < buffer.length) continue;
      if (total >= MAX_BYTES) return buffer.toString('latin1', 0, total);
      buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    }
  } finally {
    closeSync(fd);
  }
}
