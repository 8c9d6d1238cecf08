import { throwIfCancelled } from './abort';
import { openFileSource, readBytes, type ByteSource } from './byteSource';

const FIRST_PIECE = 64 << 10;
const LARGEST_PIECE = 1 << 20;

export interface PieceOptions {
  signal?: AbortSignal | undefined;
  /** Called with the bytes of each piece. */
  onRead?: ((bytes: number) => void) | undefined;
}

/** Where pieces are read from, in bytes. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * A range of a source in pieces, the first ones small: who wants a look needs no more. Ends where the
 * source ends. Each piece is the caller's to keep.
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
 * The same of a whole file.
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

/** A first piece, then the others; ends them when its own reader stops early. */
export async function* continued(
  first: readonly Buffer[],
  rest: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  try {
    yield* first;
    yield* rest;
  } finally {
    // The rest, which holds a file open, is only begun after the first piece.
    await rest.return(undefined);
  }
}
