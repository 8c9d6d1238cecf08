import type { Compression } from '../../model/archive';
import type { StreamDecoder } from '../bytes/byteQueue';
import { continued } from '../bytes/pieces';
import { CooperativeLoop } from '../../cooperativeLoop';
import { gzipUnpacked, type DeflateContainer } from './gzipStream';

export interface UnpackOptions {
  signal?: AbortSignal | undefined;
  /** Format of deflate data; data blocks of custom archives have zlib's header. */
  container?: DeflateContainer | undefined;
  /**
   * Only goes through the blocks of zstd and lz4 data, of which nothing is unpacked or returned: tells,
   * for next to nothing, data that end too early.
   */
  walks?: boolean | undefined;
  /** Empty input is valid: some compressors write no bytes when there is nothing to compress. */
  mayBeEmpty?: boolean | undefined;
}

type Unpack = (stored: AsyncGenerator<Buffer>, options: UnpackOptions) => AsyncGenerator<Buffer>;

/** Detection and decoder of a compression. */
interface Codec {
  name: Compression;
  /** Does a file that begins with these bytes have this compression? */
  begins: (head: Buffer) => boolean;
  /** Suffix of a directory archive's members; null where pg_dump does not write this compression. */
  ending: string | null;
  unpack: Unpack;
}

function begins(...magic: number[]): (head: Buffer) => boolean {
  return (head) => magic.every((byte, i) => head[i] === byte);
}

/**
 * The compressions that are read here. To add one, add a row. A decoder that is not Node's own is loaded
 * when it is needed: a job's process reads few of them, and mostly none.
 */
export const CODECS: readonly Codec[] = [
  { name: 'none', begins: () => false, ending: '', unpack: (stored) => stored },
  {
    name: 'gzip',
    begins: begins(0x1f, 0x8b),
    ending: '.gz',
    unpack: (stored, { container = 'gzip' }) => gzipUnpacked(stored, container),
  },
  {
    name: 'zstd',
    begins: begins(0x28, 0xb5, 0x2f, 0xfd),
    ending: '.zst',
    unpack: async function* (stored, { signal, walks }) {
      const { ZstdFrameDecoder } = await import('./zstdFrame');
      yield* decoded(stored, new ZstdFrameDecoder(walks), signal);
    },
  },
  {
    name: 'lz4',
    begins: begins(0x04, 0x22, 0x4d, 0x18),
    ending: '.lz4',
    unpack: async function* (stored, { signal, walks }) {
      const { Lz4FrameDecoder } = await import('./lz4Frame');
      yield* decoded(stored, new Lz4FrameDecoder(walks), signal);
    },
  },
  {
    name: 'bzip2',
    // A block follows, or directly the end of a stream without blocks.
    begins: (head) => /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/.test(head.toString('latin1', 0, 10)),
    ending: null,
    unpack: async function* (stored, { signal }) {
      const { bzip2Unpacked } = await import('./bzip2Stream');
      yield* bzip2Unpacked(stored, signal);
    },
  },
  {
    name: 'xz',
    begins: begins(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00),
    ending: null,
    unpack: async function* (stored, { signal }) {
      const { xzUnpacked } = await import('./xzStream');
      yield* xzUnpacked(stored, signal);
    },
  },
];

const BY_NAME = new Map(CODECS.map((codec) => [codec.name, codec]));

/** The compression of a file that begins with these bytes; null = none, or not supported. */
export function compressionOf(head: Buffer): Exclude<Compression, 'none'> | null {
  const found = CODECS.find(({ begins }) => begins(head));
  return found === undefined || found.name === 'none' ? null : found.name;
}

/**
 * Unpacks data to their end, on demand: only one block is in memory. The caller may keep the pieces.
 *
 * @throws DecodeError for invalid or truncated data; its offset counts stored bytes
 * @throws AppError `cancelled`; the errors of `stored`
 */
export async function* unpacked(
  stored: AsyncGenerator<Buffer>,
  compression: Compression,
  options: UnpackOptions = {},
): AsyncGenerator<Buffer> {
  try {
    let from = stored;
    if (options.mayBeEmpty === true) {
      const first = await stored.next();
      if (first.done === true) return;
      from = continued([first.value], stored);
    }
    yield* BY_NAME.get(compression)!.unpack(from, options);
  } finally {
    // Closes the file also when the caller stops early or the decoder ends before the file.
    await stored.return(undefined);
  }
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
