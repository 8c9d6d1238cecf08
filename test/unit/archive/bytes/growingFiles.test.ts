import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GrowingFiles } from '../../../../src/core/archive/bytes/growingFiles';
import { until } from '../../../support/until';
import { scratch } from '../files';

type Choose = (names: readonly string[]) => readonly string[];

async function countBytes(_file: string, pieces: AsyncGenerator<Buffer>): Promise<number> {
  let bytes = 0;
  for await (const piece of pieces) bytes += piece.length;
  return bytes;
}

describe('files that are read while they grow', () => {
  const files = scratch();

  function follow(name: string, choose: Choose): { dir: string; followed: GrowingFiles<number> } {
    const dir = path.join(files.dir, name);
    mkdirSync(dir);
    const options = { worthIt: 1, choose, read: countBytes, recycle: true, lookMs: 1 };
    return { dir, followed: new GrowingFiles(dir, options) };
  }

  it('are found although a look has failed, and another file cannot be looked at', async () => {
    let looks = 0;
    const { dir, followed } = follow('failing', (names) => {
      if (looks++ === 0) throw new Error('once');
      return ['x'.repeat(5000), ...names];
    });
    writeFileSync(path.join(dir, '1.dat'), 'rows');
    await until(() => followed.bytes === 4);
    await followed.end();
    assert.deepEqual(await followed.resultOf('1.dat'), { sizeBytes: 4, result: 4 });
  });

  it('are not looked for once as many are followed as can be', async () => {
    let looks = 0;
    const { dir, followed } = follow('many', (names) => {
      looks++;
      return names;
    });
    const names = Array.from({ length: 66 }, (_, i) => `${i}.dat`);
    for (const name of names) writeFileSync(path.join(dir, name), 'x');
    await until(() => followed.bytes === 64, '64 of 66 are followed');
    const before = looks;
    // At each of these lengths there was a look.
    for (let length = 2; length < 8; length++) {
      for (const name of names) appendFileSync(path.join(dir, name), 'x');
      await until(() => followed.bytes === 64 * length);
    }
    assert.equal(looks, before);
    await followed.stop();
  });
});
