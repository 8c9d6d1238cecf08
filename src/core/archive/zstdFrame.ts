import { Decompress } from 'fzstd';
import { ByteQueue, DecodeError, type StreamDecoder } from './byteQueue';

const magic = 0xfd2fb528;
const skippable = 0x184d2a50;
/** What the `zstd` tool accepts without being told otherwise, and pg_dump's `long` mode writes. */
const maxWindow = 128 << 20;

/**
 * Zstandard frames, one after the other. The frame structure is walked here and single blocks are
 * given to the decoder, so that neither the window a header asks for nor a small input that unpacks
 * to gigabytes is taken on trust: a block holds 128 kB at most.
 */
export class ZstdFrameDecoder implements StreamDecoder {
  private readonly queue = new ByteQueue();
  private state: 'header' | 'block' | 'skip' = 'header';
  private skip = 0;
  private hasChecksum = false;
  private decoder: Decompress | null = null;
  private produced: Buffer[] = [];
  private frames = 0;

  *push(piece: Buffer): Generator<Buffer> {
    this.queue.push(piece);
    while (this.step()) {
      const { produced } = this;
      this.produced = [];
      yield* produced;
    }
  }

  finish(): void {
    if (this.state !== 'header' || this.queue.length > 0 || this.frames === 0) {
      throw this.error('end of zstd data');
    }
  }

  /** Reads one more piece of the structure; false when more input is needed. */
  private step(): boolean {
    switch (this.state) {
      case 'header':
        return this.readHeader();
      case 'skip': {
        const some = Math.min(this.skip, this.queue.length);
        if (this.skip > 0 && some === 0) return false;
        this.queue.take(some);
        this.skip -= some;
        if (this.skip === 0) this.state = 'header';
        return true;
      }
      case 'block':
        return this.readBlock();
    }
  }

  private readHeader(): boolean {
    const start = this.queue.peek(6);
    if (start === null) return false;
    const found = start.readUInt32LE(0);
    if ((found & 0xfffffff0) >>> 0 === skippable) {
      const head = this.queue.take(8);
      if (head === null) return false;
      this.skip = head.readUInt32LE(4);
      this.state = 'skip';
      this.frames++;
      return true;
    }
    if (found !== magic) throw this.error('zstd frame');
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
    if (window > maxWindow) throw this.error('window size of zstd frame');
    this.hasChecksum = (descriptor & 4) !== 0;
    this.decoder = new Decompress((data) => {
      if (data.length > 0) this.produced.push(Buffer.from(data));
    });
    this.feed(header, false);
    this.frames++;
    this.state = 'block';
    return true;
  }

  private readBlock(): boolean {
    const head = this.queue.peek(3);
    if (head === null) return false;
    const word = head.readUIntLE(0, 3);
    const last = (word & 1) === 1;
    const type = (word >> 1) & 3;
    const size = word >> 3;
    if (type === 3 || size > 128 << 10) throw this.error('zstd block');
    const stored = type === 1 ? 1 : size;
    const block = this.queue.take(3 + stored + (last && this.hasChecksum ? 4 : 0));
    if (block === null) return false;
    this.feed(block, last);
    if (last) this.state = 'header';
    return true;
  }

  private feed(bytes: Buffer, final: boolean): void {
    try {
      this.decoder!.push(bytes, final);
    } catch {
      throw this.error('zstd block');
    }
  }

  private error(reading: string): DecodeError {
    return new DecodeError(this.queue.taken, reading);
  }
}
