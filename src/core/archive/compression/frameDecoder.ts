import { ByteQueue, DecodeError, type StreamDecoder } from '../bytes/byteQueue';

/** Skippable frames of lz4 and zstd have one of 16 magic numbers, of which this is the first. */
const SKIPPABLE = 0x184d2a50;

/** Base class of the lz4 and zstd decoders: handles consecutive frames and skippable frames. */
export abstract class FrameDecoder implements StreamDecoder {
  protected readonly queue = new ByteQueue();
  private frames = 0;
  private within = false;
  private skip = 0;

  /**
   * `headLength`: number of bytes that identify a frame; `walks`: only goes from block to block, whose
   * content is neither unpacked nor returned.
   */
  protected constructor(
    private readonly name: 'lz4' | 'zstd',
    private readonly magic: number,
    private readonly headLength: number,
    protected readonly walks: boolean,
  ) {}

  *push(piece: Buffer): Generator<Buffer> {
    this.queue.push(piece);
    for (;;) {
      const blocks = this.step();
      if (blocks === null) return;
      yield* blocks;
    }
  }

  finish(): void {
    if (this.within || this.skip > 0 || this.queue.length > 0 || this.frames === 0) {
      throw new DecodeError(this.queue.taken, `end of ${this.name} data`, true);
    }
  }

  /** Reads the header of the frame that begins with `head`; false when more input is needed. */
  protected abstract readHeader(head: Buffer): boolean;

  /** The next blocks of the frame, or null when more input is needed. */
  protected abstract readBlock(): readonly Buffer[] | null;

  /** To be called when a frame is complete. */
  protected endFrame(): void {
    this.within = false;
  }

  protected error(reading: string): DecodeError {
    return new DecodeError(this.queue.taken, reading);
  }

  private step(): readonly Buffer[] | null {
    const { queue } = this;
    if (this.within) return this.readBlock();
    if (this.skip > 0) {
      const some = Math.min(this.skip, queue.length);
      if (some === 0) return null;
      queue.take(some);
      this.skip -= some;
      return [];
    }
    const head = queue.peek(this.headLength);
    if (head === null) return null;
    const found = head.readUInt32LE(0);
    if ((found & 0xfffffff0) >>> 0 === SKIPPABLE) {
      const start = queue.take(8);
      if (start === null) return null;
      this.skip = start.readUInt32LE(4);
    } else if (found !== this.magic) throw this.error(`${this.name} frame`);
    else if (this.readHeader(head)) this.within = true;
    else return null;
    this.frames++;
    return [];
  }
}
