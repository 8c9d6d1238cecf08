import { openFileSource } from '../bytes/byteSource';
import { sourcePieces } from '../bytes/pieces';
import type { Toc } from '../toc/toc';
import type { ArchiveWriter } from './archiveWriter';

/** Where an entry's file name stands in a directory's toc.dat, with its length. */
export interface FileNamePlace {
  start: number;
  end: number;
}

/** Where the number of the format stands, and that of the custom one. */
const FORMAT_AT = 10;
const CUSTOM = 1;
/** What is known of where an entry's data are. */
const STATES = { at: 2, none: 3 } as const;

export interface CustomToc {
  /** Where the table of contents begins in its file, in bytes: in a tar it is a member. Default 0. */
  start?: number;
  /** Of all entries, in their order. */
  names: readonly FileNamePlace[];
  /** Where the data of an entry begin in the new file, by its index. */
  offsets: ReadonlyMap<number, number>;
  writer: ArchiveWriter;
  signal: AbortSignal | undefined;
}

/**
 * Writes a directory's table of contents as that of a custom archive: the same but for the format
 * and, at the end of each entry, the place of its data instead of a file's name.
 *
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function writeCustomToc(
  toc: Toc,
  { start: first = 0, names, offsets, writer, signal }: CustomToc,
): Promise<void> {
  const cuts = [
    { start: first + FORMAT_AT, end: first + FORMAT_AT + 1, by: () => Buffer.of(CUSTOM) },
    ...names.map(({ start, end }, index) => ({
      start,
      end,
      by: () => place(offsets.get(index), toc.sizes.offset),
    })),
  ];
  const source = await openFileSource(toc.file);
  try {
    let next = 0;
    let base = first;
    const range = { start: first, end: toc.endOffset };
    for await (const piece of sourcePieces(source, range, { signal })) {
      for (let at = 0; at < piece.length;) {
        const cut = cuts[next];
        const until = (cut?.start ?? Infinity) - base;
        if (until > at) {
          const end = Math.min(until, piece.length);
          await writer.bytes(piece.subarray(at, end));
          at = end;
          continue;
        }
        if (cut === undefined) break;
        if (until === at) await writer.bytes(cut.by());
        at = Math.min(piece.length, cut.end - base);
        if (base + at === cut.end) next++;
      }
      base += piece.length;
    }
  } finally {
    await source.close();
  }
}

function place(offset: number | undefined, offsetBytes: number): Buffer {
  const bytes = Buffer.alloc(1 + offsetBytes);
  bytes[0] = offset === undefined ? STATES.none : STATES.at;
  let rest = offset ?? 0;
  for (let i = 1; i <= offsetBytes; i++) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}
