import { openFileSource } from '../bytes/byteSource';
import { sourcePieces } from '../bytes/pieces';
import type { Toc } from '../toc/toc';
import type { ArchiveWriter } from './archiveWriter';

/** Place of an entry's file name, with its length field, in a directory's toc.dat. */
export interface FileNamePlace {
  start: number;
  end: number;
}

/** Offset of the format number, and (next) the number of the custom format. */
const FORMAT_AT = 10;
const CUSTOM = 1;
/** States of an entry's data offset. */
const STATES = { at: 2, none: 3 } as const;

export interface CustomToc {
  /** Offset of the table of contents in its file (in a tar archive it is a member). Default 0. */
  start?: number;
  /** Places of all file names, in the order of entries. */
  names: readonly FileNamePlace[];
  /** Offset of an entry's data in the new file, by the entry's index. */
  offsets: ReadonlyMap<number, number>;
  writer: ArchiveWriter;
  signal: AbortSignal | undefined;
}

/**
 * Writes a directory's table of contents as that of a custom archive. They differ in the format
 * number, and at the end of each entry, which has the offset of its data in place of a file name.
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
