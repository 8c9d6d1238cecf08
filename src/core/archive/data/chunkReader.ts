import { BlockCursor } from './blockCursor';
import type { ByteSource } from '../bytes/byteSource';
import type { Toc } from '../toc/toc';

/** Reads what is in data blocks. */
export abstract class ChunkReader extends BlockCursor {
  /** Bytes left of the current chunk; 0 between chunks. */
  private left = 0;
  private inChunks = false;

  /** `onRead` gets how many stored bytes each piece has. */
  constructor(
    source: ByteSource,
    toc: Toc,
    start: number,
    private readonly options: {
      signal?: AbortSignal | undefined;
      onRead?: ((bytes: number) => void) | undefined;
    },
  ) {
    super(source, toc, start, options.signal);
  }

  /** The bytes up to the empty chunk. Throws `TocDamage` where they end before it. */
  async *chunks(): AsyncGenerator<Buffer> {
    const { cursor } = this;
    this.inChunks = true;
    for (;;) {
      if (this.left === 0) {
        const length = await this.read(() => cursor.int());
        if (length === 0) {
          this.inChunks = false;
          return;
        }
        if (length < 0) throw cursor.damage();
        this.left = length;
      }
      if (cursor.pos >= cursor.window.length) {
        await this.fill();
        if (cursor.window.length === 0) throw cursor.damage();
      }
      const end = Math.min(cursor.window.length, cursor.pos + this.left);
      const piece = cursor.window.subarray(cursor.pos, end);
      cursor.pos = end;
      this.left -= piece.length;
      this.options.onRead?.(piece.length);
      yield piece;
    }
  }

  /** Steps over what nobody wanted of the chunks. */
  async finishChunks(): Promise<void> {
    if (!this.inChunks) return;
    for await (const piece of this.chunks()) void piece;
  }
}
