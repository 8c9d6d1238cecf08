import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../src/core/errors';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { memorySource } from '../../../src/core/archive/bytes/byteSource';
import { closeDependencies } from '../../../src/core/archive/selection/closeDependencies';
import { checkCustom } from '../../../src/core/archive/data/customBlocks';
import { restorePlan } from '../../../src/core/archive/selection/restorePlan';
import { selectEntries } from '../../../src/core/archive/selection/restoreList';
import { walkTar } from '../../../src/core/archive/file/tarMembers';
import { readTocFrom } from '../../../src/core/archive/file/tocReader';
import { seededRandom } from '../../support/seededRandom';
import { buildArchive, buildTar, encodingEntry, int } from './buildArchive';
import { fixture, scratch } from './files';

const entries = [
  encodingEntry('UTF8'),
  { dumpId: 1, desc: 'SCHEMA', tag: 'app' },
  { dumpId: 2, desc: 'TABLE', tag: 'orders', schema: 'app', dependencies: [1] },
  {
    dumpId: 3,
    desc: 'TABLE DATA',
    tag: 'orders',
    schema: 'app',
    dependencies: [2],
    data: '1\n2\n',
  },
];
const known = new Set<string>(['notADump', 'archiveDamaged', 'archiveVersionUnsupported']);
/** Nothing may take longer; measured on a busy machine. */
const slow = 1000;

/** Everything that is done with an archive in memory; errors other than ours come through. */
async function readAll(bytes: Buffer): Promise<'read' | 'refused'> {
  const source = memorySource(bytes);
  const place = { path: 'x', file: 'x', container: 'custom' as const, start: 0, end: bytes.length };
  try {
    const toc = await readTocFrom(source, place);
    toc.entries();
    for (const i of toc.listed()) toc.indexOf(toc.dumpId(i));
    await checkCustom(source, toc, { full: true });
    restorePlan(toc, null);
    closeDependencies(toc, selectEntries(toc, { schemas: null, tables: null }).indexes);
    return 'read';
  } catch (e) {
    assert.ok(AppError.is(e) && known.has(e.code), String(e));
    return 'refused';
  }
}

describe('a hostile archive', () => {
  const files = scratch();

  it('cut at any byte is refused or shown as not whole', async function () {
    const whole = buildArchive(entries);
    const file = files.write('cut.dump', whole);
    assert.equal((await getBackupInfo(file)).complete, true);
    for (let length = whole.length - 1; length >= 0; length--) {
      truncateSync(file, length);
      try {
        const info = await getBackupInfo(file);
        assert.equal(info.complete, false, `cut to ${length}`);
      } catch (e) {
        assert.ok(AppError.is(e) && known.has(e.code), `cut to ${length}: ${String(e)}`);
      }
    }
  });

  it('in a directory, cut at any byte of its toc.dat, is as well', async function () {
    const dir = path.join(files.dir, 'cut.dir');
    mkdirSync(dir);
    const whole = buildArchive(entries, { format: 'directory' });
    const file = path.join(dir, 'toc.dat');
    writeFileSync(file, whole);
    writeFileSync(path.join(dir, '3.dat'), '1\n2\n');
    assert.equal((await getBackupInfo(dir)).complete, true);
    for (let length = whole.length - 1; length >= 0; length -= 3) {
      truncateSync(file, length);
      try {
        assert.equal((await getBackupInfo(dir)).complete, false, `cut to ${length}`);
      } catch (e) {
        assert.ok(AppError.is(e) && known.has(e.code), `cut to ${length}: ${String(e)}`);
      }
    }
  });

  it('in a tar, cut at any block, is as well', async () => {
    const toc = buildArchive(entries, { format: 'directory' });
    const whole = buildTar([
      ['toc.dat', toc],
      ['3.dat', '1\n2\n'],
      ['restore.sql', '-- restore'],
    ]);
    const file = files.write('cut.tar', whole);
    assert.equal((await getBackupInfo(file)).complete, true);
    for (let length = whole.length - 1024; length >= 0; length -= 100) {
      truncateSync(file, length);
      try {
        assert.equal((await getBackupInfo(file)).complete, false, `cut to ${length}`);
      } catch (e) {
        assert.ok(AppError.is(e) && known.has(e.code), `cut to ${length}: ${String(e)}`);
      }
    }
  });

  it('with flipped bytes is read or refused, in time and in bounded memory', async function () {
    this.timeout(120_000);
    const seed = 20260222;
    const random = seededRandom(seed);
    const original = readFileSync(fixture('mini.18.dump'));
    const end = (
      await readTocFrom(memorySource(original), {
        path: 'x',
        file: 'x',
        container: 'custom',
        start: 0,
        end: original.length,
      })
    ).endOffset;
    let refused = 0;
    let most = 0;
    for (let run = 0; run < 2000; run++) {
      const bytes = Buffer.from(original);
      const flips = 1 + Math.floor(random() * 4);
      for (let k = 0; k < flips; k++) {
        // The table of contents mostly, now and then the blocks behind it.
        const at = Math.floor(random() * (random() < 0.9 ? end : bytes.length));
        bytes[at] = Math.floor(random() * 256);
      }
      const start = performance.now();
      if ((await readAll(bytes)) === 'refused') refused++;
      most = Math.max(most, process.memoryUsage().arrayBuffers);
      assert.ok(performance.now() - start < slow, `seed ${seed}, run ${run} took too long`);
    }
    assert.ok(refused < 2000);
    assert.ok(most < 256 << 20, `${most >> 20} MB of buffers`);
  });

  it('in a tar with flipped bytes is read or refused', async () => {
    const seed = 5;
    const random = seededRandom(seed);
    const original = buildTar([
      ['toc.dat', buildArchive(entries, { format: 'directory' })],
      ['3.dat', '1\n2\n'],
      ['restore.sql', '-- restore'],
    ]);
    for (let run = 0; run < 2000; run++) {
      const bytes = Buffer.from(original);
      for (let k = 0; k < 3; k++) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      const { members } = await walkTar(memorySource(bytes));
      assert.ok(members.length <= 4, `seed ${seed}, run ${run}`);
    }
  });

  it('that is nothing but noise behind its magic is refused', async () => {
    const seed = 11;
    const random = seededRandom(seed);
    for (let run = 0; run < 500; run++) {
      const bytes = Buffer.from(Array.from({ length: 2000 }, () => Math.floor(random() * 256)));
      bytes.set(Buffer.from('PGDMP\x01\x10\x00\x04\x08\x01\x00'));
      await readAll(bytes);
    }
  });

  it('that claims what it cannot hold gets no memory for it', async () => {
    const head = (count: number): Buffer =>
      Buffer.concat([
        Buffer.from('PGDMP\x01\x10\x00\x04\x08\x01\x00', 'latin1'),
        ...[0, 0, 0, 1, 0, 100, 0].map((n) => int(n)),
        ...[0, 0, 0].map((n) => int(n)),
        int(count),
      ]);
    const claims: [name: string, bytes: Buffer][] = [
      ['two billion entries', head(0x7fffffff)],
      [
        'a tag of two gigabytes',
        Buffer.concat([
          head(1),
          int(1),
          int(0),
          int(1),
          Buffer.from('0'),
          int(1),
          Buffer.from('0'),
          int(0x7ffffff0),
        ]),
      ],
      ['a negative number of entries', head(-5)],
    ];
    for (const [name, bytes] of claims) {
      const before = process.memoryUsage().arrayBuffers;
      const start = performance.now();
      await readAll(bytes);
      assert.ok(performance.now() - start < slow, name);
      assert.ok(process.memoryUsage().arrayBuffers - before < 32 << 20, name);
    }
  });

  it('of cycles and of dependencies on itself does not hang', async () => {
    const bytes = buildArchive([
      { dumpId: 1, desc: 'TABLE', tag: 'a', schema: 's', dependencies: [1, 2] },
      { dumpId: 2, desc: 'TABLE', tag: 'b', schema: 's', dependencies: [1, 2, 99] },
      { dumpId: 3, desc: 'TABLE ATTACH', tag: 'a', schema: 's', dependencies: [1, 2] },
      { dumpId: 4, desc: 'TABLE ATTACH', tag: 'b', schema: 's', dependencies: [2, 1] },
      { dumpId: 5, desc: 'SEQUENCE', tag: 'q', schema: 's', dependencies: [5, 1] },
    ]);
    const place = {
      path: 'x',
      file: 'x',
      container: 'custom' as const,
      start: 0,
      end: bytes.length,
    };
    const toc = await readTocFrom(memorySource(bytes), place);
    const { indexes } = selectEntries(toc, { schemas: null, tables: [{ schema: 's', name: 'a' }] });
    assert.deepEqual(indexes, [0, 1, 2, 3, 4]);
    assert.deepEqual(closeDependencies(toc, indexes).indexes, indexes);
  });
});
