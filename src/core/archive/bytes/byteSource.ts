import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../../errors';
import { openRegular } from '../../files/regularFile';

/** Random access to the bytes of a file or of a piece of memory. */
export interface ByteSource {
  /** Size in bytes when the source was opened. */
  readonly size: number;
  /**
   * Reads into `target` from `position` and returns the number of bytes, which is smaller than the
   * target only at the end. Never reads past `size`.
   */
  read(target: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** Turns a file system error into `inputMissing` or `inputUnreadable`. */
export function inputError(path: string, cause: unknown): AppError {
  if (AppError.is(cause)) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('inputMissing', { path }, { cause });
  }
  return new AppError('inputUnreadable', { path, text: message }, { cause });
}

class FileSource implements ByteSource {
  constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  async read(target: Uint8Array, position: number): Promise<number> {
    const wanted = Math.min(target.length, Math.max(0, this.size - position));
    let done = 0;
    try {
      while (done < wanted) {
        const { bytesRead } = await this.handle.read(target, done, wanted - done, position + done);
        // The file became shorter while it was read.
        if (bytesRead === 0) break;
        done += bytesRead;
      }
    } catch (error) {
      throw inputError(this.path, error);
    }
    return done;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/**
 * Opens a file for random access; the caller closes it.
 * @throws AppError `inputMissing` or `inputUnreadable`
 */
export async function openFileSource(path: string): Promise<ByteSource> {
  let handle: FileHandle | undefined;
  try {
    handle = await openRegular(path);
    const { size } = await handle.stat();
    return new FileSource(path, handle, size);
  } catch (error) {
    await handle?.close();
    throw inputError(path, error);
  }
}

/** The bytes from `position` on, at most `length` and never more than there are. */
export async function readBytes(
  source: ByteSource,
  position: number,
  length: number,
): Promise<Buffer> {
  const wanted = Math.max(0, Math.min(length, source.size - position));
  const target = Buffer.allocUnsafe(wanted);
  const read = await source.read(target, position);
  return target.subarray(0, read);
}
