import assert from 'node:assert/strict';
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serverFreeBytes } from '../../../src/core/catalog/restore/freeSpace';
import { freeBytesFor } from '../../../src/core/files/freeSpace';

describe('The room in a folder', () => {
  it('is told of one that is on this machine', async () => {
    const free = await serverFreeBytes(tmpdir());
    const { blocks, bsize } = statfsSync(tmpdir());
    assert.ok(free !== null && free >= 0 && free <= blocks * bsize, String(free));
  });

  it('is told of a file whose folders are still to be made', async () => {
    const free = await freeBytesFor(path.join(tmpdir(), 'still', 'to be', 'made.dump'));
    const { blocks, bsize } = statfsSync(tmpdir());
    assert.ok(free !== null && free > 0 && free <= blocks * bsize, String(free));
    assert.equal(await freeBytesFor('made.dump'), null, 'nobody knows where');
  });

  for (const folder of [path.join(tmpdir(), 'there', 'is', 'none'), 'pg_tblspc/16400', '.', '']) {
    it(`is not told of '${path.isAbsolute(folder) ? path.basename(folder) : folder}'`, async () => {
      assert.equal(await serverFreeBytes(folder), null);
    });
  }
});
