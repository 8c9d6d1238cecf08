import assert from 'node:assert/strict';
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freeBytesAt } from '../../../src/core/files/freeSpace';

describe('The room in a folder', () => {
  it('is told of one that is on this machine', async () => {
    const free = await freeBytesAt(tmpdir());
    const { blocks, bsize } = statfsSync(tmpdir());
    assert.ok(free !== null && free >= 0 && free <= blocks * bsize, String(free));
  });

  for (const folder of [path.join(tmpdir(), 'there', 'is', 'none'), 'pg_tblspc/16400', '.', '']) {
    it(`is not told of '${path.isAbsolute(folder) ? path.basename(folder) : folder}'`, async () => {
      assert.equal(await freeBytesAt(folder), null);
    });
  }
});
