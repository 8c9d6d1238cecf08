import { throwIfCancelled } from '../bytes/abort';
import { readBytes, type ByteSource } from '../bytes/byteSource';
import type { Toc } from '../toc/toc';
import { TocCursor, needMore } from '../toc/tocCursor';

/** First byte of a data block: rows of one table, or contents of large objects. */
export const BLOCK_TYPES = { rows: 1, largeObjects: 3 } as const;

/** Steps through the data blocks of a custom archive, with a window of its bytes in memory. */
export abstract class BlockCursor {
  protected readonly cursor: TocCursor;

  /** `start`: where a block begins. */
  constructor(
    protected readonly source: ByteSource,
    toc: Toc,
    start: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.cursor = new TocCursor(source.size);
    this.cursor.intSize = toc.sizes.int;
    this.cursor.offsetSize = toc.sizes.offset;
    this.cursor.base = start;
  }

  /** Absolute, in the file. */
  get position(): number {
    return this.cursor.base + this.cursor.pos;
  }

  get atEnd(): boolean {
    return this.position >= this.source.size;
  }

  /** How many bytes are worth reading from here on. */
  protected abstract windowSize(): number;

  /** The bytes from `at` on, at most `size`. */
  protected load(at: number, size: number): Promise<Buffer> {
    return readBytes(this.source, at, size);
  }

  /** Moves the window to where the cursor is. */
  protected async fill(): Promise<void> {
    throwIfCancelled(this.signal);
    const at = this.position;
    this.cursor.window = await this.load(at, this.windowSize());
    this.cursor.base = at;
    this.cursor.pos = 0;
  }

  /** A value that the cursor reads, from the next window when this one ends before it. */
  protected async read(value: () => number): Promise<number> {
    try {
      return value();
    } catch (error) {
      if (error !== needMore) throw error;
      await this.fill();
      return value();
    }
  }
}
