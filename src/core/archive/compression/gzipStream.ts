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

/** Compressed data up to this many bytes are unpacked at once: a stream costs more than that. */
const SMALL = 64 << 10;
/** And never to more than this many. */
const SMALL_UNPACKED = 4 << 20;
const PIECE = 256 << 10;

/**
 * Unpacks what zlib has packed. Of damaged data comes what lies before the damage.
 *
 * @throws DecodeError with the stored bytes that were taken until then
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

/** null where it is not as small as it seemed, and where it is damaged. */
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

/** zlib's own errors have codes of this form; all others are passed on. */
function asDecodeError(error: unknown, taken: number): unknown {
  const code = String((error as NodeJS.ErrnoException).code);
  if (!code.startsWith('Z_')) return error;
  return new DecodeError(taken, 'gzip data', code === 'Z_BUF_ERROR');
}
