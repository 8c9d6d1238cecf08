import { AppError } from '../../errors';
import type { Compression, ScriptEncoding } from '../../model/archive';
import { DecodeError } from '../bytes/byteQueue';
import { inputError } from '../bytes/byteSource';
import { filePieces } from '../bytes/pieces';
import { recycledPieces } from '../bytes/recycledPieces';
import { ENCODING_LABELS } from '../bytes/utf16';
import { unpacked } from './codecs';

/** zlib cannot compress better than this. Larger data with a higher ratio are made to waste time. */
const MAX_GROWTH = 1100;
const MANY_BYTES = 1 << 30;

export interface DecompressOptions {
  signal?: AbortSignal | undefined;
  /** Called with the number of (compressed) bytes that were read from the file so far. */
  onRead?: ((bytes: number) => void) | undefined;
  /** Scripts in UTF-16 are converted to UTF-8; their byte order mark is removed. */
  encoding?: ScriptEncoding | undefined;
  /** As of `UnpackOptions`: nothing is returned of zstd and lz4. */
  walks?: boolean | undefined;
  /** Memory of pieces is used again, as `recycledPieces` says: for callers that pass them on. */
  recycle?: boolean | undefined;
}

/**
 * The unpacked content of a script in pieces, which the caller may keep unless they are recycled. Read
 * on demand: only one block is in memory.
 * @throws AppError `inputMissing`, `inputUnreadable`, `archiveDamaged` (the compressed data are
 *   truncated or malformed), `unpacksTooLarge`, `cancelled`
 */
export async function* decompressed(
  path: string,
  compression: Compression,
  options: DecompressOptions = {},
): AsyncGenerator<Buffer> {
  const pieces = contentOf(path, compression, options);
  const { encoding = 'utf8' } = options;
  yield* encoding === 'utf8' ? pieces : recoded(pieces, encoding);
}

async function* contentOf(
  path: string,
  compression: Compression,
  { signal, onRead, recycle = false, walks }: DecompressOptions,
): AsyncGenerator<Buffer> {
  let read = 0;
  const pieces = recycle && compression === 'none' ? recycledPieces : filePieces;
  const stored = pieces(path, { signal, onRead: (bytes) => onRead?.((read += bytes)) });
  try {
    let given = 0;
    for await (const piece of unpacked(stored, compression, { signal, walks })) {
      given += piece.length;
      if (given > MANY_BYTES && given > read * MAX_GROWTH) {
        throw new AppError('unpacksTooLarge', { path, reason: 'ratio' });
      }
      yield piece;
    }
  } catch (error) {
    throw error instanceof DecodeError ? damaged(path, error) : inputError(path, error);
  }
}

/** The error for data that cannot be unpacked; `start`: offset of the data in the file. */
export function damaged(path: string, cause: DecodeError, start = 0): AppError<'archiveDamaged'> {
  const { offset, reading } = cause;
  return new AppError('archiveDamaged', { path, offset: start + offset, reading }, { cause });
}

async function* recoded(
  pieces: AsyncIterable<Buffer>,
  encoding: ScriptEncoding,
): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(ENCODING_LABELS[encoding]);
  for await (const piece of pieces) {
    yield Buffer.from(decoder.decode(piece, { stream: true }), 'utf8');
  }
  const rest = decoder.decode();
  if (rest !== '') yield Buffer.from(rest, 'utf8');
}
