import { FrameDecoder } from './frameDecoder';
import { XxHash32 } from './xxHash32';

const MAGIC = 0x184d2204;
/** Maximum distance of a match. */
const HISTORY = 64 << 10;

interface Frame {
  blockSize: number;
  linked: boolean;
  blockChecksum: boolean;
  content: XxHash32 | null;
}

/**
 * Decodes consecutive LZ4 frames, as `lz4` and pg_dump write them. Memory is bounded by the frame's
 * block size, at most 4 MB; checksums are verified where the frame has them. Dictionaries are not
 * supported, as neither tool uses them. Source of the format: LZ4's frame and block descriptions.
 */
export class Lz4FrameDecoder extends FrameDecoder {
  private frame: Frame | null = null;
  /** All blocks of the frame were read; the frame's checksum comes next. */
  private ended = false;
  /** Earlier output, followed by the block that is being decoded. */
  private out = Buffer.alloc(0);
  private historyLength = 0;

  constructor(walks = false) {
    super('lz4', MAGIC, 7, walks);
  }

  protected readHeader(start: Buffer): boolean {
    const flags = start[4]!;
    const sizeCode = (start[5]! >> 4) & 7;
    const length = 7 + ((flags & 8) !== 0 ? 8 : 0);
    if (flags >> 6 !== 1 || (flags & 1) !== 0 || sizeCode < 4) throw this.error('lz4 frame header');
    const header = this.queue.take(length);
    if (header === null) return false;
    const sum = new XxHash32().update(header.subarray(4, length - 1)).digest();
    if (((sum >>> 8) & 0xff) !== header[length - 1]) throw this.error('lz4 frame header');
    this.frame = {
      blockSize: 1 << (8 + 2 * sizeCode),
      linked: (flags & 0x20) === 0,
      blockChecksum: (flags & 0x10) !== 0,
      content: (flags & 4) !== 0 ? new XxHash32() : null,
    };
    if (this.out.length < HISTORY + this.frame.blockSize) {
      this.out = Buffer.allocUnsafe(HISTORY + this.frame.blockSize);
    }
    this.historyLength = 0;
    return true;
  }

  protected readBlock(): Buffer[] | null {
    if (this.ended) return this.readChecksum();
    const frame = this.frame!;
    const head = this.queue.peek(4);
    if (head === null) return null;
    const word = head.readUInt32LE(0);
    if (word === 0) {
      this.queue.take(4);
      if (frame.content === null) this.endFrame();
      else this.ended = true;
      return [];
    }
    const size = word & 0x7fffffff;
    if (size > frame.blockSize) throw this.error('size of lz4 block');
    const whole = this.queue.take(4 + size + (frame.blockChecksum ? 4 : 0));
    if (whole === null) return null;
    if (this.walks) return [];
    const data = whole.subarray(4, 4 + size);
    if (
      frame.blockChecksum &&
      new XxHash32().update(data).digest() !== whole.readUInt32LE(4 + size)
    ) {
      throw this.error('checksum of lz4 block');
    }
    const from = this.historyLength;
    let end: number;
    if (word >>> 31 === 1) {
      data.copy(this.out, from);
      end = from + size;
    } else {
      end = decodeLz4Block(data, this.out, from, from + frame.blockSize);
      if (end < 0) throw this.error('lz4 block');
    }
    const block = Buffer.from(this.out.subarray(from, end));
    frame.content?.update(block);
    if (frame.linked) {
      const keep = Math.min(HISTORY, end);
      this.out.copyWithin(0, end - keep, end);
      this.historyLength = keep;
    }
    return [block];
  }

  private readChecksum(): Buffer[] | null {
    const sum = this.queue.take(4);
    if (sum === null) return null;
    if (!this.walks && sum.readUInt32LE(0) !== this.frame?.content?.digest()) {
      throw this.error('checksum of lz4 data');
    }
    this.ended = false;
    this.endFrame();
    return [];
  }
}

/**
 * Decodes one block into `out` at `at`; matches may refer to earlier bytes of `out`. Returns the end
 * of the output; -1 if the block is invalid or does not fit before `limit`.
 */
function decodeLz4Block(data: Uint8Array, out: Buffer, at: number, limit: number): number {
  const end = data.length;
  let i = 0;
  let o = at;
  while (i < end) {
    const token = data[i++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let more: number;
      do {
        if (i >= end) return -1;
        more = data[i++]!;
        literals += more;
      } while (more === 255);
    }
    if (i + literals > end || o + literals > limit) return -1;
    if (literals > 32) {
      out.set(data.subarray(i, i + literals), o);
      i += literals;
      o += literals;
    } else {
      for (const stop = i + literals; i < stop;) out[o++] = data[i++]!;
    }
    // The last sequence of a block has no match.
    if (i === end) return o;
    if (i + 2 > end) return -1;
    const distance = data[i]! | (data[i + 1]! << 8);
    i += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more: number;
      do {
        if (i >= end) return -1;
        more = data[i++]!;
        length += more;
      } while (more === 255);
    }
    let from = o - distance;
    if (distance === 0 || from < 0 || o + length > limit) return -1;
    if (distance >= length && length > 64) {
      out.copyWithin(o, from, from + length);
      o += length;
    } else {
      // Byte by byte, because a match may overlap its own output and so repeat it.
      for (const stop = o + length; o < stop;) out[o++] = out[from++]!;
    }
  }
  return -1;
}
