import assert from 'node:assert/strict';
import { mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { isLeftoverOutput } from '../../../src/core/archive/file/unfinished';
import { LONGEST_PATH } from '../../../src/core/pgtools/args/codePage';
import { BeyondAscii } from '../beyondAscii';
import { openerOf } from '../opener';

describe('places of Windows', () => {
  let world: BeyondAscii;

  before(async () => (world = await BeyondAscii.create()));
  after(() => world.dispose());

  for (const [what, folder, format] of [
    ['a mapped drive', 'X:\\Größe Ω', 'custom'],
    ['a mapped drive’s root', 'X:\\', 'plain'],
    ['a share', '\\\\nas\\backups', 'custom'],
    // Wine starts no program in a share's folder, as names beyond ASCII need it.
    ['a folder of a share, with slashes', '//nas/backups/folder', 'tar'],
  ] as const) {
    it(`are written to and read from: ${what}`, async () => {
      await mkdir(folder, { recursive: true });
      await world.roundTrip(format, folder);
    });
  }

  it('are read from at a path that PostgreSQL’s tools do not open, and not written to', async () => {
    const { harness } = world;
    const short = harness.path('short.dump');
    const made = await harness.backup({ connectionId: 'source', outputPath: short });
    assert.deepEqual([made.status, made.failure], ['completed', null]);
    const long = harness.path(path.join('d'.repeat(120), 'e'.repeat(120)));
    await mkdir(long, { recursive: true });
    const file = path.join(long, `${'f'.repeat(40)}.dump`);
    assert.ok(file.length > LONGEST_PATH);
    await rename(short, file);
    const restored = await harness.restore({
      connectionId: 'source',
      inputPath: file,
      targetDatabase: 'zurück long',
      createDatabase: true,
    });
    assert.deepEqual([restored.status, restored.failure], ['completed', null]);
    const other = await harness.backup({ connectionId: 'source', outputPath: `${file}.2` });
    assert.equal(other.failure?.code, 'optionInvalid');
    assert.deepEqual(await readdir(long), [path.basename(file)]);
  });

  it('are written to where another program opens each new file alone for a second', async () => {
    const folder = path.join(world.folder, 'scanned');
    await mkdir(folder);
    const scanner = await openerOf(folder, 'each new file for a second');
    try {
      const made = await world.harness.backup({
        connectionId: 'source',
        outputPath: path.join(folder, 'Größe 日本.dump'),
        jobs: 2,
      });
      assert.deepEqual([made.status, made.failure], ['completed', null]);
      assert.deepEqual((await readdir(folder)).filter(isLeftoverOutput), []);
      assert.ok((await scanner.stop()) > 0, 'it held a file');
    } finally {
      await scanner.stop();
    }
  });
});
