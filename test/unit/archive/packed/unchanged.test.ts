import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { openPacked } from '../../../../src/core/archive/packed/openPacked';
import { AppError } from '../../../../src/core/errors';
import { itNeeds } from '../../../support/needs';
import { packedCases } from '../../../support/packed/corpus';
import { scratch } from '../files';

/** The clock that stamps files ticks every few milliseconds: writes until it has. */
function overwriteWithItsTimes(file: string): void {
  const { atime, mtime, ctimeMs } = statSync(file);
  while (statSync(file).ctimeMs === ctimeMs) {
    writeFileSync(file, readFileSync(file));
    utimesSync(file, atime, mtime);
  }
}

function replaceByItsCopy(file: string): void {
  const { atime, mtime } = statSync(file);
  copyFileSync(file, `${file}.new`);
  utimesSync(`${file}.new`, atime, mtime);
  renameSync(`${file}.new`, file);
}

/** What happens to a file while it is unpacked. */
const CHANGES: readonly (readonly [what: string, change: (file: string) => void])[] = [
  ['grows', (file) => appendFileSync(file, Buffer.alloc(512))],
  ['is overwritten and given its old times', overwriteWithItsTimes],
  ['is replaced by another of its size and times', replaceByItsCopy],
  ['is removed', (file) => rmSync(file)],
];

const FILES = ['a tar with one dump whose name is long', 'a custom archive in gzip'];

describe('a packed dump that changes while it is unpacked', () => {
  const files = scratch();

  /** Unpacks it and calls `change` on one of the files of the folder once something is written. */
  async function unpack(name: string, change: (folder: string, file: string) => void) {
    const packed = packedCases.find((one) => one.name === name);
    assert.ok(packed, name);
    const dir = mkdtempSync(path.join(files.dir, 'x-'));
    const folder = mkdtempSync(path.join(files.dir, 'to-'));
    const file = packed.make(dir);
    let done = false;
    const onProgress = (): void => {
      if (!done) change(dir, file);
      done = true;
    };
    return { file, folder, opening: openPacked(file, { folder: () => folder, onProgress }) };
  }

  for (const name of FILES) {
    for (const [what, change] of CHANGES) {
      const title = `is refused, and nothing is left: ${name} that ${what}`;
      const test = async (): Promise<void> => {
        const { file, folder, opening } = await unpack(name, (_dir, at) => change(at));
        await assert.rejects(opening, (error) => {
          assert.ok(AppError.is(error, 'inputChanged'), String(error));
          assert.equal(error.details.path, file);
          return true;
        });
        assert.deepEqual(readdirSync(folder), []);
      };
      if (change === replaceByItsCopy) itNeeds('replacement of open files', title, test);
      else it(title, test);
    }
  }

  it('is refused whichever of its parts changes', async () => {
    const { opening } = await unpack('files of split, by the first', (dir) => {
      appendFileSync(path.join(dir, readdirSync(dir).sort().at(-1)!), 'x');
    });
    await assert.rejects(opening, (error) => AppError.is(error, 'inputChanged'));
  });

  it('is not refused where another file changes beside it', async () => {
    const { folder, opening } = await unpack(FILES[0]!, (dir) => {
      writeFileSync(path.join(dir, 'other'), 'x');
    });
    const { path: at } = await opening;
    assert.deepEqual(readdirSync(folder), [path.basename(at)]);
  });
});
