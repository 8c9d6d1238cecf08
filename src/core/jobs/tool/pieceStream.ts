import { Readable } from 'node:stream';

/**
 * Shorter pieces are copied: streams collect them until they have enough for a write. Larger than
 * what any stream collects by default.
 */
const COPIED = 128 << 10;

/**
 * Pieces as a stream to be piped into a tool. The next piece is asked for when the one before has
 * been written, so that their source may use its memory again. `Readable.from` asks earlier.
 */
export class PieceStream extends Readable {
  constructor(private readonly pieces: AsyncGenerator<Buffer>) {
    // With 0, a stream does not read ahead while it is paused.
    super({ highWaterMark: 0 });
  }

  override _read(): void {
    this.pull().catch((error: unknown) => {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.pieces.return(undefined).then(
      () => done(error),
      (failure: unknown) => done(error ?? (failure instanceof Error ? failure : null)),
    );
  }

  private async pull(): Promise<void> {
    let piece: Buffer;
    do {
      const next = await this.pieces.next();
      if (next.done === true) {
        this.push(null);
        return;
      }
      piece = next.value;
      // An empty one would end the reading.
    } while (piece.length === 0);
    this.push(piece.length > COPIED ? piece : Buffer.from(piece));
  }
}
