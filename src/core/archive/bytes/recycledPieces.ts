import { throwIfCancelled } from '../../abort';
import { openFileSource } from './byteSource';
import type { PieceOptions } from './pieces';

const FIRST_PIECE = 64 << 10;
const LARGEST_PIECE = 1 << 20;
/** One piece is being read while the caller has one, and still needs the end of the one before. */
const BUFFERS = 3;

/**
 * Reads a whole file in pieces, each while the caller works on the one before. The memory of a piece
 * is used again: the caller may keep it until it asks for the piece after the next one. (New memory
 * for each piece makes the runtime collect garbage for longer than the reading takes.)
 *
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function* recycledPieces(
  path: string,
  { signal, onRead }: PieceOptions = {},
): AsyncGenerator<Buffer> {
  const source = await openFileSource(path);
  const buffers: Buffer[] = [];
  let at = 0;
  let turn = 0;
  let size = FIRST_PIECE;
  const read = async (): Promise<Buffer> => {
    const length = Math.min(size, Math.max(0, source.size - at));
    let buffer = buffers[turn];
    if (buffer === undefined || buffer.length < length) {
      buffer = buffers[turn] = Buffer.allocUnsafe(length);
    }
    const position = at;
    at += length;
    turn = (turn + 1) % BUFFERS;
    size = Math.min(size * 2, LARGEST_PIECE);
    return buffer.subarray(0, await source.read(buffer.subarray(0, length), position));
  };
  let next = read();
  try {
    for (;;) {
      const piece = await next;
      throwIfCancelled(signal);
      if (piece.length === 0) return;
      onRead?.(piece.length);
      next = read();
      // It is awaited when the caller asks for it, or at the end.
      next.catch(() => undefined);
      yield piece;
    }
  } finally {
    await next.catch(() => undefined);
    await source.close();
  }
}
