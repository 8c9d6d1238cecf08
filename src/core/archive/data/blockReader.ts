import { BlockCursor, BLOCK_TYPES } from './blockCursor';
import type { ByteSource } from '../bytes/byteSource';
import type { PieceOptions } from '../bytes/pieces';
import type { Toc } from '../toc/toc';

const FIRST_WINDOW = 64 << 10;
const LARGEST_WINDOW = 1 << 20;

/**
 * Reads the content of a custom archive's data blocks from `start`, the offset of a block. Bytes
 * before `start` are not read. The window grows while reading goes on, so that a short look reads little.
 */
export class BlockReader extends BlockCursor {
  private size = FIRST_WINDOW;
  /** Remaining bytes of the current chunk; 0 between chunks. */
  private left = 0;
  private inChunks = false;

  constructor(
    source: ByteSource,
    toc: Toc,
    start: number,
    private readonly options: PieceOptions,
  ) {
    super(source, toc, start, options.signal);
  }

  /** Type and dump id of the next block. @throws TocDamage if there is no valid block */
  async head(): Promise<{ largeObjects: boolean; dumpId: number }> {
    const { cursor } = this;
    const at = this.position;
    cursor.reading = 'data block';
    const type = await this.read(() => cursor.byte());
    const dumpId = await this.read(() => cursor.int());
    const largeObjects = type === BLOCK_TYPES.largeObjects;
    if ((!largeObjects && type !== BLOCK_TYPES.rows) || dumpId <= 0) throw cursor.damage(at);
    cursor.reading = `data of entry ${dumpId}`;
    return { largeObjects, dumpId };
  }

  /** Reads a block's head, which must be for the rows of this entry. @throws TocDamage */
  async headOf(dumpId: number): Promise<void> {
    const { cursor } = this;
    const at = this.position;
    cursor.reading = `data of entry ${dumpId}`;
    const type = await this.read(() => cursor.byte());
    if (type !== BLOCK_TYPES.rows || (await this.read(() => cursor.int())) !== dumpId) {
      throw cursor.damage(at);
    }
  }

  /** Oid of the block's next large object; 0 = there is no further one. */
  async oid(): Promise<number> {
    return this.read(() => this.cursor.oid());
  }

  /** The chunks up to the empty one. @throws TocDamage if the data end before it */
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

  /** Skips the remaining chunks. */
  async finishChunks(): Promise<void> {
    if (!this.inChunks) return;
    for await (const piece of this.chunks()) void piece;
  }

  protected windowSize(): number {
    const { size } = this;
    this.size = Math.min(size * 2, LARGEST_WINDOW);
    return size;
  }
}
