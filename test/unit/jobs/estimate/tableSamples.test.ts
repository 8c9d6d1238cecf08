import assert from 'node:assert/strict';
import { tablesToSample } from '../../../../src/core/jobs/progress/server/tableSamples';
import type { CatalogRelation } from '../../../../src/core/model/catalog';

const KB = 1 << 10;

function tables(...bytes: number[]): CatalogRelation[] {
  return bytes.map((size, i) => ({
    ...{ schema: 'public', name: `t${i}`, kind: 'table', bytes: size, rows: 1 },
    ...{ partitionOf: null, extension: null, ownedBy: null },
  }));
}

describe('the tables whose rows are looked at before a backup', () => {
  const sampled = (...bytes: number[]): number[] =>
    tablesToSample(tables(...bytes)).map((table) => table.bytes / KB);

  it('are the largest that hold nearly everything', () => {
    assert.deepEqual(sampled(300 * KB, 500_000 * KB, 400_000 * KB), [500_000, 400_000]);
    assert.deepEqual(sampled(10_000 * KB), [], 'a small database is over before');
    assert.equal(sampled(...Array<number>(100).fill(1000 * KB)).length, 30);
  });

  it('are those, too, that may be megabytes of text in a few on the disk', () => {
    assert.deepEqual(sampled(12_000 * KB, 424 * KB, 8_000 * KB, 200 * KB), [12_000, 8_000, 424]);
  });
});
