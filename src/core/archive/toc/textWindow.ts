import { readBytes, type ByteSource } from '../bytes/byteSource';
import type { TextSpan } from '../../model/archive';

/** Bytes that are read at once: the texts lie one behind the other. */
const WINDOW = 1 << 20;

/** Reads texts of a table of contents that lie in ascending order, many at a time. */
export class TextWindow {
  private bytes: Buffer = Buffer.alloc(0);
  private start = 0;

  constructor(private readonly source: ByteSource) {}

  async read({ offset, length }: TextSpan): Promise<Buffer> {
    const inside = offset >= this.start && offset + length <= this.start + this.bytes.length;
    if (!inside) {
      this.start = offset;
      this.bytes = await readBytes(this.source, offset, Math.max(length, WINDOW));
    }
    return this.bytes.subarray(offset - this.start, offset - this.start + length);
  }
}
