import { throwIfCancelled } from '../../abort';
import { readBytes, type ByteSource } from '../bytes/byteSource';
import type { Toc } from '../toc/toc';
import { TocCursor, needMore } from '../toc/tocCursor';

/** First byte of a data block: rows of one table, or the contents of large objects. */
export const BLOCK_TYPES = { rows: 1, largeObjects: 3 } as const;

/** Steps through the data blocks of a custom archive, with a window of its bytes in memory. */
export abstract class BlockCursor {
  protected readonly cursor: TocCursor;

  /** `start`: offset of a block's first byte. */
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

  /** Offset in the file. */
  get position(): number {
    return this.cursor.base + this.cursor.pos;
  }

  get atEnd(): boolean {
    return this.position >= this.source.size;
  }

  /** Number of bytes to read at the present position. */
  protected abstract windowSize(): number;

  /** Reads at most `size` bytes from offset `at`. */
  protected load(at: number, size: number): Promise<Buffer> {
    return readBytes(this.source, at, size);
  }

  /** Moves the window to the cursor's position. */
  protected async fill(): Promise<void> {
    throwIfCancelled(this.signal);
    const at = this.position;
    this.cursor.window = await this.load(at, this.windowSize());
    this.cursor.base = at;
    this.cursor.pos = 0;
  }

  /** Reads a value; if the window ends within it, moves the window and reads again. */
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
