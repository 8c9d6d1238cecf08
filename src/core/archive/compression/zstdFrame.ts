import { Decompress } from 'fzstd';
import { FrameDecoder } from './frameDecoder';

const MAGIC = 0xfd2fb528;
/** Default limit of the `zstd` tool; pg_dump's `long` mode stays below it. */
const MAX_WINDOW = 128 << 20;
/** Window descriptor for 128 kB, the maximum size of a block. */
const BLOCK_WINDOW = (17 - 10) << 3;

/**
 * The header for a frame with one block. No later block refers back to it, so the window need not be
 * larger than the block. Otherwise the decoder would allocate and copy a window of megabytes.
 */
function forOneBlock(header: Buffer): Buffer {
  const [, , , , descriptor = 0, window = 0] = header;
  const single = (descriptor & 0x20) !== 0;
  if (single || window <= BLOCK_WINDOW) return header;
  const smaller = Buffer.from(header);
  smaller[5] = BLOCK_WINDOW;
  return smaller;
}

/**
 * Decodes consecutive Zstandard frames. This class walks the frame structure and gives the decoder
 * single blocks of at most 128 kB, so that neither the window size in a header nor a small input that
 * unpacks to gigabytes can exhaust memory.
 */
export class ZstdFrameDecoder extends FrameDecoder {
  private hasChecksum = false;
  private decoder: Decompress | null = null;
  /** The frame's header, until its first block is complete. */
  private header: Buffer | null = null;
  private produced: Buffer[] = [];

  constructor(walks = false) {
    super('zstd', MAGIC, 6, walks);
  }

  protected readHeader(start: Buffer): boolean {
    const descriptor = start[4]!;
    const single = (descriptor & 0x20) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
    const sizeFlag = descriptor >> 6;
    const sizeBytes = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag;
    const length = 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes;
    const header = this.queue.take(length);
    if (header === null) return false;
    if (dictionaryBytes !== 0) throw this.error('zstd dictionary');
    let window = 0;
    if (single) {
      for (let i = sizeBytes - 1; i >= 0; i--)
        window = window * 256 + header[length - sizeBytes + i]!;
      if (sizeBytes === 2) window += 256;
    } else {
      const base = 2 ** (10 + (header[5]! >> 3));
      window = base + (base / 8) * (header[5]! & 7);
    }
    if (window > MAX_WINDOW) throw this.error('window size of zstd frame');
    this.hasChecksum = (descriptor & 4) !== 0;
    this.decoder = new Decompress((data) => {
      if (data.length > 0) this.produced.push(Buffer.from(data));
    });
    this.header = header;
    return true;
  }

  protected readBlock(): Buffer[] | null {
    const head = this.queue.peek(3);
    if (head === null) return null;
    const word = head.readUIntLE(0, 3);
    const last = (word & 1) === 1;
    const type = (word >> 1) & 3;
    const size = word >> 3;
    if (type === 3 || size > 128 << 10) throw this.error('zstd block');
    const stored = type === 1 ? 1 : size;
    const block = this.queue.take(3 + stored + (last && this.hasChecksum ? 4 : 0));
    if (block === null) return null;
    if (this.walks) {
      if (last) this.endFrame();
      return [];
    }
    if (this.header !== null) {
      this.feed(last ? forOneBlock(this.header) : this.header, false);
      this.header = null;
    }
    this.feed(block, last);
    if (last) this.endFrame();
    const { produced } = this;
    this.produced = [];
    return produced;
  }

  private feed(bytes: Buffer, final: boolean): void {
    try {
      this.decoder!.push(bytes, final);
    } catch {
      throw this.error('zstd block');
    }
  }
}
