import { Readable } from 'node:stream';
import {
  createGunzip,
  createInflate,
  gunzipSync,
  inflateSync,
  type Gunzip,
  type Inflate,
} from 'node:zlib';
import { DecodeError, type StreamDecoder } from '../../archive/bytes/byteQueue';
import { Lz4FrameDecoder } from '../../archive/compression/lz4Frame';
import { CooperativeLoop } from '../../archive/bytes/cooperativeLoop';
import type { Compression } from '../../model/archive';
import { ZstdFrameDecoder } from '../../archive/compression/zstdFrame';

/** Compressed data up to this many bytes are unpacked at once: a stream costs more than that. */
const SMALL = 64 << 10;
/** And never to more than this many. */
const SMALL_UNPACKED = 4 << 20;
const PIECE = 256 << 10;

/**
 * Unpacks one compressed stream to its end. gzip as `zlib`: the data blocks of custom archives have
 * zlib's own header, the members of directories that of a file.
 * With `mayBeEmpty`, no bytes at all are fine: some compressors write nothing for nothing.
 * Throws `DecodeError` where it cannot be read or ends early.
 */
export async function* unpack(
  stored: AsyncGenerator<Buffer>,
  compression: Compression,
  container: 'zlib' | 'gzip',
  options: { signal?: AbortSignal | undefined; mayBeEmpty?: boolean } = {},
): AsyncGenerator<Buffer> {
  const loop = new CooperativeLoop(options.signal);
  if (options.mayBeEmpty === true) {
    const first = await stored.next();
    if (first.done === true) return;
    stored = continued(first.value, stored);
  }
  switch (compression) {
    case 'none':
      yield* stored;
      return;
    case 'gzip':
      yield* inflated(stored, container);
      return;
    case 'lz4':
    case 'zstd': {
      const decoder: StreamDecoder =
        compression === 'lz4' ? new Lz4FrameDecoder() : new ZstdFrameDecoder();
      for await (const piece of stored) {
        for (const block of decoder.push(piece)) {
          yield block;
          if (loop.shouldYield) await loop.yield();
        }
      }
      decoder.finish();
    }
  }
}

async function* continued(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield first;
    yield* rest;
  } finally {
    // Whoever stops at the first piece has not begun with the rest, which holds a file open.
    await rest.return(undefined);
  }
}

async function* inflated(
  pieces: AsyncGenerator<Buffer>,
  container: 'zlib' | 'gzip',
): AsyncGenerator<Buffer> {
  const held: Buffer[] = [];
  let size = 0;
  let done = false;
  while (!done && size <= SMALL) {
    const next = await pieces.next();
    done = next.done === true;
    if (next.done !== true) {
      // A piece is its reader's only until the next one.
      held.push(Buffer.from(next.value));
      size += next.value.length;
    }
  }
  const small = done ? unpackSmall(Buffer.concat(held), container) : null;
  if (small !== null) {
    yield small;
    return;
  }
  const rest = async function* (): AsyncGenerator<Buffer> {
    try {
      yield* held;
      yield* pieces;
    } finally {
      await pieces.return(undefined);
    }
  };
  yield* inflatedStream(rest(), container);
}

/** null where it is not as small as it seemed. */
function unpackSmall(bytes: Buffer, container: 'zlib' | 'gzip'): Buffer | null {
  const options = { maxOutputLength: SMALL_UNPACKED };
  try {
    return container === 'zlib' ? inflateSync(bytes, options) : gunzipSync(bytes, options);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null;
    throw asDecodeError(e);
  }
}

async function* inflatedStream(
  stored: AsyncGenerator<Buffer>,
  container: 'zlib' | 'gzip',
): AsyncGenerator<Buffer> {
  const source = Readable.from(stored, { objectMode: false, highWaterMark: 1 });
  const unzip: Inflate | Gunzip =
    container === 'zlib' ? createInflate({ chunkSize: PIECE }) : createGunzip({ chunkSize: PIECE });
  source.on('error', (e) => unzip.destroy(e));
  source.pipe(unzip);
  try {
    yield* unzip as AsyncIterable<Buffer>;
  } catch (e) {
    throw asDecodeError(e);
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

/** zlib's own errors have codes of this form; everything else is somebody else's. */
function asDecodeError(e: unknown): unknown {
  const isZlib = String((e as NodeJS.ErrnoException).code).startsWith('Z_');
  return isZlib ? new DecodeError(0, 'gzip data') : e;
}
