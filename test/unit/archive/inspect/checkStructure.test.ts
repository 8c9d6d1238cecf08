import assert from 'node:assert/strict';
import {
  cpSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { AppError } from '../../../../src/core/errors';
import { assertWhole, checkStructure } from '../../../../src/core/archive/data/checkStructure';
import { checkCustom } from '../../../../src/core/archive/data/customBlocks';
import { directoryMember } from '../../../../src/core/archive/data/directoryMembers';
import { CountedTurns } from '../../../support/measure/countedTurns';
import { memorySource } from '../../../support/packed/memorySource';
import { getBackupInfo } from '../../../../src/core/archive/inspect/backupInfo';
import { parseTarHeader, walkTar } from '../../../../src/core/archive/file/tarMembers';
import { readToc } from '../../../../src/core/archive/file/tocReader';
import { readTocFrom } from '../../../../src/core/archive/file/readTocFrom';
import type { StructureReport } from '../../../../src/core/archive/data/structureReport';
import { buildArchive } from '../buildArchive';
import { buildTar, tarHeader } from '../../../support/packed/buildTar';
import { fixture, fixtureNames, scratch } from '../files';

const table = { desc: 'TABLE DATA', tag: 't', schema: 's' };

async function checkBytes(bytes: Buffer): Promise<StructureReport> {
  const source = memorySource(bytes);
  const place = { path: 'x', file: 'x', container: 'custom' as const, start: 0, end: bytes.length };
  return checkCustom(source, await readTocFrom(source, place), { full: true });
}

describe('the structure of an archive', () => {
  const files = scratch();

  for (const name of fixtureNames(/\.(dump|dir|tar)$/)) {
    it(`of ${name} is whole, and tells the size of each table`, async () => {
      const report = await checkStructure(fixture(name), { full: true, gzip: true });
      assert.deepEqual(report.problems, []);
      // Nothing tells where the contents of an uncompressed large object end.
      assert.equal(report.complete, name === 'mini.16.none.dir' ? null : true);
      const toc = await readToc(fixture(name));
      const withData = toc.listed().filter((i) => toc.hadDumper(i));
      assert.equal(report.dataSizes.size, withData.length);
      const largest = withData.sort(
        (a, b) =>
          (report.dataSizes.get(toc.dumpId(b)) ?? 0) - (report.dataSizes.get(toc.dumpId(a)) ?? 0),
      )[0];
      assert.equal(toc.tag(largest ?? -1), 'log_2023');
    });
  }

  it('of uncompressed tables has the bytes of their rows', async () => {
    const rows = readFileSync(fixture('mini.16.none.dir/3699.dat')).length;
    const toc = await readToc(fixture('mini.16.none.dir'));
    const i = toc.listed().find((k) => toc.fileName(k) === '3699.dat');
    assert.ok(i !== undefined);
    for (const name of ['mini.16.none.dir', 'mini.16.none.dump']) {
      const { dataSizes } = await checkStructure(fixture(name));
      const other = await readToc(fixture(name));
      const same: number | undefined = other
        .listed()
        .find(
          (k) =>
            other.desc(k) === 'TABLE DATA' &&
            other.tag(k) === toc.tag(i) &&
            other.schema(k) === toc.schema(i),
        );
      assert.equal(dataSizes.get(other.dumpId(same ?? -1)), rows, name);
    }
  });

  it('of thousands of tables is checked in slices', async () => {
    const entries = Array.from({ length: 3000 }, (_, n) => ({
      dumpId: n + 1,
      ...table,
      data: '\\.',
    }));
    const bytes = buildArchive(entries);
    const source = memorySource(bytes);
    const place = {
      path: 'x',
      file: 'x',
      container: 'custom' as const,
      start: 0,
      end: bytes.length,
    };
    const toc = await readTocFrom(source, place);
    const counted = new CountedTurns();
    // Each entry is asked for its number where it is found, where it is missed and where it is met.
    for (const name of ['dumpId', 'desc'] as const) {
      const original = toc[name].bind(toc);
      Reflect.set(toc, name, (i: number) => {
        counted.step();
        return original(i);
      });
    }
    counted.start();
    try {
      const { complete, dataSizes } = await checkCustom(source, toc, {});
      assert.deepEqual([complete, dataSizes.size], [true, 3000]);
    } finally {
      counted.restore();
    }
    // The clock is looked at after 64 entries.
    assert.ok(counted.most <= 64 + 13, `${counted.most} entries in one turn`);
    assert.ok(counted.spent >= 9000, `${counted.spent} entries`);
  });

  it('of a custom archive tells every truncation', async () => {
    const whole = buildArchive([
      { dumpId: 1, ...table, data: 'some rows\n' },
      { dumpId: 2, ...table, data: '\\.\n' },
      { dumpId: 3, ...table, data: 'others\n' },
    ]);
    assert.equal((await checkBytes(whole)).complete, true);
    const toc = await readTocFrom(memorySource(whole), {
      path: 'x',
      file: 'x',
      container: 'custom',
      start: 0,
      end: whole.length,
    });
    for (let length = toc.endOffset; length < whole.length; length++) {
      const report = await checkBytes(whole.subarray(0, length));
      assert.equal(report.complete, false, `cut to ${length}`);
      assert.ok(report.problems.length > 0);
    }
  });

  it('of a custom archive tells blocks that are missing or strange', async () => {
    const entries = [
      { dumpId: 1, ...table, data: 'a\n' },
      { dumpId: 2, ...table, data: 'b\n' },
    ];
    const bytes = buildArchive(entries);
    const second = bytes.length - 18;
    assert.equal(bytes[second], 1);
    const strange = Buffer.from(bytes);
    strange[second] = 9;
    assert.deepEqual(
      (await checkBytes(strange)).problems.map((p) => [p.kind, p.dumpId, p.offset]),
      [
        ['damaged', null, second],
        ['missingData', 2, null],
      ],
    );
    const other = Buffer.from(bytes);
    other[second + 2] = 77;
    assert.deepEqual(
      (await checkBytes(other)).problems.map((p) => [p.kind, p.dumpId]),
      [
        ['damaged', 77],
        ['missingData', 2],
      ],
    );
  });

  it('of a custom archive written to a pipe is found by walking', async () => {
    const bytes = buildArchive([{ dumpId: 1, ...table, data: 'a\n' }], { withoutOffsets: true });
    assert.equal((await checkBytes(bytes)).complete, true);
    // pg_dump 16 and later append a second table of contents when stdout is a file.
    assert.equal((await checkBytes(Buffer.concat([bytes, bytes]))).complete, true);
    assert.equal((await checkBytes(bytes.subarray(0, -1))).complete, false);
    const info = await getBackupInfo(files.write('piped.dump', bytes));
    assert.deepEqual(info.warnings, ['noDataOffsets']);
  });

  it('of a large custom archive is judged by its last block', async function () {
    const big = 'x'.repeat(70 << 20);
    const bytes = buildArchive([
      { dumpId: 1, ...table, data: big },
      { dumpId: 2, ...table, data: 'b\n' },
    ]);
    const file = files.write('large.dump', bytes);
    assert.equal((await checkStructure(file)).complete, null, 'nothing before the last was read');
    assert.equal((await checkStructure(file, { full: true })).complete, true);
    truncateSync(file, bytes.length - 1);
    assert.equal((await checkStructure(file)).complete, false);
    truncateSync(file, bytes.length - 40);
    assert.equal((await checkStructure(file)).complete, false);
    const piped = buildArchive([{ dumpId: 1, ...table, data: big }], { withoutOffsets: true });
    const pipedFile = files.write('large piped.dump', piped);
    assert.equal((await checkStructure(pipedFile)).complete, null);
    assert.equal((await checkStructure(pipedFile, { full: true })).complete, true);
    rmSync(file);
    rmSync(pipedFile);
  });

  it('of a tar archive tells truncations in its members, between them and at its end', async function () {
    const whole = readFileSync(fixture('mini.18.tar'));
    const source = memorySource(whole);
    const { members, ended } = await walkTar(source);
    assert.equal(ended, true);
    assert.equal(members.at(-1)?.name, 'restore.sql');
    const lengths = members
      .filter((_, i) => i > 0 && i % 4 === 1)
      .flatMap((m) => [m.offset - 512, m.offset - 100, m.offset, m.offset + m.size - 1]);
    for (const length of [...lengths, whole.length - 1024]) {
      const file = files.write('cut.tar', whole.subarray(0, length));
      const report = await checkStructure(file);
      assert.equal(report.complete, false, `cut to ${length}`);
      assert.equal((await getBackupInfo(file)).complete, false);
      await assert.rejects(assertWhole(file), (e) => AppError.is(e, 'archiveDamaged'));
    }
  });

  it('of a directory tells members that are missing, empty or elsewhere', async () => {
    const dir = path.join(files.dir, 'copy.dir');
    const reset = (): void => {
      rmSync(dir, { recursive: true, force: true });
      cpSync(fixture('mini.17.dir'), dir, { recursive: true });
    };
    const problems = async (): Promise<[string, string][]> =>
      (await checkStructure(dir)).problems.map((p) => [p.kind, p.what]);
    reset();
    rmSync(path.join(dir, '3725.dat.gz'));
    assert.deepEqual(await problems(), [['missingData', '3725.dat']]);
    assert.deepEqual((await getBackupInfo(dir)).warnings, ['attachedIndexes', 'missingMembers']);
    reset();
    truncateSync(path.join(dir, '3725.dat.gz'));
    assert.deepEqual(await problems(), [['truncatedData', '3725.dat.gz']]);
    reset();
    rmSync(path.join(dir, 'blob_18106.dat.gz'));
    assert.deepEqual(await problems(), [['missingData', 'blob_18106.dat']]);
    reset();
    const list = path.join(
      dir,
      readFileSync(path.join(dir, 'toc.dat'), 'latin1').match(/blobs_\d+\.toc/)?.[0] ?? '',
    );
    writeFileSync(list, '1 ../../etc/passwd\n2 /etc/passwd\n3 blob_18107.dat\n');
    const found = await problems();
    const name = path.basename(list);
    assert.deepEqual(found, [
      ['damaged', name],
      ['damaged', name],
      ['damaged', name],
      ['missingData', 'large objects'],
    ]);
  });

  for (const name of ['mini.16.none.dir', 'mini.17.lz4.dir', 'mini.18.zstd.dir', 'mini.17.dir']) {
    it(`of a directory tells data that are cut where pg_restore would not: ${name}`, async () => {
      const dir = path.join(files.dir, `cut.${name}`);
      cpSync(fixture(name), dir, { recursive: true });
      const whole = await checkStructure(dir, { full: true });
      assert.deepEqual(whole.problems, []);
      assert.deepEqual(await checkStructure(dir, { full: true, walks: true }), whole);
      if (name === 'mini.17.dir') return;
      const members = readdirSync(dir).filter((n) => /^\d+\.dat/.test(n));
      const sizeOf = (member: string): number => readFileSync(path.join(dir, member)).length;
      members.sort((a, b) => sizeOf(b) - sizeOf(a));
      for (const member of members.slice(0, 2)) {
        const file = path.join(dir, member);
        const bytes = readFileSync(file);
        const lineEnd = bytes.lastIndexOf(10, bytes.length - 5) + 1;
        const cuts = name.includes('none')
          ? [bytes.length - 1, lineEnd]
          : [bytes.length - 1, bytes.length - 4, bytes.length >> 1];
        for (const cut of cuts.filter((at) => at > 0)) {
          writeFileSync(file, bytes.subarray(0, cut));
          for (const walks of [false, true]) {
            const { problems } = await checkStructure(dir, { full: true, walks });
            assert.deepEqual(
              problems.map((p) => [p.kind, p.what]),
              [['truncatedData', member]],
              `${member} cut to ${cut}${walks ? ', not unpacked' : ''}`,
            );
          }
        }
        writeFileSync(file, bytes);
      }
    });
  }

  it('opens nothing outside a directory', () => {
    const sizes = new Map([
      ['../x', 1],
      ['/etc/passwd', 1],
      ['a/b', 1],
      ['..', 1],
      ['1.dat', 1],
    ]);
    for (const name of ['../x', '/etc/passwd', 'a/b', '..', '']) {
      assert.equal(directoryMember('/d', sizes, name), null, name);
    }
    assert.equal(directoryMember('/d', sizes, '1.dat')?.path, path.join('/d', '1.dat'));
  });

  it('of a directory counts its whole size', async () => {
    const dir = path.join(files.dir, 'size.dir');
    cpSync(fixture('mini.17.dir'), dir, { recursive: true });
    const before = (await getBackupInfo(dir)).sizeBytes;
    writeFileSync(path.join(dir, 'extra'), Buffer.alloc(1000));
    assert.equal((await getBackupInfo(dir)).sizeBytes, before + 1000);
    symlinkSync(dir, path.join(dir, 'self'));
    assert.equal((await getBackupInfo(dir)).sizeBytes, before + 1000);
  });

  it('of a script is its end mark', async () => {
    assert.equal((await checkStructure(fixture('mini.17.sql'))).complete, true);
    const cut = readFileSync(fixture('mini.17.sql')).subarray(0, -400);
    assert.equal((await checkStructure(files.write('cut.sql', cut))).complete, false);
    for (const packed of ['plain.sql.gz', 'plain.sql.lz4', 'plain.sql.zst']) {
      assert.equal((await checkStructure(fixture(packed))).complete, null);
      assert.equal((await checkStructure(fixture(packed), { full: true })).complete, true);
      const half = readFileSync(fixture(packed));
      const file = files.write(packed, half.subarray(0, half.length >> 1));
      await assert.rejects(checkStructure(file, { full: true }), (e) =>
        AppError.is(e, 'archiveDamaged'),
      );
    }
    const rowsOnly = gzipSync(cut);
    const { problems } = await checkStructure(files.write('cut.gz', rowsOnly), { full: true });
    assert.deepEqual(
      problems.map(({ kind }) => kind),
      ['noEnd'],
    );
    assert.equal((await checkStructure(fixture('sample-schema.sql'))).complete, null);
    await assertWhole(fixture('plain.sql.gz'));
    // Too little of it to tell who wrote it: fine for a file that is found, not for a new backup.
    const begun = files.write('begun.sql', '--\n-- Postgre');
    assert.equal((await checkStructure(begun)).complete, null);
    assert.equal((await checkStructure(begun, { written: true })).complete, false);
    const whole = fixture('mini.17.sql');
    assert.equal((await checkStructure(whole, { written: true })).complete, true);
  });
});

describe('a tar header', () => {
  it('gives names and sizes, also those over 8 GB', () => {
    assert.deepEqual(parseTarHeader(tarHeader('3712.dat', 4242), 512), {
      name: '3712.dat',
      size: 4242,
      offset: 1024,
      type: '0',
    });
    assert.equal(parseTarHeader(tarHeader('big.dat', 20 * 2 ** 30), 0)?.size, 20 * 2 ** 30);
  });

  it('is none where magic or checksum are wrong', () => {
    for (const at of [0, 120, 148, 257]) {
      const header = tarHeader('toc.dat', 1000);
      header[at] = (header[at] ?? 0) ^ 1;
      assert.equal(parseTarHeader(header, 0), null, `byte ${at}`);
    }
    assert.equal(parseTarHeader(Buffer.alloc(512), 0), null);
  });

  it('that promises more than there is ends the walk', async () => {
    const tar = buildTar([['toc.dat', 'x']]);
    const walk = await walkTar(
      memorySource(Buffer.concat([tar.subarray(0, 1024), tarHeader('a', 2 ** 40)])),
    );
    assert.equal(walk.ended, false);
    assert.equal(walk.problem?.reading, 'tar member a');
  });
});
