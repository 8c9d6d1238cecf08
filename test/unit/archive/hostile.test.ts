import assert from 'node:assert/strict';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../src/core/errors';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { memorySource } from '../../support/packed/memorySource';
import { closeDependencies } from '../../../src/core/archive/selection/closeDependencies';
import { selectEntries } from '../../../src/core/archive/selection/restoreList';
import { readTocFrom } from '../../../src/core/archive/file/readTocFrom';
import { cpuTime } from '../../support/measure/cpuTime';
import { buildArchive, int } from './buildArchive';
import { buildTar } from '../../support/packed/buildTar';
import { scratch } from './files';
import { fewEntries, readEverything, refusals } from './readEverything';

/** Of processor time, for what is refused at once. */
const longestMs = 1000;

describe('a hostile archive', () => {
  const files = scratch();

  it('cut at any byte is refused or shown as not whole', async function () {
    const whole = buildArchive(fewEntries);
    const file = files.write('cut.dump', whole);
    assert.equal((await getBackupInfo(file)).complete, true);
    for (let length = whole.length - 1; length >= 0; length--) {
      truncateSync(file, length);
      try {
        const info = await getBackupInfo(file);
        assert.equal(info.complete, false, `cut to ${length}`);
      } catch (error) {
        assert.ok(
          AppError.is(error) && refusals.has(error.code),
          `cut to ${length}: ${String(error)}`,
        );
      }
    }
  });

  it('in a directory, cut at any byte of its toc.dat, is as well', async function () {
    const dir = path.join(files.dir, 'cut.dir');
    mkdirSync(dir);
    const whole = buildArchive(fewEntries, { format: 'directory' });
    const file = path.join(dir, 'toc.dat');
    writeFileSync(file, whole);
    writeFileSync(path.join(dir, '3.dat'), '1\n2\n');
    assert.equal((await getBackupInfo(dir)).complete, null, 'nobody has read the members');
    for (let length = whole.length - 1; length >= 0; length -= 3) {
      truncateSync(file, length);
      try {
        assert.equal((await getBackupInfo(dir)).complete, false, `cut to ${length}`);
      } catch (error) {
        assert.ok(
          AppError.is(error) && refusals.has(error.code),
          `cut to ${length}: ${String(error)}`,
        );
      }
    }
  });

  it('in a tar, cut at any block, is as well', async () => {
    const toc = buildArchive(fewEntries, { format: 'directory' });
    const whole = buildTar([
      ['toc.dat', toc],
      ['3.dat', '1\n2\n\\.\n\n\n'],
      ['restore.sql', '-- restore'],
    ]);
    const file = files.write('cut.tar', whole);
    assert.equal((await getBackupInfo(file)).complete, true);
    for (let length = whole.length - 1024; length >= 0; length -= 100) {
      truncateSync(file, length);
      try {
        assert.equal((await getBackupInfo(file)).complete, false, `cut to ${length}`);
      } catch (error) {
        assert.ok(
          AppError.is(error) && refusals.has(error.code),
          `cut to ${length}: ${String(error)}`,
        );
      }
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
    const claims: [name: string, bytes: Buffer, taken: 'damaged' | 'refused'][] = [
      ['two billion entries', head(0x7fffffff), 'damaged'],
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
        'damaged',
      ],
      ['a negative number of entries', head(-5), 'refused'],
    ];
    for (const [name, bytes, taken] of claims) {
      const before = process.memoryUsage().arrayBuffers;
      const start = cpuTime();
      assert.equal(await readEverything(bytes), taken, name);
      assert.ok(cpuTime() - start < longestMs, name);
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
    const { indexes } = await selectEntries(toc, {
      schemas: null,
      tables: [{ schema: 's', name: 'a' }],
    });
    assert.deepEqual(indexes, [0, 1, 2, 3, 4]);
    assert.deepEqual((await closeDependencies(toc, indexes)).indexes, indexes);
  });
});
