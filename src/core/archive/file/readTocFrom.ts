import { setImmediate as nextTurn } from 'node:timers/promises';
import { CooperativeLoop } from '../../cooperativeLoop';
import { AppError } from '../../errors';
import type { ByteSource } from '../bytes/byteSource';
import { Toc } from '../toc/toc';
import { TocCursor, TocDamage, needMore } from '../toc/tocCursor';
import { UnknownVersion, readTocHeader, type TocHeader } from '../toc/tocHeader';
import { TocParser, type FileNameListener } from '../toc/tocParser';

export interface TocOptions {
  signal?: AbortSignal | undefined;
  /** Called once, when the header has been read; the table of contents is then filled. */
  onHeader?: ((header: TocHeader, toc: Toc) => void) | undefined;
  /** Called between slices with the number of entries and bytes read so far. */
  onProgress?: ((entries: number, bytes: number) => void) | undefined;
  /** Called for each entry of a directory or tar archive, in order, up to the first damage. */
  onFileName?: FileNameListener | undefined;
}

/** The first read is small, as most archives are; further pieces are parsed in a few ms each. */
const FIRST_WINDOW = 256 << 10;
const WINDOW = 1 << 20;
/** No part of an entry is larger; dependencies on millions of large objects come close. */
const MAX_WINDOW = 256 << 20;
const SLICE_MS = 12;
/** No entry takes fewer bytes in the file: it has more than a dozen numbers and lengths. */
const LEAST_ENTRY = 40;
/** Room for more entries than this, some 80 MB, is made only when they are there. */
const MOST_RESERVED = 1 << 20;

/** Place of a table of contents in a source, and the archive that it belongs to. */
export interface TocPlace {
  path: string;
  file: string;
  container: 'custom' | 'directory' | 'tar';
  start: number;
  end: number;
}

/** `readToc` for a source that is open already. */
export async function readTocFrom(
  source: ByteSource,
  place: TocPlace,
  options: TocOptions = {},
): Promise<Toc> {
  const { signal } = options;
  const cursor = new TocCursor(place.end);
  cursor.base = place.start;
  let size = FIRST_WINDOW;
  let buffer: Buffer = Buffer.allocUnsafe(Math.min(size, place.end - place.start));
  const fill = async (): Promise<void> => {
    const at = cursor.base + cursor.pos;
    const wanted = Math.max(0, Math.min(size, place.end - at));
    if (buffer.length < wanted) buffer = Buffer.allocUnsafe(wanted);
    const read = await source.read(buffer.subarray(0, wanted), at);
    cursor.base = at;
    cursor.pos = 0;
    cursor.window = buffer.subarray(0, read);
    if (signal?.aborted) throw new AppError('cancelled', {});
  };

  await fill();
  const header = readHeader(cursor, place);
  const sizes = { int: cursor.intSize, offset: cursor.offsetSize };
  const toc = new Toc(place.path, place.file, header, sizes);
  // A damaged header may tell any number.
  const possible = Math.ceil((place.end - place.start) / LEAST_ENTRY);
  const room = Math.min(header.tocCount, possible, MOST_RESERVED);
  await toc.reserve(room, new CooperativeLoop(signal));
  options.onHeader?.(header, toc);
  const parser = new TocParser(cursor, toc, header, options.onFileName);
  let since = performance.now();
  try {
    while (!parser.run()) {
      const before = cursor.base + cursor.pos;
      const whole = cursor.pos === 0 && cursor.window.length === size;
      // If a full window is too small for one part of an entry, the window grows; else it moves on.
      if (whole && size >= WINDOW) size *= 2;
      else size = WINDOW;
      if (size > MAX_WINDOW) throw cursor.damage(before);
      options.onProgress?.(toc.count, before - place.start);
      const shorter = cursor.pos === 0 ? cursor.window.length : 0;
      await fill();
      // The file became shorter while it was read.
      if (cursor.window.length <= shorter) throw cursor.damage(before);
      if (performance.now() - since > SLICE_MS) {
        await nextTurn();
        since = performance.now();
      }
    }
  } catch (error) {
    if (!(error instanceof TocDamage)) throw error;
    toc.damage = { offset: error.offset, reading: `${error.reading} of entry ${toc.count + 1}` };
  }
  toc.encoding = parser.encoding;
  toc.endOffset = cursor.base + cursor.pos;
  return toc;
}

function readHeader(cursor: TocCursor, place: TocPlace): TocHeader {
  const damaged = (offset: number): AppError =>
    new AppError('archiveDamaged', { path: place.path, offset, reading: cursor.reading });
  try {
    return readTocHeader(cursor, place.container);
  } catch (error) {
    if (error instanceof UnknownVersion) {
      throw new AppError('archiveVersionUnsupported', { path: place.path, version: error.version });
    }
    if (error instanceof TocDamage) throw damaged(error.offset);
    // The names in the header take more than the 256 kB that were read.
    if (error === needMore) throw damaged(cursor.base + cursor.pos);
    throw error;
  }
}
