import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { memorySource } from '../../support/packed/memorySource';
import { checkStructure } from '../../../src/core/archive/data/checkStructure';
import { checkCustom } from '../../../src/core/archive/data/customBlocks';
import { largeObjectsOfToc } from '../../../src/core/archive/data/largeObjectSum';
import type { StructureReport } from '../../../src/core/archive/data/structureReport';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { readTocFrom } from '../../../src/core/archive/file/readTocFrom';
import { VerifyProblems } from '../../../src/core/backups/manifest/problems';
import { readArchiveData } from '../../../src/core/backups/verify/readArchiveData';
import { repoPaths } from '../../support/repoPaths';
import { buildArchive } from './buildArchive';
import { fixture, scratch } from './files';

const table = { desc: 'TABLE DATA', tag: 't', schema: 's' };

async function checkBytes(bytes: Buffer): Promise<StructureReport> {
  const source = memorySource(bytes);
  const place = { path: 'x', file: 'x', container: 'custom' as const, start: 0, end: bytes.length };
  return checkCustom(source, await readTocFrom(source, place), { full: true });
}

describe('what is left of a cut archive', () => {
  const files = scratch();
  const rows = 'a row\n'.repeat(100);

  it('is what is there of each entry, and the entries that are cut are known', async () => {
    for (const withoutOffsets of [false, true]) {
      const whole = buildArchive(
        [1, 2, 3, 4].map((dumpId) => ({ dumpId, ...table, data: rows })),
        { withoutOffsets },
      );
      const sizes = (await checkBytes(whole)).dataSizes;
      assert.deepEqual([...sizes.values()], [600, 600, 600, 600]);
      const block = 600 + 20;
      const cut = await checkBytes(whole.subarray(0, whole.length - 2 * block + 300));
      assert.deepEqual([...cut.cut].sort(), [3, 4]);
      const bytes = [...cut.dataSizes.values()].reduce((sum, size) => sum + size, 0);
      assert.ok(bytes <= whole.length - 2 * block + 300, `${bytes} bytes are not in the file`);
      assert.deepEqual([cut.dataSizes.get(1), cut.dataSizes.get(2)], [600, 600]);
    }
  });

  it('of a custom archive is found behind a damage in the middle, by the offsets', async () => {
    const whole = buildArchive([1, 2, 3].map((dumpId) => ({ dumpId, ...table, data: rows })));
    const damaged = Buffer.from(whole);
    // The length of the second block's chunk.
    damaged.writeUInt8(0xff, whole.length - 2 * 620 + 14);
    const report = await checkBytes(damaged);
    assert.deepEqual([...report.cut], [2]);
    assert.equal(report.dataSizes.get(3), 600);
    assert.equal(report.complete, false);
  });

  for (const name of ['mini.17.dir', 'mini.16.none.dir']) {
    it(`marks the rows of a table that are gone from ${name}`, async () => {
      const dir = path.join(files.dir, name);
      cpSync(fixture(name), dir, { recursive: true });
      const [member = ''] = readdirSync(dir).filter((each) => /^\d+\.dat/.test(each));
      rmSync(path.join(dir, member));
      const { cut } = await checkStructure(dir);
      assert.deepEqual([...cut], [Number.parseInt(member, 10)]);
    });
  }

  it('of a tar is no more than the file holds', async () => {
    const whole = readFileSync(fixture('mini.18.tar'));
    for (const share of [0.3, 0.6, 0.9]) {
      const size = Math.floor(whole.length * share);
      const report = await checkStructure(files.write('part.tar', whole.subarray(0, size)));
      const bytes = [...report.dataSizes.values()].reduce((sum, each) => sum + each, 0);
      assert.ok(bytes < size, `${bytes} of ${size}`);
      assert.ok(report.cut.size > 0);
    }
  });
});

describe('large objects of an archive', () => {
  const files = scratch();
  const lists = [
    ['is whole as it is', (text: string) => text, true],
    ['has lost one', (text: string) => text.replace(/^.*\n/, ''), false],
    ['has one twice', (text: string) => text.replace(/^(.*\n).*\n/, '$1$1'), false],
    [
      'names the file of another',
      (text: string) => text.replace('blob_11.dat', 'blob_12.dat'),
      false,
    ],
    ['has lost its last line end', (text: string) => text.trimEnd(), false],
    ['is empty', () => '', false],
  ] as const;
  for (const [what, change, whole] of lists) {
    it(`are those that the table of contents speaks of: a list that ${what}`, async () => {
      const dir = path.join(files.dir, what);
      cpSync(path.join(repoPaths.fixtures, 'cases', 'empty-lo.none.dir'), dir, { recursive: true });
      const list = path.join(dir, 'blobs_3472.toc');
      writeFileSync(list, change(readFileSync(list, 'utf8')));
      const { complete, problems } = await checkStructure(dir);
      assert.equal(complete, whole ? null : false, JSON.stringify(problems));
    });
  }

  it('may be empty where their form leaves no bytes', async () => {
    const dir = path.join(repoPaths.fixtures, 'cases', 'empty-lo.none.dir');
    const toc = await readToc(dir);
    const problems = new VerifyProblems();
    const counts = await readArchiveData(toc, problems, {});
    assert.deepEqual([problems.items, counts.largeObjects], [[], 2]);
    assert.equal((await largeObjectsOfToc(toc)).count, 2);
  });
});
