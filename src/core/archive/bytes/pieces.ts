import { throwIfCancelled } from '../../abort';
import { openFileSource, readBytes, type ByteSource } from './byteSource';

const FIRST_PIECE = 64 << 10;
const LARGEST_PIECE = 1 << 20;

export interface PieceOptions {
  signal?: AbortSignal | undefined;
  /** Called with the number of bytes of each piece. */
  onRead?: ((bytes: number) => void) | undefined;
}

/** A range of bytes. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Reads a range of a source in pieces. The first pieces are small, for callers that need only the
 * beginning. Ends at the end of the source. The caller may keep the pieces.
 *
 * @throws AppError `inputUnreadable`, `cancelled`
 */
export async function* sourcePieces(
  source: ByteSource,
  { start, end }: ByteRange,
  options: PieceOptions = {},
): AsyncGenerator<Buffer> {
  let size = FIRST_PIECE;
  for (let at = start; at < end;) {
    throwIfCancelled(options.signal);
    const piece = await readBytes(source, at, Math.min(size, end - at));
    if (piece.length === 0) return;
    options.onRead?.(piece.length);
    yield piece;
    at += piece.length;
    size = Math.min(size * 2, LARGEST_PIECE);
  }
}

/**
 * Reads a whole file in pieces, like `sourcePieces`.
 *
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function* filePieces(
  path: string,
  options: PieceOptions = {},
): AsyncGenerator<Buffer> {
  const source = await openFileSource(path);
  try {
    yield* sourcePieces(source, { start: 0, end: source.size }, options);
  } finally {
    await source.close();
  }
}

/** Yields the pieces in `first`, then those of `rest`; closes `rest` when the caller stops early. */
export async function* continued(
  first: readonly Buffer[],
  rest: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  try {
    yield* first;
    yield* rest;
  } finally {
    // Needed even if `rest` has not been iterated: it holds a file open.
    await rest.return(undefined);
  }
}
