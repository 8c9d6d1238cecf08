import { Readable } from 'node:stream';
import {
  createGunzip,
  createInflate,
  gunzipSync,
  inflateSync,
  type Gunzip,
  type Inflate,
} from 'node:zlib';
import { DecodeError } from '../bytes/byteQueue';
import { continued } from '../bytes/pieces';

export type DeflateContainer = 'zlib' | 'gzip';

/** Compressed data up to this size are unpacked in one call, because a stream has a higher cost. */
const SMALL = 64 << 10;
/** Limit for the result of that call, in bytes. */
const SMALL_UNPACKED = 4 << 20;
const PIECE = 256 << 10;

/**
 * Unpacks zlib's formats. Of damaged data, everything before the damage is returned first.
 *
 * @throws DecodeError whose offset is the number of stored bytes that were consumed
 */
export async function* gzipUnpacked(
  stored: AsyncGenerator<Buffer>,
  container: DeflateContainer,
): AsyncGenerator<Buffer> {
  const held: Buffer[] = [];
  let size = 0;
  let done = false;
  while (!done && size <= SMALL) {
    const next = await stored.next();
    done = next.done === true;
    if (next.done !== true) {
      held.push(next.value);
      size += next.value.length;
    }
  }
  const small = done ? unpackSmall(Buffer.concat(held), container) : null;
  if (small !== null) {
    yield small;
    return;
  }
  yield* streamed(continued(held, stored), container);
}

/** null = the data are damaged, or too large once unpacked. */
function unpackSmall(bytes: Buffer, container: DeflateContainer): Buffer | null {
  const options = { maxOutputLength: SMALL_UNPACKED };
  try {
    return container === 'zlib' ? inflateSync(bytes, options) : gunzipSync(bytes, options);
  } catch {
    return null;
  }
}

async function* streamed(
  stored: AsyncGenerator<Buffer>,
  container: DeflateContainer,
): AsyncGenerator<Buffer> {
  let taken = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of stored) {
      taken += piece.length;
      yield piece;
    }
  };
  const source = Readable.from(counted(), { objectMode: false, highWaterMark: 1 });
  const unzip: Inflate | Gunzip =
    container === 'zlib' ? createInflate({ chunkSize: PIECE }) : createGunzip({ chunkSize: PIECE });
  source.on('error', (error) => unzip.destroy(error));
  source.pipe(unzip);
  try {
    yield* unzip as AsyncIterable<Buffer>;
  } catch (error) {
    throw asDecodeError(error, taken);
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

/** Converts zlib's errors, which have codes of this form; returns all other errors unchanged. */
function asDecodeError(error: unknown, taken: number): unknown {
  const code = String((error as NodeJS.ErrnoException).code);
  if (!code.startsWith('Z_')) return error;
  return new DecodeError(taken, 'gzip data', code === 'Z_BUF_ERROR');
}
