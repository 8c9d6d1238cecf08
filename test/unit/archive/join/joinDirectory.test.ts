import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { checkStructure } from '../../../../src/core/archive/data/checkStructure';
import { storedData, unpackStored } from '../../../../src/core/archive/data/storedData';
import { readToc } from '../../../../src/core/archive/file/tocReader';
import { Adler32 } from '../../../../src/core/archive/join/adler32';
import { joinDirectory } from '../../../../src/core/archive/join/joinDirectory';
import type { Toc } from '../../../../src/core/archive/toc/toc';
import { AppError, type ErrorCode } from '../../../../src/core/errors';
import { seededRandom } from '../../../support/seededRandom';
import { buildArchive } from '../buildArchive';
import { fixture, fixtureNames, scratch } from '../files';

/** What a table of contents says, but for where it stands and where the data are. */
async function contentsOf(toc: Toc): Promise<unknown> {
  const header = { ...toc.header, format: null };
  const texts = ['definition', 'dropStatement', 'copyStatement'] as const;
  const entries = [];
  for (const entry of toc.entries()) {
    const read = texts.map(async (name) => entry[name] && (await toc.readText(entry[name])));
    const [definition, dropStatement, copyStatement] = await Promise.all(read);
    const place = { dataState: entry.dataState === 'none', dataOffset: null, fileName: null };
    entries.push({ ...entry, ...place, definition, dropStatement, copyStatement });
  }
  return { header, entries };
}

/** Hashes of all data, by the entry and the large object. */
async function dataOf(toc: Toc): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  const onMissing = (index: number): void => assert.fail(`no data of entry ${index}`);
  for await (const data of storedData(toc, { onMissing })) {
    const hash = createHash('sha256');
    for await (const piece of unpackStored(data)) hash.update(piece);
    hashes[`${toc.dumpId(data.index)} ${data.oid ?? ''}`] = hash.digest('hex');
  }
  return hashes;
}

describe('a directory archive joined into one file', () => {
  const files = scratch();
  let count = 0;
  const output = (): string => path.join(files.dir, `joined-${count++}.dump`);
  const copyOf = (name: string): string => {
    const copy = path.join(files.dir, `copy-${count++}.dir`);
    cpSync(fixture(name), copy, { recursive: true });
    return copy;
  };
  const rejects = (code: ErrorCode) => (error: unknown) => {
    assert.ok(AppError.is(error, code), String(error));
    return true;
  };

  for (const name of fixtureNames(/\.dir$/)) {
    it(`holds what ${name} holds, and is whole`, async () => {
      const file = output();
      const { sizeBytes, sha256 } = await joinDirectory(fixture(name), file);
      const bytes = readFileSync(file);
      assert.equal(sizeBytes, bytes.length);
      assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'));
      const report = await checkStructure(file, { full: true });
      assert.deepEqual([report.complete, report.problems], [true, []]);

      const [before, after] = [await readToc(fixture(name)), await readToc(file)];
      assert.equal(after.header.format, 'custom');
      assert.deepEqual(await contentsOf(after), await contentsOf(before));
      assert.deepEqual(await dataOf(after), await dataOf(before));
      const unplaced = after.withData().filter((i) => after.dataOffset(i) === null);
      assert.deepEqual(unplaced, [], 'all data can be read in any order');
    });
  }

  it('holds data of every size around that of a chunk', async () => {
    for (const size of [0, 1, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, 3 << 20]) {
      const directory = copyOf('mini.17.dir');
      const [first = ''] = readdirSync(directory).filter((name) => /^\d+\.dat\.gz$/.test(name));
      const random = seededRandom(size);
      const bytes = Buffer.from(Array.from({ length: size }, () => random() * 256));
      writeFileSync(path.join(directory, first), gzipSync(bytes, { level: 0 }));
      const file = output();
      await joinDirectory(directory, file);
      const [before, after] = [await readToc(directory), await readToc(file)];
      assert.deepEqual(await dataOf(after), await dataOf(before), `${size} bytes`);
    }
  });

  it('holds large objects of every number that there is', async () => {
    const directory = path.join(files.dir, 'numbers.dir');
    mkdirSync(directory);
    const oids = [1, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff];
    const listed = oids.map((oid, i) => ({ dumpId: i + 1, desc: 'BLOB', tag: String(oid) }));
    const all = { dumpId: 9, desc: 'BLOBS', tag: 'BLOBS', data: '' };
    const toc = buildArchive([...listed, all], { format: 'directory' });
    writeFileSync(path.join(directory, 'toc.dat'), toc);
    const lines = oids.map((oid) => `${oid} blob_${oid}.dat\n`);
    writeFileSync(path.join(directory, 'blobs.toc'), lines.join(''));
    for (const oid of oids) writeFileSync(path.join(directory, `blob_${oid}.dat`), `of ${oid}`);
    const file = output();
    await joinDirectory(directory, file);
    const { complete, problems } = await checkStructure(file, { full: true });
    assert.deepEqual([complete, problems], [true, []]);
    const after = await dataOf(await readToc(file));
    assert.deepEqual(
      Object.keys(after),
      oids.map((oid) => `9 ${oid}`),
    );
    assert.deepEqual(after, await dataOf(await readToc(directory)));
  });

  it('takes the space of what is in it already when told to', async () => {
    const directory = copyOf('mini.18.zstd.dir');
    await joinDirectory(directory, output(), { removeMembers: true });
    const left = readdirSync(directory).filter((name) => name.endsWith('.zst'));
    assert.deepEqual(left, []);
  });

  it('tells how far it is', async () => {
    const steps: [number, number][] = [];
    const onProgress = (...step: [number, number]): void => void steps.push(step);
    const { sizeBytes } = await joinDirectory(fixture('mini.17.dir'), output(), { onProgress });
    assert.ok(steps.length > 3);
    assert.ok(steps.every(([, total]) => total === sizeBytes));
    assert.deepEqual(
      steps.map(([written]) => written),
      steps.map(([written]) => written).sort((a, b) => a - b),
    );
  });

  const damages: [string, ErrorCode, (directory: string, member: string) => void][] = [
    ['without a member', 'inputMissing', (_, member) => rmSync(member)],
    [
      'with a flipped byte in packed rows',
      'archiveDamaged',
      (_, member) => {
        const bytes = readFileSync(member);
        bytes[bytes.length >> 1]! ^= 0x10;
        writeFileSync(member, bytes);
      },
    ],
    [
      'with a member that is cut',
      'archiveDamaged',
      (_, member) => writeFileSync(member, readFileSync(member).subarray(0, -9)),
    ],
    [
      'with a member that another gzip packed, with a name in its head',
      'archiveDamaged',
      (_, member) => {
        const packed = gzipSync(gunzipSync(readFileSync(member)));
        const named = Buffer.concat([
          packed.subarray(0, 10),
          Buffer.from('n\0'),
          packed.subarray(10),
        ]);
        named[3] = 8;
        writeFileSync(member, named);
      },
    ],
    [
      'with a table of contents that is cut',
      'archiveDamaged',
      (directory) => {
        const toc = path.join(directory, 'toc.dat');
        writeFileSync(toc, readFileSync(toc).subarray(0, -20));
      },
    ],
  ];
  for (const [what, code, damage] of damages) {
    it(`is not made of one ${what}`, async () => {
      const directory = copyOf('mini.17.dir');
      const sizes = readdirSync(directory).filter((name) => /^\d+\.dat\.gz$/.test(name));
      const largest = sizes
        .map((name) => path.join(directory, name))
        .sort((a, b) => readFileSync(b).length - readFileSync(a).length)[0];
      damage(directory, largest ?? '');
      await assert.rejects(joinDirectory(directory, output()), rejects(code));
    });
  }

  it('is given up when told to', async () => {
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    const joining = joinDirectory(fixture('mini.17.dir'), output(), {
      signal: stop.signal,
      onProgress,
    });
    await assert.rejects(joining, rejects('cancelled'));
  });
});

describe('the checksum Adler-32', () => {
  const known: [string, string][] = [
    ['', '00000001'],
    ['a', '00620062'],
    ['Wikipedia', '11e60398'],
  ];
  for (const [text, sum] of known) {
    it(`of ${JSON.stringify(text)} is ${sum}`, () => {
      const adler = new Adler32();
      for (const letter of text) adler.add(Buffer.from(letter));
      assert.equal(adler.digest().toString('hex'), sum);
    });
  }

  it('stays within 32 bits', () => {
    const adler = new Adler32();
    adler.add(Buffer.alloc(1_000_000, 0xff));
    assert.equal(adler.digest().toString('hex'), '3843e1be');
  });
});
