import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { BLOCK_TYPES } from '../data/blockCursor';

/**
 * Maximum bytes of a chunk. pg_restore reads a whole chunk into memory, and each chunk has a header;
 * pg_dump's chunks have 4 kB.
 */
const CHUNK = 256 << 10;
const BUFFER = 1 << 20;
/** One is filled while the other is written. */
const BUFFERS = 2;

/** Writes the parts of a custom archive in sequence, and computes their SHA-256 meanwhile. */
export class ArchiveWriter {
  private readonly buffers = Array.from({ length: BUFFERS }, () => Buffer.allocUnsafe(BUFFER));
  private buffer = this.buffers[0]!;
  private writing: Promise<void> = Promise.resolve();
  private readonly hash = createHash('sha256');
  private filled = 0;
  private flushed = 0;
  /** Bytes that are still to come: of the current data, and (next) of the current chunk. */
  private dataLeft = 0;
  private chunkLeft = 0;

  /** `intBytes`: size of this archive's ints, without the sign byte. */
  constructor(
    private readonly file: FileHandle,
    private readonly intBytes: number,
  ) {}

  /** Number of bytes written so far. */
  get position(): number {
    return this.flushed + this.filled;
  }

  async bytes(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      if (this.filled === BUFFER) await this.flush();
      const taken = Math.min(bytes.length - at, BUFFER - this.filled);
      this.buffer.set(bytes.subarray(at, at + taken), this.filled);
      this.filled += taken;
      at += taken;
    }
  }

  /** Writes a sign byte, then the number's bytes, least significant first. */
  async int(value: number): Promise<void> {
    const bytes = Buffer.alloc(1 + this.intBytes);
    bytes[0] = value < 0 ? 1 : 0;
    bytes.writeUInt32LE(Math.abs(value), 1);
    await this.bytes(bytes);
  }

  /** Begins an entry's data. */
  async block(type: keyof typeof BLOCK_TYPES, dumpId: number): Promise<void> {
    await this.bytes(Buffer.of(BLOCK_TYPES[type]));
    await this.int(dumpId);
  }

  /** Begins data of `size` bytes, which calls of `data` then add. */
  async beginData(size: number): Promise<void> {
    this.dataLeft = size;
    this.chunkLeft = 0;
    if (size === 0) await this.int(0);
  }

  /** Adds to the data, in chunks; an empty chunk follows the last byte. */
  async data(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      if (this.chunkLeft === 0) {
        this.chunkLeft = Math.min(CHUNK, this.dataLeft);
        await this.int(this.chunkLeft);
      }
      const taken = Math.min(bytes.length - at, this.chunkLeft);
      await this.bytes(bytes.subarray(at, at + taken));
      at += taken;
      this.chunkLeft -= taken;
      this.dataLeft -= taken;
      if (this.dataLeft === 0) await this.int(0);
    }
  }

  /** Adds a chunk to data whose size is not known in advance; `int(0)` ends such data. */
  async chunk(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const some = bytes.subarray(at, at + CHUNK);
      await this.int(some.length);
      await this.bytes(some);
    }
  }

  /** Writes what is buffered, and returns the SHA-256 of the file in hexadecimal digits. */
  async finish(): Promise<string> {
    await this.flush();
    await this.writing;
    return this.hash.digest('hex');
  }

  private async flush(): Promise<void> {
    const whole = this.buffer.subarray(0, this.filled);
    await this.writing;
    this.writing = this.write(whole);
    // Another thread writes meanwhile. A failure is thrown by the `await`, not as an unhandled one.
    this.writing.catch(() => undefined);
    this.hash.update(whole);
    this.flushed += whole.length;
    this.filled = 0;
    this.buffer = this.buffers[(this.buffers.indexOf(this.buffer) + 1) % BUFFERS]!;
  }

  private async write(whole: Buffer): Promise<void> {
    for (let at = 0; at < whole.length;) {
      const { bytesWritten } = await this.file.write(whole, at, whole.length - at);
      at += bytesWritten;
    }
  }
}

/** Bytes that data of `size` bytes take in an archive, with the chunks' headers. */
export function storedDataBytes(size: number, intBytes: number): number {
  return size + (Math.ceil(size / CHUNK) + 1) * (1 + intBytes);
}
