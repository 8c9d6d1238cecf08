import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors';
import { DecodeError } from '../bytes/byteQueue';
import type { ByteSource } from '../bytes/byteSource';
import { CooperativeLoop } from '../../cooperativeLoop';
import { CODECS } from '../compression/codecs';
import { damaged } from '../compression/decompress';
import { isMemberName } from '../file/memberNames';
import type { TarMember } from '../file/tarMembers';
import type { Toc } from '../toc/toc';
import { TocDamage, needMore } from '../toc/tocCursor';
import { BlockReader } from './blockReader';
import { BlockWalker } from './customBlocks';
import { directoryMember } from './directoryMembers';
import { memberFile } from './memberFiles';
import {
  blockData,
  fileData,
  membersOf,
  tarMemberData,
  unpackStored,
  type StoredData,
} from './storedData';
import { tarMemberNames } from './tarCheck';

export interface EntryDataOptions {
  signal?: AbortSignal | undefined;
  /** Called during the search for data in an archive without offsets: bytes of the file so far. */
  onSearch?: ((bytes: number, total: number) => void) | undefined;
}

/** Reads the data of single entries, and caches where they are. */
export class EntryData {
  /** Members of a tar archive; null = not read yet. */
  private members: ReadonlyMap<string, TarMember> | null = null;
  /** Offsets of blocks by dump id, as found by searches so far. */
  private readonly found = new Map<number, number>();
  /** Blocks before this offset have been searched. */
  private searched: number | null = null;

  /** `openSource` opens the file with the data (not for directories); it is closed after reading. */
  constructor(
    private readonly toc: Toc,
    private readonly openSource: () => Promise<ByteSource>,
  ) {}

  /**
   * The rows of an entry, unpacked. The cost does not depend on their place in the file, except in
   * custom archives without offsets.
   *
   * @throws AppError `rowsUnavailable`, `archiveDamaged`, `inputChanged`, `inputMissing`,
   *   `inputUnreadable`, `cancelled`
   */
  async *pieces(index: number, options: EntryDataOptions = {}): AsyncGenerator<Buffer> {
    if (this.toc.header.format === 'directory') {
      yield* this.content(await this.ofDirectory(index, options), options.signal);
      return;
    }
    const source = await this.openSource();
    try {
      const isTar = this.toc.header.format === 'tar';
      const stored = isTar
        ? await this.ofTar(source, index, options)
        : await this.ofCustom(source, index, options);
      yield* this.content(stored, options.signal);
    } finally {
      await source.close();
    }
  }

  private async *content(
    stored: StoredData,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Buffer> {
    const loop = new CooperativeLoop(signal);
    const { path } = this.toc;
    try {
      for await (const piece of unpackStored(stored, signal)) {
        yield piece;
        if (loop.shouldYield) await loop.yield();
      }
    } catch (error) {
      if (error instanceof DecodeError) {
        const inMember = this.toc.header.format === 'directory';
        throw damaged(inMember ? join(path, stored.file) : path, error, stored.offset);
      }
      if (error instanceof TocDamage) {
        const { offset, reading } = error;
        throw new AppError('archiveDamaged', { path, offset, reading });
      }
      // The file became shorter while it was read.
      if (error === needMore) throw new AppError('inputChanged', { path });
      throw error;
    }
  }

  private missing(index: number): AppError<'rowsUnavailable'> {
    return new AppError('rowsUnavailable', { name: this.toc.tag(index), reason: 'missing' });
  }

  private async ofDirectory(index: number, options: EntryDataOptions): Promise<StoredData> {
    const { toc } = this;
    const name = toc.fileName(index) ?? '';
    const sizes = new Map<string, number>();
    if (isMemberName(name)) {
      const root = await realpath(toc.path);
      for (const { ending } of CODECS) {
        if (ending === null) continue;
        const file = await memberFile(root, join(toc.path, name + ending));
        if (file !== null) sizes.set(name + ending, file.size);
      }
    }
    const member = directoryMember(toc.path, sizes, name);
    if (member === null) throw this.missing(index);
    return fileData(index, member, options);
  }

  private async ofTar(
    source: ByteSource,
    index: number,
    { signal }: EntryDataOptions,
  ): Promise<StoredData> {
    this.members ??= await membersOf(source, signal);
    const [name = ''] = tarMemberNames(this.toc, index);
    const member = this.members.get(name);
    if (member === undefined) throw this.missing(index);
    const data = tarMemberData(source, index, member, { signal });
    return { ...data, pieces: this.whole(data.pieces, source, member) };
  }

  /** Yields what a truncated tar member has, then throws. */
  private async *whole(
    pieces: AsyncGenerator<Buffer>,
    source: ByteSource,
    { name, offset, size }: TarMember,
  ): AsyncGenerator<Buffer> {
    yield* pieces;
    if (offset + size <= source.size) return;
    const details = { path: this.toc.path, offset: source.size, reading: `tar member ${name}` };
    throw new AppError('archiveDamaged', details);
  }

  private async ofCustom(
    source: ByteSource,
    index: number,
    options: EntryDataOptions,
  ): Promise<StoredData> {
    const { toc } = this;
    const dumpId = toc.dumpId(index);
    const offset = toc.dataOffset(index) ?? (await this.search(source, dumpId, options));
    if (offset === null) throw this.missing(index);
    const reader = new BlockReader(source, toc, offset, options);
    const data = blockData(toc, index, reader);
    return { ...data, pieces: rowsOf(reader, dumpId) };
  }

  /**
   * Finds the data block of an entry in an archive without offsets (pg_dump wrote it to a pipe) by
   * walking over the blocks before it. Later searches continue from there. null = not found.
   */
  private async search(
    source: ByteSource,
    dumpId: number,
    { signal, onSearch }: EntryDataOptions,
  ): Promise<number | null> {
    const known = this.found.get(dumpId);
    if (known !== undefined) return known;
    const watched: ByteSource = {
      size: source.size,
      read: (target, position) => {
        onSearch?.(position, source.size);
        return source.read(target, position);
      },
      close: () => source.close(),
    };
    this.searched ??= this.toc.endOffset;
    const walker = new BlockWalker(watched, this.toc, this.searched, { signal });
    try {
      while (!walker.atEnd) {
        const at = walker.position;
        // The walker reports a block only after it has skipped the rows.
        const block = await walker.next();
        this.found.set(block.dumpId, at);
        this.searched = block.end;
        if (block.dumpId === dumpId) return at;
      }
      return null;
    } catch (error) {
      if (!(error instanceof TocDamage)) throw error;
      // A truncated block is shown as far as it goes; any other damage ends the search.
      return error.reading === `data of entry ${dumpId}` ? this.searched : null;
    }
  }
}

async function* rowsOf(reader: BlockReader, dumpId: number): AsyncGenerator<Buffer> {
  await reader.headOf(dumpId);
  yield* reader.chunks();
}
