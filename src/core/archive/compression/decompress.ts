import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../errors';
import { throwIfCancelled } from '../bytes/abort';
import { inputError } from '../bytes/byteSource';
import { DecodeError, type StreamDecoder } from '../bytes/byteQueue';
import { Lz4FrameDecoder } from './lz4Frame';
import type { Compression } from '../../model/archive';
import { ZstdFrameDecoder } from './zstdFrame';

export interface DecompressOptions {
  signal?: AbortSignal | undefined;
  /** Called with the number of bytes read from the file so far (compressed ones). */
  onRead?: ((bytes: number) => void) | undefined;
  /** Scripts in UTF-16LE come out as UTF-8, without their byte order mark. */
  encoding?: 'utf8' | 'utf16le' | undefined;
}

const pieceSize = 256 << 10;

/**
 * The content of a compressed script as a stream, to be piped into psql. Read on demand: nothing is
 * held but a block. Errors of the stream: `inputMissing`, `inputUnreadable`, `archiveDamaged` (the
 * compressed data end early or make no sense), `cancelled`.
 */
export function openDecompressed(
  path: string,
  compression: Compression,
  options: DecompressOptions = {},
): Readable {
  return Readable.from(decompressed(path, compression, options), { objectMode: false });
}

/** The same as an iterable of pieces, each of them the caller's to keep. */
export async function* decompressed(
  path: string,
  compression: Compression,
  options: DecompressOptions = {},
): AsyncGenerator<Buffer> {
  const pieces = unpacked(path, compression, options);
  yield* options.encoding === 'utf16le' ? recoded(pieces) : pieces;
}

async function* unpacked(
  path: string,
  compression: Compression,
  options: DecompressOptions,
): AsyncGenerator<Buffer> {
  let read = 0;
  try {
    if (compression === 'none') {
      yield* pieces(path, options);
    } else if (compression === 'gzip') {
      const counted = Readable.from(
        pieces(path, { ...options, onRead: (bytes) => options.onRead?.((read = bytes)) }),
        { objectMode: false, highWaterMark: 1 },
      );
      yield* gunzipped(counted);
    } else {
      const decoder: StreamDecoder =
        compression === 'lz4' ? new Lz4FrameDecoder() : new ZstdFrameDecoder();
      for await (const piece of pieces(path, options)) {
        for (const block of decoder.push(piece)) {
          throwIfCancelled(options.signal);
          yield block;
        }
      }
      decoder.finish();
    }
  } catch (e) {
    if (AppError.is(e)) throw e;
    if (e instanceof DecodeError) {
      throw new AppError('archiveDamaged', { path, offset: e.offset, reading: e.reading });
    }
    // zlib's own errors have codes of this form.
    if (String((e as NodeJS.ErrnoException).code).startsWith('Z_')) {
      throw new AppError(
        'archiveDamaged',
        { path, offset: read, reading: 'gzip data' },
        { cause: e },
      );
    }
    throw inputError(path, e);
  }
}

async function* pieces(path: string, options: DecompressOptions): AsyncGenerator<Buffer> {
  const stream = createReadStream(path, { highWaterMark: pieceSize });
  let read = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    throwIfCancelled(options.signal);
    read += piece.length;
    options.onRead?.(read);
    yield piece;
  }
}

async function* gunzipped(source: Readable): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: pieceSize });
  source.on('error', (e) => gunzip.destroy(e));
  source.pipe(gunzip);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

async function* recoded(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-16le');
  for await (const piece of pieces) {
    yield Buffer.from(decoder.decode(piece, { stream: true }), 'utf8');
  }
  const rest = decoder.decode();
  if (rest !== '') yield Buffer.from(rest, 'utf8');
}
