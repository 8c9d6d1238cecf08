import { AppError } from '../../errors';
import { throwIfCancelled } from '../abort';
import { readBytes, type ByteSource } from '../byteSource';
import { BlockWalker } from '../customBlocks';
import type { Toc } from '../toc';
import { TocCursor, TocDamage, needMore } from '../tocCursor';
import type { ArchiveDocument, ReadOptions } from './documentTypes';

const dataBlock = 1;
const firstWindow = 64 << 10;
const largestWindow = 1 << 20;

/**
 * The stored bytes of one data block of a custom archive, in pieces. The first read brings the
 * block's head and the beginning of its data: what lies before it in the file costs nothing.
 *
 * Throws `archiveDamaged` where there is no such block, or where it ends early.
 */
export async function* readBlock(
  source: ByteSource,
  toc: Toc,
  offset: number,
  dumpId: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const cursor = new TocCursor(source.size);
  cursor.intSize = toc.sizes.int;
  cursor.offsetSize = toc.sizes.offset;
  cursor.base = offset;
  cursor.reading = `data of entry ${dumpId}`;
  let size = firstWindow;
  const fill = async (): Promise<void> => {
    throwIfCancelled(signal);
    const at = cursor.base + cursor.pos;
    cursor.window = await readBytes(source, at, size);
    cursor.base = at;
    cursor.pos = 0;
    size = Math.min(size * 2, largestWindow);
  };
  const read = async (value: () => number): Promise<number> => {
    try {
      return value();
    } catch (e) {
      if (e !== needMore) throw e;
      await fill();
      return value();
    }
  };
  try {
    const type = await read(() => cursor.byte());
    if (type !== dataBlock || (await read(() => cursor.int())) !== dumpId) {
      throw cursor.damage(offset);
    }
    for (;;) {
      let left = await read(() => cursor.int());
      if (left === 0) return;
      if (left < 0) throw cursor.damage();
      while (left > 0) {
        if (cursor.pos >= cursor.window.length) {
          await fill();
          if (cursor.window.length === 0) throw cursor.damage();
        }
        const end = Math.min(cursor.window.length, cursor.pos + left);
        const piece = cursor.window.subarray(cursor.pos, end);
        cursor.pos = end;
        left -= piece.length;
        yield piece;
      }
    }
  } catch (e) {
    throw asDamage(e, toc.path);
  }
}

function asDamage(e: unknown, path: string): unknown {
  if (e instanceof TocDamage) {
    return new AppError('archiveDamaged', { path, offset: e.offset, reading: e.reading });
  }
  // The file was cut while it was read.
  if (e === needMore) return new AppError('inputChanged', { path });
  return e;
}

interface Search {
  offsets: Map<number, number>;
  /** Everything before it has been seen. */
  position: number;
}

/** What earlier searches have found. */
const searches = new WeakMap<ArchiveDocument, Search>();

/**
 * Where the data block of an entry begins in an archive without offsets (written to a pipe): steps
 * over the blocks before it. Later searches go on from there. null if there is none.
 */
export async function findBlock(
  document: ArchiveDocument,
  source: ByteSource,
  toc: Toc,
  dumpId: number,
  options: ReadOptions & { onSearch?: ((bytes: number, total: number) => void) | undefined },
): Promise<number | null> {
  let search = searches.get(document);
  if (search === undefined) {
    search = { offsets: new Map(), position: toc.endOffset };
    searches.set(document, search);
  }
  const known = search.offsets.get(dumpId);
  if (known !== undefined) return known;
  const watched: ByteSource = {
    size: source.size,
    read: (target, position) => {
      options.onSearch?.(position, source.size);
      return source.read(target, position);
    },
    close: () => source.close(),
  };
  const walker = new BlockWalker(watched, toc, search.position, { signal: options.signal });
  try {
    while (!walker.atEnd) {
      const at = walker.position;
      // The head is known before the rows have been stepped over, but the walker tells it behind.
      const block = await walker.next();
      search.offsets.set(block.dumpId, at);
      search.position = block.end;
      if (block.dumpId === dumpId) return at;
    }
    return null;
  } catch (e) {
    if (!(e instanceof TocDamage)) throw e;
    // A block that ends early can be shown as far as it goes; anything else is the end of blocks.
    if (e.reading === `data of entry ${dumpId}`) return search.position;
    return null;
  }
}
