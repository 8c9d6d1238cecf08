import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readLogTail } from '../../../src/core/jobs/job/readLogTail';

describe('the end of a log', () => {
  let dir: string;
  let file: string;
  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'log-tail-'));
    file = path.join(dir, 'log');
    await writeFile(file, 'one\ntwö\nthree\n');
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it('is all of a short one', async () => {
    assert.deepEqual(await readLogTail(file, 100), { text: 'one\ntwö\nthree\n', skipped: 0 });
  });

  it('begins with a whole line', async () => {
    assert.deepEqual(await readLogTail(file, 9), { text: 'three\n', skipped: 9 });
    // From the middle of the two bytes of ö.
    assert.deepEqual(await readLogTail(file, 8), { text: 'three\n', skipped: 9 });
  });

  it('of one endless line is cut somewhere', async () => {
    const long = path.join(dir, 'long');
    await writeFile(long, 'x'.repeat(1000));
    assert.deepEqual(await readLogTail(long, 10), { text: 'x'.repeat(10), skipped: 990 });
  });

  it('is null where there is none, and empty of an empty one', async () => {
    assert.equal(await readLogTail(path.join(dir, 'none'), 10), null);
    const empty = path.join(dir, 'empty');
    await writeFile(empty, '');
    assert.deepEqual(await readLogTail(empty, 10), { text: '', skipped: 0 });
  });
});
