import { DecodeError } from '../bytes/byteQueue';
import { unpacked } from '../compression/codecs';
import { damaged } from '../compression/decompress';
import { Adler32 } from './adler32';

/** CRC and size, which follow the compressed data in a gzip file. */
const TRAILER_BYTES = 8;
/** Size of gzip's fixed header; zlib's functions, and so pg_dump, write no optional fields. */
export const HEAD_BYTES = 10;
/** zlib's header for the usual window; its level is informational. */
const ZLIB_HEAD = Buffer.from([0x78, 0x9c]);
const ADLER_BYTES = 4;
/** Empty data in zlib's format. */
const PACKED_NOTHING = Buffer.from([0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]);

/** A member's data in a custom archive: a header, a range of the member's file, and a trailer. */
export interface StoredRange {
  readonly head: Buffer;
  /** Offset in the member's file. */
  readonly start: number;
  readonly end: number;
  /** Number of bytes after the range; `tail` computes them. */
  readonly tailBytes: number;
}

/** Converts gzip (members of a directory) to zlib (custom archives) around the same packed bytes. */
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
 * Checks that a member has the fixed header that pg_dump's zlib writes.
 * @param begin the member's first bytes
 * @throws AppError `archiveDamaged` if it does not
 */
export function assertShortHead(path: string, begin: Buffer): void {
  const isShort = begin[0] === 0x1f && begin[1] === 0x8b && begin[2] === 8 && begin[3] === 0;
  if (begin.length < HEAD_BYTES || !isShort) throw damaged(path, new DecodeError(0, 'gzip head'));
}

/**
 * Computes the checksum at the end of zlib's format. The member is unpacked for that, which checks it.
 * @param stored all bytes of the member
 * @throws AppError `archiveDamaged`, `cancelled`; the errors of `stored`
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
