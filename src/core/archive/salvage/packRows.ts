import { Readable } from 'node:stream';
import { createDeflate } from 'node:zlib';
import { XxHash32 } from '../compression/xxHash32';
import type { ArchiveCompression } from '../../model/archive';

/** Maximum size of a zstd block, and (next) of a block in lz4's smallest setting. */
const ZSTD_BLOCK = 128 << 10;
const LZ4_BLOCK = 64 << 10;

/**
 * Packs rows in an archive's compression. zlib has no encoder for some compressions: their frames are
 * written with uncompressed blocks, which every decoder accepts.
 */
export function packedRows(
  rows: AsyncGenerator<Buffer>,
  compression: ArchiveCompression,
): AsyncIterable<Buffer> {
  switch (compression) {
    case 'none':
      return rows;
    case 'gzip': {
      const source = Readable.from(rows, { objectMode: false });
      const deflate = createDeflate({ level: 1 });
      source.on('error', (error) => deflate.destroy(error));
      return source.pipe(deflate);
    }
    case 'zstd':
      return zstdFrame(rows);
    case 'lz4':
      return lz4Frame(rows);
  }
}

/** A frame without sizes and checksum, with a window of 128 kB. */
async function* zstdFrame(rows: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38);
  for await (const block of inBlocks(rows, ZSTD_BLOCK)) {
    const head = Buffer.alloc(3);
    head.writeUIntLE(block.length << 3, 0, 3);
    yield head;
    yield block;
  }
  // The last block, which is empty.
  yield Buffer.of(1, 0, 0);
}

/** A frame of independent blocks of at most 64 kB, without checksums. */
async function* lz4Frame(rows: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const flags = Buffer.of(0x60, 0x40);
  const sum = (new XxHash32().update(flags).digest() >>> 8) & 0xff;
  yield Buffer.concat([Buffer.of(0x04, 0x22, 0x4d, 0x18), flags, Buffer.of(sum)]);
  for await (const block of inBlocks(rows, LZ4_BLOCK)) {
    const head = Buffer.alloc(4);
    head.writeUInt32LE((block.length | 0x80000000) >>> 0, 0);
    yield head;
    yield block;
  }
  yield Buffer.alloc(4);
}

async function* inBlocks(rows: AsyncGenerator<Buffer>, size: number): AsyncGenerator<Buffer> {
  for await (const piece of rows) {
    for (let at = 0; at < piece.length; at += size) yield piece.subarray(at, at + size);
  }
}
