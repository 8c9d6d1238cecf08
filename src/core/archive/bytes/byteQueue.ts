/** A queue of bytes: they arrive in pieces, and leave in the sizes that a decoder needs. */
export class ByteQueue {
  private pieces: Buffer[] = [];
  /** Number of bytes in the queue. */
  length = 0;
  /** Number of bytes taken so far: the position in the stream. */
  taken = 0;

  push(piece: Buffer): void {
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.length += piece.length;
  }

  /** The next `count` bytes, which stay in the queue; null while there are fewer. */
  peek(count: number): Buffer | null {
    if (this.length < count) return null;
    const first = this.pieces[0];
    if (count === 0 || first === undefined) return Buffer.alloc(0);
    if (first.length >= count) return first.subarray(0, count);
    this.pieces = [Buffer.concat(this.pieces)];
    return this.pieces[0]!.subarray(0, count);
  }

  /** Takes the next `count` bytes; null while there are fewer. */
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

/** Decodes a compressed stream that arrives in pieces, one block of limited size at a time. */
export interface StreamDecoder {
  /**
   * Returns the blocks that this piece completes.
   * @throws `DecodeError` for invalid data
   */
  push(piece: Buffer): Iterable<Buffer>;
  /** The input has ended. @throws `DecodeError` if the stream is incomplete */
  finish(): void;
}

/** Compressed data that cannot be read; `offset` counts compressed bytes. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  constructor(
    readonly offset: number,
    readonly reading: string,
    /** The data are valid, but incomplete. */
    readonly endsEarly = false,
  ) {
    super(`${reading} at ${offset}`);
  }
}
