import { DecodeError } from '../bytes/byteQueue';
import { Bzip2Block } from './bzip2Block';
import { BitReader } from './bitReader';
import { CooperativeLoop } from '../../cooperativeLoop';

/** A stream begins with `BZh` and a digit, the size of its blocks. */
const STREAM = 0x425a68;
const BLOCK = [0x314159, 0x265359] as const;
const END_OF_STREAM = [0x177245, 0x385090] as const;

/** A symbol has at most 20 bits; the tables before the symbols are smaller than this. */
const TABLES = 64 << 10;

function largestBlock(level: number): number {
  return level * 100_000 * 2.5 + TABLES;
}

/**
 * Unpacks consecutive bzip2 streams, as `bzip2` does: checksums are verified, and bytes after the last
 * stream are ignored. Memory is bounded: a malicious block of 900 kB unpacks to 46 MB, which come in
 * pieces.
 *
 * @throws DecodeError; AppError `cancelled`
 */
export async function* bzip2Unpacked(
  stored: AsyncGenerator<Buffer>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const input = new Input(stored);
  const loop = new CooperativeLoop(signal);
  for (let streams = 0; ; streams++) {
    await input.fill(TABLES);
    const level = input.startOfStream();
    if (level === null) {
      if (streams === 0) throw input.error();
      return;
    }
    const block = new Bzip2Block(level * 100_000);
    let sum = 0;
    for (;;) {
      await input.fill(largestBlock(level));
      const expected = input.checked((bits) => startOfBlock(bits));
      if (!expected.block) {
        if (expected.sum !== sum) throw input.error();
        input.bits.align();
        break;
      }
      const pieces = block.decode(input.bits);
      for (;;) {
        const next = input.checked(() => pieces.next());
        if (next.done === true) break;
        if (next.value !== null) yield next.value;
        if (loop.shouldYield) await loop.yield();
      }
      if (block.sum !== expected.sum) throw input.error();
      sum = (((sum << 1) | (sum >>> 31)) ^ block.sum) >>> 0;
    }
  }
}

/** Reads the start of a block, or the end of the stream, and its checksum. */
function startOfBlock(bits: BitReader): { block: boolean; sum: number } {
  const first = bits.read(24);
  const second = bits.read(24);
  const sum = bits.readSum();
  if (first === BLOCK[0] && second === BLOCK[1]) return { block: true, sum };
  if (first === END_OF_STREAM[0] && second === END_OF_STREAM[1]) return { block: false, sum };
  throw new RangeError('neither a block nor the end of a stream');
}

/** The stored bytes. A block must be complete before it is decoded. */
class Input {
  bits = new BitReader(Buffer.alloc(0));
  /** Number of bytes before those in memory. */
  private before = 0;
  private done = false;

  constructor(private readonly stored: AsyncGenerator<Buffer>) {}

  /** Loads until at least `size` bytes are in memory, or the input ends. */
  async fill(size: number): Promise<void> {
    if (this.done || this.bits.bytesLeft >= size) return;
    const parts: Buffer[] = [];
    let length = this.bits.bytesLeft;
    while (!this.done && length < size) {
      const next = await this.stored.next();
      if (next.done === true) this.done = true;
      else {
        parts.push(next.value);
        length += next.value.length;
      }
    }
    this.before += this.bits.append(parts);
  }

  /** Size of the stream's blocks in 100 kB; null = no stream begins here. */
  startOfStream(): number | null {
    if (this.bits.bytesLeft < 4 || this.bits.peek(24) !== STREAM) return null;
    this.bits.read(24);
    const level = this.bits.read(8) - 48;
    if (level < 1 || level > 9) throw this.error();
    return level;
  }

  /** Runs `read` and turns its RangeError (invalid or missing bits) into a DecodeError. */
  checked<T>(read: (bits: BitReader) => T): T {
    try {
      return read(this.bits);
    } catch (error) {
      throw error instanceof RangeError ? this.error() : error;
    }
  }

  error(): DecodeError {
    return new DecodeError(this.before + this.bits.bytesRead, 'bzip2 data');
  }
}
