import { DecodeError } from '../bytes/byteQueue';
import { unpacked } from '../compression/codecs';
import { damaged } from '../compression/decompress';
import { Adler32 } from './adler32';

/** CRC and size, which follow the compressed data of a gzip file. */
const TRAILER_BYTES = 8;
/** Fixed fields of the head; pg_dump's has no others, zlib's own functions write none. */
export const HEAD_BYTES = 10;
/** zlib's head for data of the usual window, of which the level is only a note. */
const ZLIB_HEAD = Buffer.from([0x78, 0x9c]);
const ADLER_BYTES = 4;
/** Nothing at all, as zlib packs it. */
const PACKED_NOTHING = Buffer.from([0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]);

/** Data of a member as they stand in a custom archive: a head, a range of the file, and an end. */
export interface StoredRange {
  readonly head: Buffer;
  /** In the member's file, bytes. */
  readonly start: number;
  readonly end: number;
  /** Bytes of what follows the range; its contents come from `tail`. */
  readonly tailBytes: number;
}

/** A directory's members are gzip files, a custom archive's data zlib's: the packed bytes are the same. */
export function gzipRange(size: number): StoredRange {
  if (size === 0) return { head: PACKED_NOTHING, start: 0, end: 0, tailBytes: 0 };
  return {
    head: ZLIB_HEAD,
    start: HEAD_BYTES,
    end: size - TRAILER_BYTES,
    tailBytes: ADLER_BYTES,
  };
}

/**
 * Makes sure that a member's head is the short one that pg_dump's zlib writes.
 * @param begin its first bytes
 * @throws AppError `archiveDamaged` where it is not
 */
export function assertShortHead(path: string, begin: Buffer): void {
  const isShort = begin[0] === 0x1f && begin[1] === 0x8b && begin[2] === 8 && begin[3] === 0;
  if (begin.length < HEAD_BYTES || !isShort) throw damaged(path, new DecodeError(0, 'gzip head'));
}

/**
 * The checksum that zlib's data end with. The member is unpacked for it, which checks it too.
 * @param stored all bytes of the member
 * @throws AppError `archiveDamaged`, `cancelled`; what `stored` throws
 */
export async function gzipTail(
  path: string,
  stored: AsyncGenerator<Buffer>,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const sum = new Adler32();
  try {
    for await (const piece of unpacked(stored, 'gzip', { signal })) sum.add(piece);
  } catch (error) {
    throw error instanceof DecodeError ? damaged(path, error) : error;
  }
  return sum.digest();
}
