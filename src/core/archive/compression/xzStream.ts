import { XzReadableStream } from 'xz-decompress';
import { DecodeError } from '../bytes/byteQueue';
import { CooperativeLoop } from '../../cooperativeLoop';

/**
 * Exports of XZ Embedded, which `xz-decompress` contains as WebAssembly. That library's own stream
 * class unpacks one file at a time, and a reader that stops blocks all others, so only its decoder is
 * used. The library's version is pinned.
 */
interface XzDecoder {
  memory: { buffer: ArrayBuffer };
  create_context(): number;
  destroy_context(context: number): void;
  supply_input(context: number, bytes: number): void;
  /** 0 = continues, 1 = end of the stream, else an error. */
  get_next_output(context: number): number;
}

interface XzLibrary {
  _getModuleInstance(): Promise<void>;
  _moduleInstance: { exports: XzDecoder };
}

const GOES_ON = 0;
const END_OF_STREAM = 1;
/** The data need more than 64 MB of history, or memory ran out. */
const OUT_OF_MEMORY: readonly number[] = [3, 4];

/** Offsets of fields in a context's memory, in units of 32 bits. */
const FIELD = {
  bufferSize: 0,
  input: 1,
  inputAt: 2,
  inputSize: 3,
  output: 4,
  outputAt: 5,
} as const;

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]);

/**
 * Unpacks consecutive xz streams and skips the zero padding between them. Checksums are verified; at
 * most 64 MB of history are held (`xz -9`).
 *
 * @throws DecodeError; AppError `cancelled`
 */
export async function* xzUnpacked(
  stored: AsyncGenerator<Buffer>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const library = XzReadableStream as unknown as XzLibrary;
  // Each file gets an instance of its own: an instance's memory only grows, and is freed with it.
  await library._getModuleInstance();
  const decoder = library._moduleInstance.exports;
  const loop = new CooperativeLoop(signal);
  const input = new Input(stored);
  for (let streams = 0; await input.atStream(); streams++) {
    const context = new Context(decoder);
    try {
      for (let ended = false; !ended;) {
        // At the end of the input the decoder may still hold output.
        if (context.wantsInput) context.supply(await input.take(context.bufferSize));
        const { bytes, result } = context.next();
        if (bytes.length > 0) yield bytes;
        else if (input.ended && result !== END_OF_STREAM) {
          throw new DecodeError(input.taken, 'end of xz data');
        }
        ended = result === END_OF_STREAM;
        if (ended) input.giveBack(context.unread);
        else if (result !== GOES_ON) {
          const what = OUT_OF_MEMORY.includes(result) ? 'window size of xz data' : 'xz data';
          throw new DecodeError(input.taken, what);
        }
        if (loop.shouldYield) await loop.yield();
      }
    } finally {
      context.dispose();
    }
    if (streams > 1_000_000) throw new DecodeError(input.taken, 'number of xz streams');
  }
  if (input.taken === 0) throw new DecodeError(0, 'xz data');
}

class Context {
  private readonly pointer: number;

  constructor(private readonly decoder: XzDecoder) {
    this.pointer = decoder.create_context();
  }

  get bufferSize(): number {
    return this.field('bufferSize');
  }

  get wantsInput(): boolean {
    return this.unread === 0;
  }

  /** Number of input bytes that the decoder has not consumed. */
  get unread(): number {
    return this.field('inputSize') - this.field('inputAt');
  }

  supply(bytes: Buffer): void {
    const input = this.field('input');
    new Uint8Array(this.decoder.memory.buffer, input, bytes.length).set(bytes);
    this.decoder.supply_input(this.pointer, bytes.length);
  }

  next(): { bytes: Buffer; result: number } {
    const result = this.decoder.get_next_output(this.pointer);
    const length = this.field('outputAt');
    const { buffer } = this.decoder.memory;
    const bytes = Buffer.from(Buffer.from(buffer, this.field('output'), length));
    new Uint32Array(buffer, this.pointer)[FIELD.outputAt] = 0;
    return { bytes, result };
  }

  dispose(): void {
    this.decoder.destroy_context(this.pointer);
  }

  private field(name: keyof typeof FIELD): number {
    return new Uint32Array(this.decoder.memory.buffer, this.pointer)[FIELD[name]] ?? 0;
  }
}

/** Hands the stored bytes out in the sizes that the decoder accepts. */
class Input {
  taken = 0;
  /** All input was handed out. */
  ended = false;
  private rest: Buffer = Buffer.alloc(0);
  private last: Buffer = Buffer.alloc(0);

  constructor(private readonly stored: AsyncGenerator<Buffer>) {}

  /** Is there another stream, after any zero padding? */
  async atStream(): Promise<boolean> {
    for (;;) {
      let zeros = 0;
      while (zeros < this.rest.length && this.rest[zeros] === 0) zeros++;
      if (this.taken > 0) {
        this.rest = this.rest.subarray(zeros);
        this.taken += zeros;
      }
      if (this.rest.length >= MAGIC.length) {
        const begins = this.rest.subarray(0, MAGIC.length).equals(MAGIC);
        if (!begins && this.taken === 0) throw new DecodeError(0, 'xz data');
        return begins;
      }
      const next = await this.stored.next();
      if (next.done === true) return false;
      this.rest = Buffer.concat([this.rest, next.value]);
    }
  }

  async take(most: number): Promise<Buffer> {
    while (this.rest.length === 0) {
      const next = await this.stored.next();
      if (next.done === true) {
        this.ended = true;
        return this.rest;
      }
      this.rest = next.value;
    }
    this.last = this.rest.subarray(0, most);
    this.rest = this.rest.subarray(this.last.length);
    this.taken += this.last.length;
    return this.last;
  }

  /** Takes back the last `bytes` bytes of the last piece, which the decoder did not consume. */
  giveBack(bytes: number): void {
    if (bytes === 0) return;
    this.rest = Buffer.concat([this.last.subarray(this.last.length - bytes), this.rest]);
    this.taken -= bytes;
  }
}
