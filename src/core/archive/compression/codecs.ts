import type { Compression } from '../../model/archive';
import type { StreamDecoder } from '../bytes/byteQueue';
import { continued } from '../bytes/pieces';
import { CooperativeLoop } from '../bytes/cooperativeLoop';
import { gzipUnpacked, type DeflateContainer } from './gzipStream';
import { Lz4FrameDecoder } from './lz4Frame';
import { ZstdFrameDecoder } from './zstdFrame';

export interface UnpackOptions {
  signal?: AbortSignal | undefined;
  /** What zlib data are wrapped in. Data blocks of custom archives have zlib's own header. */
  container?: DeflateContainer | undefined;
  /** No bytes at all are fine: some compressors write nothing for nothing. */
  mayBeEmpty?: boolean | undefined;
}

type Unpack = (stored: AsyncGenerator<Buffer>, options: UnpackOptions) => AsyncGenerator<Buffer>;

/** How a compression is told and undone. */
interface Codec {
  name: Compression;
  /** What a file begins with; null where nothing tells. */
  magic: Buffer | null;
  /** Of a file's name, where pg_dump gives one to the members of a directory archive. */
  ending: string;
  unpack: Unpack;
}

/** Every compression that is read here: the next one is one row. */
export const CODECS: readonly Codec[] = [
  { name: 'none', magic: null, ending: '', unpack: (stored) => stored },
  {
    name: 'gzip',
    magic: Buffer.from([0x1f, 0x8b]),
    ending: '.gz',
    unpack: (stored, { container = 'gzip' }) => gzipUnpacked(stored, container),
  },
  {
    name: 'zstd',
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    ending: '.zst',
    unpack: (stored, { signal }) => decoded(stored, new ZstdFrameDecoder(), signal),
  },
  {
    name: 'lz4',
    magic: Buffer.from([0x04, 0x22, 0x4d, 0x18]),
    ending: '.lz4',
    unpack: (stored, { signal }) => decoded(stored, new Lz4FrameDecoder(), signal),
  },
];

const BY_NAME = new Map(CODECS.map((codec) => [codec.name, codec]));

/** The compression of a file that begins so; null = none that is read here. */
export function compressionOf(head: Buffer): Compression | null {
  const found = CODECS.find(({ magic }) => magic?.equals(head.subarray(0, magic.length)) === true);
  return found?.name ?? null;
}

/**
 * Undoes a compression to its end, on demand: nothing is held but a block. Each piece is the
 * caller's to keep.
 *
 * @throws DecodeError where the data cannot be read or end early; its offset counts stored bytes
 * @throws AppError `cancelled`; what `stored` throws
 */
export async function* unpacked(
  stored: AsyncGenerator<Buffer>,
  compression: Compression,
  options: UnpackOptions = {},
): AsyncGenerator<Buffer> {
  let from = stored;
  if (options.mayBeEmpty === true) {
    const first = await stored.next();
    if (first.done === true) return;
    from = continued([first.value], stored);
  }
  yield* BY_NAME.get(compression)!.unpack(from, options);
}

async function* decoded(
  stored: AsyncGenerator<Buffer>,
  decoder: StreamDecoder,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const loop = new CooperativeLoop(signal);
  for await (const piece of stored) {
    for (const block of decoder.push(piece)) {
      yield block;
      if (loop.shouldYield) await loop.yield();
    }
  }
  decoder.finish();
}
