import * as fs from 'node:fs';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Opening a pipe for reading waits for its writer, unless this is set. Windows has no such flag. */
const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** How much is asked for at once; between two pieces reading can be cancelled. */
const PIECE_BYTES = 1 << 20;

/** A piece that is worked on at once: what that takes is far less than a turn of the event loop may. */
const STREAM_BYTES = 64 << 10;

/*
 * File descriptors as numbers: `FileHandle`s of `fs/promises` take three times as long, which
 * counts where there are 10,000 files.
 */
const openNumber = (file: string): Promise<number> => promisify(fs.open)(file, READING);
const statNumber = (fd: number): Promise<Stats> => promisify<number, Stats>(fs.fstat)(fd);
const readNumber = (fd: number, into: Buffer, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    fs.read(fd, into, 0, into.length, position, (error, read) =>
      error ? reject(error) : resolve(read),
    );
  });
const closeNumber = (fd: number): Promise<void> => promisify(fs.close)(fd);

/** Why a file was not read although it could be opened. */
export class UnusableFile extends Error {
  constructor(
    readonly file: string,
    readonly reason: 'notRegular' | 'tooLarge',
  ) {
    super(reason === 'notRegular' ? 'not a regular file' : 'too large');
  }
}

/**
 * Opens a file for reading that is known by its name alone: a pipe, a socket, a device or a directory
 * of that name is refused and is never waited for.
 *
 * @throws UnusableFile `notRegular`; system errors
 */
export async function openRegular(file: string): Promise<FileHandle> {
  const handle = await open(file, READING);
  try {
    if (!(await handle.stat()).isFile()) throw new UnusableFile(file, 'notRegular');
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The first bytes of a file, at most so many.
 * @throws as `openRegular`
 */
export async function readBeginning(file: string, bytes: number): Promise<Buffer> {
  const handle = await openRegular(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Synchronous `openRegular`; the caller closes the result. */
export function openRegularSync(file: string): number {
  const fd = openSync(file, READING);
  try {
    if (!fstatSync(fd).isFile()) throw new UnusableFile(file, 'notRegular');
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * The whole content of a file of unknown size, of which no more than `maxBytes` are ever held. What
 * is appended while it is read is left out.
 *
 * @throws UnusableFile, system errors, and the reason of `signal` once that is aborted
 */
export async function readBounded(
  file: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const fd = await openNumber(file);
  try {
    const buffer = Buffer.alloc(boundedSize(file, await statNumber(fd), maxBytes));
    let total = 0;
    while (total < buffer.length) {
      signal?.throwIfAborted();
      const piece = buffer.subarray(total, total + PIECE_BYTES);
      const read = await readNumber(fd, piece, total);
      if (read === 0) break;
      total += read;
    }
    return buffer.subarray(0, total);
  } finally {
    await closeNumber(fd);
  }
}

/**
 * Reads a file piece by piece, each in a buffer of its own, so that memory does not grow with the
 * file.
 *
 * @throws UnusableFile, system errors
 */
export async function* readPieces(file: string, maxBytes: number): AsyncGenerator<Buffer> {
  const fd = await openNumber(file);
  try {
    const size = boundedSize(file, await statNumber(fd), maxBytes);
    for (let total = 0; total < size;) {
      const piece = Buffer.allocUnsafe(Math.min(STREAM_BYTES, size - total));
      const read = await readNumber(fd, piece, total);
      if (read === 0) return;
      total += read;
      yield piece.subarray(0, read);
    }
  } finally {
    await closeNumber(fd);
  }
}

/** Synchronous `readBounded`, for small files. */
export function readBoundedSync(file: string, maxBytes: number): Buffer {
  const fd = openSync(file, READING);
  try {
    const buffer = Buffer.alloc(boundedSize(file, fstatSync(fd), maxBytes));
    let total = 0;
    while (total < buffer.length) {
      const read = readSync(fd, buffer, total, buffer.length - total, total);
      if (read === 0) break;
      total += read;
    }
    return buffer.subarray(0, total);
  } finally {
    closeSync(fd);
  }
}

function boundedSize(file: string, stats: Stats, maxBytes: number): number {
  if (!stats.isFile()) throw new UnusableFile(file, 'notRegular');
  if (stats.size > maxBytes) throw new UnusableFile(file, 'tooLarge');
  return stats.size;
}
