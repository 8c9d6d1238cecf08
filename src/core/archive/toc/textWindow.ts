import { readBytes, type ByteSource } from '../bytes/byteSource';
import type { TextSpan } from '../../model/archive';

/** Size of one read; successive texts are close together in the file. */
const WINDOW = 1 << 20;

/** Reads many texts of a table of contents, in ascending order. */
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
