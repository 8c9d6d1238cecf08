import { openRegular } from '../../files/regularFile';

/** The end of a log. */
export interface LogTail {
  text: string;
  /** Bytes before it that were left out. */
  skipped: number;
}

/**
 * At most the last `maxBytes` of a log in UTF-8, from the beginning of a line on; null when there is
 * no such file.
 *
 * @throws UnusableFile where it is no regular file; system errors
 */
export async function readLogTail(file: string, maxBytes: number): Promise<LogTail | null> {
  const handle = await openRegular(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - maxBytes);
    const buffer = Buffer.alloc(size - from);
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await handle.read(
        buffer,
        filled,
        buffer.length - filled,
        from + filled,
      );
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    const read = buffer.subarray(0, filled);
    // Neither half a line nor half a character; a single line that long is cut somewhere.
    const begin = from === 0 ? 0 : read.indexOf(10) + 1;
    return { text: read.toString('utf8', begin), skipped: from + begin };
  } finally {
    await handle.close();
  }
}
