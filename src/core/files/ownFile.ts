import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** The largest file that this program has written, or is made of, takes a few megabytes. */
const MAX_BYTES = 64 << 20;
/** A pipe of that name must not block; Windows does not know the flag. */
const FLAGS = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/**
 * The whole of a file of this program.
 * @throws system errors; where it is no file, or larger than any of ours
 */
export function readOwnFile(file: string): Buffer {
  const fd = openSync(file, FLAGS);
  try {
    const found = fstatSync(fd);
    if (!found.isFile() || found.size > MAX_BYTES) throw new Error(`not one of our files: ${file}`);
    const bytes = Buffer.allocUnsafe(found.size);
    let total = 0;
    while (total < bytes.length) {
      const read = readSync(fd, bytes, total, bytes.length - total, null);
      if (read === 0) break;
      total += read;
    }
    return bytes.subarray(0, total);
  } finally {
    closeSync(fd);
  }
}
