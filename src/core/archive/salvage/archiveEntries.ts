import { openFileSource, type ByteSource } from '../bytes/byteSource';
import { BlockReader } from '../data/blockReader';
import { BlockWalker } from '../data/customBlocks';
import { directorySizes } from '../data/directoryMembers';
import {
  blockData,
  directoryEntry,
  largeObjectsOf,
  membersOf,
  tarEntry,
  type StoredData,
  type StoredDataOptions,
} from '../data/storedData';
import type { Toc } from '../toc/toc';
import { TocDamage } from '../toc/tocCursor';

/** Reads the data of single entries, even if data between them are damaged. */
export interface ArchiveEntries {
  /**
   * The data of one entry: of its table, or of each of its large objects.
   *
   * @throws TocDamage for invalid data; the errors of reading
   */
  of(index: number, options: StoredDataOptions): AsyncGenerator<StoredData>;
  /** Size of the archive in bytes; null for a directory. */
  size: number | null;
  close(): Promise<void>;
}

/** @throws AppError `inputMissing`, `inputUnreadable`, `cancelled` */
export async function openEntries(toc: Toc, signal?: AbortSignal): Promise<ArchiveEntries> {
  if (toc.header.format === 'directory') {
    const sizes = await directorySizes(toc.path, signal);
    return {
      of: (index, options) => directoryEntry({ toc, sizes, index }, options),
      size: null,
      close: () => Promise.resolve(),
    };
  }
  const source = await openFileSource(toc.file);
  try {
    const close = (): Promise<void> => source.close();
    const { size } = source;
    if (toc.header.format === 'tar') {
      const members = await membersOf(source, signal);
      return {
        of: (index, options) => tarEntry({ toc, source, members, index }, options),
        size,
        close,
      };
    }
    const found = await blocksWithoutOffset(source, toc, signal);
    return {
      of: async function* (index, options) {
        const offset = toc.dataOffset(index) ?? found.get(toc.dumpId(index));
        if (offset === undefined || offset >= size) {
          options.onMissing(index, toc.tag(index));
          return;
        }
        const reader = new BlockReader(source, toc, offset, options);
        const { largeObjects, dumpId } = await reader.head();
        if (dumpId !== toc.dumpId(index)) throw new TocDamage(offset, 'data block');
        if (largeObjects) yield* largeObjectsOf(toc, index, reader);
        else yield blockData(toc, index, reader);
      },
      size,
      close,
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Offsets of blocks that the table of contents lacks, up to the first damage. */
async function blocksWithoutOffset(
  source: ByteSource,
  toc: Toc,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  if (toc.withData().every((index) => toc.dataOffset(index) !== null)) return found;
  const walker = new BlockWalker(source, toc, toc.endOffset, signal ? { signal } : {});
  let at = walker.position;
  try {
    while (!walker.atEnd) {
      at = walker.position;
      found.set((await walker.next()).dumpId, at);
    }
  } catch (error) {
    if (!(error instanceof TocDamage)) throw error;
    const cut = /^data of entry (\d+)$/.exec(error.reading)?.[1];
    if (cut !== undefined) found.set(Number(cut), at);
  }
  return found;
}
