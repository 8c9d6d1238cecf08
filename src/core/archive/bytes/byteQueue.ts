/** Bytes that came in pieces, taken out in the sizes a decoder wants. */
export class ByteQueue {
  private pieces: Buffer[] = [];
  /** Bytes waiting. */
  length = 0;
  /** Bytes taken out so far: the position in the stream. */
  taken = 0;

  push(piece: Buffer): void {
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.length += piece.length;
  }

  /** The next `count` bytes without taking them, or null while they are not there. */
  peek(count: number): Buffer | null {
    if (this.length < count) return null;
    const first = this.pieces[0];
    if (count === 0 || first === undefined) return Buffer.alloc(0);
    if (first.length >= count) return first.subarray(0, count);
    this.pieces = [Buffer.concat(this.pieces)];
    return this.pieces[0]!.subarray(0, count);
  }

  /** Takes the next `count` bytes, or null while they are not there. */
  take(count: number): Buffer | null {
    const bytes = this.peek(count);
    if (bytes === null) return null;
    let left = count;
    while (left > 0) {
      const first = this.pieces[0]!;
      if (first.length <= left) {
        this.pieces.shift();
        left -= first.length;
      } else {
        this.pieces[0] = first.subarray(left);
        left = 0;
      }
    }
    this.length -= count;
    this.taken += count;
    return bytes;
  }
}

/** Takes compressed bytes in pieces and gives them back whole, a bounded block at a time. */
export interface StreamDecoder {
  /**
   * The values that these bytes complete.
   * @throws `DecodeError` where they make no sense
   */
  push(piece: Buffer): Iterable<Buffer>;
  /** No more input: throws `DecodeError` if the stream is not complete. */
  finish(): void;
}

/** Compressed data that cannot be read; `offset` counts compressed bytes. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  constructor(
    readonly offset: number,
    readonly reading: string,
    /** They make sense as far as they go. */
    readonly endsEarly = false,
  ) {
    super(`${reading} at ${offset}`);
  }
}
