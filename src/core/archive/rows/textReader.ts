import { throwIfCancelled } from '../../abort';
import { readBytes, type ByteSource } from '../bytes/byteSource';
import { decompressed } from '../compression/decompress';
import type { ArchiveDocument, ReadOptions } from '../document/documentTypes';

/** Reads parts of a dump's text; fastest in ascending order. */
export interface TextReader {
  /** Bytes from `start` to `end`, fewer at the end of the text. Later reads reuse the buffer. */
  read(start: number, end: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Maximum size of a text that is read into memory. */
export const MAX_TEXT_LENGTH = 64 << 20;
const WINDOW_SIZE = 1 << 20;

/**
 * Opens the text of a dump: the file with an archive's table of contents, or the uncompressed content
 * of a script.
 * @throws AppError `inputChanged`, `inputMissing`, `inputUnreadable`
 */
export async function openText(
  document: ArchiveDocument,
  options: ReadOptions = {},
): Promise<TextReader> {
  await document.assertUnchanged();
  const { kind } = document;
  const packed = kind.kind === 'plain' && (kind.compression !== 'none' || kind.encoding !== 'utf8');
  if (packed) return new StreamReader(document, options.signal);
  return new WindowReader(await document.openSource(), options.signal);
}

/** Random access through one window, because successive texts are close together. */
class WindowReader implements TextReader {
  private window: Buffer = Buffer.alloc(0);
  private base = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async read(start: number, end: number): Promise<Buffer> {
    const length = Math.min(end - start, MAX_TEXT_LENGTH);
    if (start < this.base || start + length > this.base + this.window.length) {
      throwIfCancelled(this.signal);
      // The first read is small, because often only one text is needed.
      const ahead = this.window.length === 0 ? 16 << 10 : WINDOW_SIZE;
      this.window = await readBytes(this.source, start, Math.max(length, ahead));
      this.base = start;
    }
    return this.window.subarray(start - this.base, start - this.base + length);
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

/** Unpacks a compressed script from its beginning, and again for each step backwards. */
class StreamReader implements TextReader {
  private pieces: AsyncGenerator<Buffer> | null = null;
  private window: Buffer = Buffer.alloc(0);
  private base = 0;

  constructor(
    private readonly document: ArchiveDocument,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async read(start: number, end: number): Promise<Buffer> {
    if (this.pieces === null || start < this.base) await this.restart();
    const length = Math.min(end - start, MAX_TEXT_LENGTH);
    const parts: Buffer[] = [];
    let have = 0;
    for (;;) {
      const from = start + have - this.base;
      if (from < this.window.length) {
        const part = this.window.subarray(from, from + length - have);
        parts.push(part);
        have += part.length;
      }
      if (have >= length) break;
      const next = await this.pieces!.next();
      if (next.done === true) break;
      this.base += this.window.length;
      this.window = next.value;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  private async restart(): Promise<void> {
    await this.close();
    const { kind, path } = this.document;
    if (kind.kind !== 'plain') throw new TypeError('only scripts are compressed as a whole');
    this.pieces = decompressed(path, kind.compression, {
      signal: this.signal,
      encoding: kind.encoding,
    });
    this.window = Buffer.alloc(0);
    this.base = 0;
  }

  async close(): Promise<void> {
    await this.pieces?.return(undefined);
    this.pieces = null;
  }
}
