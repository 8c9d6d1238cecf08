import { AppError } from '../../errors';
import { blockTypes } from '../data/blockCursor';
import type { ByteSource } from '../bytes/byteSource';
import { ChunkReader } from '../data/chunkReader';
import { BlockWalker } from '../data/customBlocks';
import type { Toc } from '../toc/toc';
import { TocDamage, needMore } from '../toc/tocCursor';
import type { ArchiveDocument, ReadOptions } from '../document/documentTypes';

const firstWindow = 64 << 10;
const largestWindow = 1 << 20;

/** The further it is read, the larger the window. */
class OneBlock extends ChunkReader {
  private size = firstWindow;

  /** The block must be one of rows, of that entry. */
  async head(dumpId: number): Promise<void> {
    const { cursor } = this;
    const at = this.position;
    cursor.reading = `data of entry ${dumpId}`;
    const type = await this.read(() => cursor.byte());
    if (type !== blockTypes.rows || (await this.read(() => cursor.int())) !== dumpId) {
      throw cursor.damage(at);
    }
  }

  protected windowSize(): number {
    const { size } = this;
    this.size = Math.min(size * 2, largestWindow);
    return size;
  }
}

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
  const block = new OneBlock(source, toc, offset, { signal });
  try {
    await block.head(dumpId);
    yield* block.chunks();
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
