import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { AppError } from '../../../src/core/errors';
import type { StreamDecoder } from '../../../src/core/archive/bytes/byteQueue';
import { unpacked } from '../../../src/core/archive/compression/codecs';
import { decompressed } from '../../../src/core/archive/compression/decompress';
import { Lz4FrameDecoder } from '../../../src/core/archive/compression/lz4Frame';
import type { Compression } from '../../../src/core/model/archive';
import { XxHash32 } from '../../../src/core/archive/compression/xxHash32';
import { ZstdFrameDecoder } from '../../../src/core/archive/compression/zstdFrame';
import { HeldMemory } from '../../support/measure/heldMemory';
import { seededRandom } from '../../support/seededRandom';
import { fixture, scratch } from './files';

function decode(decoder: StreamDecoder, bytes: Buffer, size: number): Buffer {
  const out: Buffer[] = [];
  for (let i = 0; i < bytes.length; i += size)
    out.push(...decoder.push(bytes.subarray(i, i + size)));
  decoder.finish();
  return Buffer.concat(out);
}

describe('compressed scripts', () => {
  const files = scratch();
  // Three dumps of one database: they differ in pg_dump's random key alone.
  const withoutKey = (bytes: Buffer): string =>
    bytes.toString('latin1').replaceAll(/restrict \w{63}/g, 'restrict KEY');
  const expected = withoutKey(gunzipSync(readFileSync(fixture('plain.sql.gz'))));
  const cases: [name: string, compression: Compression, decoder: (() => StreamDecoder) | null][] = [
    ['plain.sql.gz', 'gzip', null],
    ['plain.sql.lz4', 'lz4', () => new Lz4FrameDecoder()],
    ['plain.sql.zst', 'zstd', () => new ZstdFrameDecoder()],
    ['plain.sql.bz2', 'bzip2', null],
    ['plain.sql.xz', 'xz', null],
  ];

  for (const [name, compression, decoder] of cases) {
    it(`${name} comes out as it went in`, async () => {
      const parts: Buffer[] = [];
      for await (const part of decompressed(fixture(name), compression)) parts.push(part);
      assert.ok(withoutKey(Buffer.concat(parts)) === expected);
    });

    it(`${name} that is cut is told, whole or not at all`, async () => {
      const bytes = readFileSync(fixture(name));
      for (const length of [20, 1000, bytes.length >> 1, bytes.length - 9, bytes.length - 1]) {
        const file = files.write('cut', bytes.subarray(0, length));
        const read = async (): Promise<void> => {
          for await (const part of decompressed(file, compression)) void part;
        };
        await assert.rejects(read(), (e) => {
          assert.ok(AppError.is(e, 'archiveDamaged'), String(e));
          assert.ok(e.details.offset <= length);
          return true;
        });
      }
    });

    it(`${name} with its parts one after the other is read to the end`, async () => {
      const twice = Buffer.concat([readFileSync(fixture(name)), readFileSync(fixture(name))]);
      const parts: Buffer[] = [];
      for await (const part of decompressed(files.write('twice', twice), compression))
        parts.push(part);
      assert.ok(withoutKey(Buffer.concat(parts)) === expected + expected);
    });

    if (decoder === null) continue;

    it(`${name} may come in pieces of any size`, () => {
      const bytes = readFileSync(fixture(name));
      for (const size of [7, 4096, bytes.length]) {
        assert.ok(withoutKey(decode(decoder(), bytes, size)) === expected, `${size}`);
      }
    });

    it(`${name} with flipped bits never does worse than an error`, function () {
      const seed = 7;
      const random = seededRandom(seed);
      const bytes = readFileSync(fixture(name));
      let errors = 0;
      for (let run = 0; run < 60; run++) {
        const damaged = Buffer.from(bytes);
        // The first bytes decide more than all others.
        const at = Math.floor(random() * (run % 2 === 0 ? 200 : damaged.length));
        damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        try {
          decode(decoder(), damaged, 65536);
        } catch (error) {
          assert.equal(
            (error as Error).name,
            'DecodeError',
            `seed ${seed}, byte ${at}: ${String(error)}`,
          );
          errors++;
        }
      }
      // pg_dump's lz4 has no checksums.
      assert.ok(errors >= 3, `${errors} of 60 told`);
    });
  }

  for (const [name, compression] of [
    ['plain.sql.bz2', 'bzip2'],
    ['plain.sql.xz', 'xz'],
  ] as const) {
    const unpack = async (bytes: Buffer, size: number): Promise<string> => {
      async function* stored(): AsyncGenerator<Buffer> {
        for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
      }
      const parts: Buffer[] = [];
      for await (const part of unpacked(stored(), compression)) parts.push(part);
      return withoutKey(Buffer.concat(parts));
    };

    it(`${name} may come in pieces of any size`, async () => {
      const bytes = readFileSync(fixture(name));
      for (const size of [1009, 65536, bytes.length]) {
        assert.ok((await unpack(bytes, size)) === expected, `${size}`);
      }
    });

    it(`${name} with flipped bits is told, for all of it has checksums`, async () => {
      const random = seededRandom(11);
      const bytes = readFileSync(fixture(name));
      for (let run = 0; run < 24; run++) {
        const damaged = Buffer.from(bytes);
        const at = Math.floor(random() * (run % 2 === 0 ? 200 : damaged.length));
        damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        try {
          // What is wrong behind the data takes nothing from them.
          assert.ok((await unpack(damaged, 65536)) === expected, `byte ${at}`);
        } catch (error) {
          assert.equal(
            (error as Error).name,
            'DecodeError',
            `seed 11, byte ${at}: ${String(error)}`,
          );
        }
      }
    });
  }

  it('in bzip2 that hold no bytes are empty', async () => {
    const file = files.write('empty.bz2', Buffer.from('425a683917724538509000000000', 'hex'));
    for await (const part of decompressed(file, 'bzip2')) assert.fail(String(part.length));
  });

  it('in xz are unpacked side by side, and one that is left holds up none', async () => {
    const left = decompressed(fixture('plain.sql.xz'), 'xz');
    await left.next();
    let total = 0;
    for await (const part of decompressed(fixture('plain.sql.xz'), 'xz')) total += part.length;
    assert.equal(total, gunzipSync(readFileSync(fixture('plain.sql.gz'))).length);
    await left.return(undefined);
  });

  it('tell how far the file has been read', async () => {
    const size = readFileSync(fixture('plain.sql.gz')).length;
    const seen: number[] = [];
    const options = { onRead: (bytes: number) => seen.push(bytes) };
    for await (const part of decompressed(fixture('plain.sql.gz'), 'gzip', options)) void part;
    assert.equal(seen.at(-1), size);
  });

  it('can be cancelled', async () => {
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      const options = { signal: controller.signal };
      for await (const part of decompressed(fixture('plain.sql.lz4'), 'lz4', options)) {
        controller.abort();
        void part;
      }
    };
    await assert.rejects(read(), (e) => AppError.is(e, 'cancelled'));
  });

  it('that are missing are told so', async () => {
    for (const compression of ['none', 'gzip', 'zstd', 'lz4', 'bzip2', 'xz'] as const) {
      const read = async (): Promise<void> => {
        for await (const part of decompressed('/no/such/file', compression)) void part;
      };
      await assert.rejects(read(), (e) => AppError.is(e, 'inputMissing'), compression);
    }
  });

  it('unpack without holding the whole', async () => {
    // 96 MB of nothing in 100 kB.
    const file = files.write('bomb.gz', gzipSync(Buffer.alloc(96 << 20), { level: 1 }));
    const memory = new HeldMemory(64 << 20);
    let total = 0;
    for await (const part of decompressed(file, 'gzip')) {
      total += part.length;
      memory.look();
    }
    assert.equal(total, 96 << 20);
    assert.ok(memory.most < 64 << 20, `${memory.most >> 20} MB more`);
  });

  it('in lz4 are held against their checksums', () => {
    const content = Buffer.from('SELECT 1;\n');
    const word = (value: number): Buffer => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(value >>> 0);
      return bytes;
    };
    const sum = (bytes: Buffer): number => new XxHash32().update(bytes).digest();
    // Version 1, independent blocks, checksums of blocks and content; a stored block.
    const descriptor = Buffer.from([0x74, 0x40]);
    const frame = Buffer.concat([
      word(0x184d2204),
      descriptor,
      Buffer.from([(sum(descriptor) >>> 8) & 255]),
      word(0x80000000 | content.length),
      content,
      word(sum(content)),
      word(0),
      word(sum(content)),
    ]);
    assert.deepEqual(decode(new Lz4FrameDecoder(), frame, 5), content);
    for (const at of [4, 6, 12, 22, frame.length - 1]) {
      const damaged = Buffer.from(frame);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      assert.throws(
        () => decode(new Lz4FrameDecoder(), damaged, 99),
        { name: 'DecodeError' },
        `${at}`,
      );
    }
    // What may be skipped is.
    const skippable = Buffer.concat([word(0x184d2a50), word(3), Buffer.from('abc')]);
    assert.deepEqual(decode(new Lz4FrameDecoder(), Buffer.concat([skippable, frame]), 2), content);
  });

  it('in zstd may not ask for a window of gigabytes', () => {
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00]);
    assert.throws(() => decode(new ZstdFrameDecoder(), header, 9), { name: 'DecodeError' });
  });

  it('in UTF-16 come as UTF-8', async () => {
    const file = files.write('wide.sql', Buffer.from("\uFEFFSELECT 'é😀';\n", 'utf16le'));
    const parts: Buffer[] = [];
    for await (const part of decompressed(file, 'none', { encoding: 'utf16le' })) parts.push(part);
    assert.equal(Buffer.concat(parts).toString('utf8'), "SELECT 'é😀';\n");
  });
});

describe('XXH32', () => {
  it('gives the published values, in pieces too', () => {
    // Test vectors of the algorithm's specification.
    for (const [text, sum] of [
      ['', 0x02cc5d05],
      ['a', 0x550d7456],
      ['abc', 0x32d153ff],
      ['Nobody inspects the spammish repetition', 0xe2293b2f],
    ] as const) {
      assert.equal(new XxHash32().update(Buffer.from(text)).digest(), sum, text);
      const byByte = new XxHash32();
      for (const byte of Buffer.from(text)) byByte.update(Buffer.from([byte]));
      assert.equal(byByte.digest(), sum, text);
    }
  });
});
