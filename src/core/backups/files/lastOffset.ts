import type { FileHandle } from 'node:fs/promises';
import { openFileSource, readBytes } from '../../archive/bytes/byteSource';
import { readTocFrom } from '../../archive/file/readTocFrom';
import type { Toc } from '../../archive/toc/toc';
import { MAGIC } from '../../archive/toc/tocHeader';
import { openRegular } from '../../files/regularFile';

/** State of data whose offset pg_dump has written, in the table of contents of a custom archive. */
const WRITTEN = 2;

/**
 * Tells when pg_dump is done with a custom archive: at last it writes the table of contents again,
 * with the offset of each data, the last of them after all others.
 */
export class LastOffset {
  /** Of the byte with the state of the last data; null = nothing tells when the archive is done. */
  private place: number | null | undefined;
  private asked = 0;
  private handle: FileHandle | null = null;

  constructor(private readonly file: string) {}

  /**
   * Has pg_dump written the last offset? false also while the first table of contents is being
   * written; null = that cannot be told, as in an archive without data.
   */
  async isWritten(): Promise<boolean | null> {
    // A large table of contents takes a while to be written, and each time to be read.
    if (this.place === undefined && isPowerOf2(++this.asked)) this.place = await this.find();
    if (this.place === undefined) return false;
    return this.place === null ? null : (await this.byteAt(this.place)) === WRITTEN;
  }

  private async find(): Promise<number | null | undefined> {
    const places: number[] = [];
    try {
      const toc = await this.readToc((start) => places.push(start));
      if (toc === null) return null;
      if (toc.damage !== null) return undefined;
      return places[toc.withData().at(-1) ?? -1] ?? null;
    } catch {
      return undefined;
    }
  }

  /** null = this is no archive, which those who know other files need not be asked for. */
  private async readToc(onFileName: (start: number) => void): Promise<Toc | null> {
    const { file } = this;
    const source = await openFileSource(file);
    try {
      const begin = (await readBytes(source, 0, MAGIC.length)).toString('latin1');
      if (begin === '' || !MAGIC.startsWith(begin)) return null;
      const place = { path: file, file, container: 'custom', start: 0, end: source.size } as const;
      return await readTocFrom(source, place, { onFileName });
    } finally {
      await source.close();
    }
  }

  /** Closes the file. To be called when nothing is asked any more. */
  async close(): Promise<void> {
    const { handle } = this;
    this.handle = null;
    await handle?.close().catch(() => undefined);
  }

  /** The file stays open: opening it takes three times as long as this one byte. */
  private async byteAt(place: number): Promise<number | undefined> {
    try {
      this.handle ??= await openRegular(this.file);
      const { buffer, bytesRead } = await this.handle.read(Buffer.alloc(1), 0, 1, place);
      return bytesRead === 1 ? buffer[0] : undefined;
    } catch {
      await this.close();
      return undefined;
    }
  }
}

const isPowerOf2 = (count: number): boolean => (count & (count - 1)) === 0;
