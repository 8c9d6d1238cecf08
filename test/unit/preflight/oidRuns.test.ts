import assert from 'node:assert/strict';
import path from 'node:path';
import { readFileFacts } from '../../../src/core/archive/facts/fileFacts';
import { OidRuns } from '../../../src/core/archive/facts/oidRuns';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { repoPaths } from '../../support/repoPaths';

const cases: readonly (readonly [title: string, number[], [number, number][] | null])[] = [
  ['none', [], []],
  ['consecutive ones are one run', [5, 6, 7], [[5, 7]]],
  [
    'gaps part runs, and order is kept',
    [5, 7, 8, 3],
    [
      [5, 5],
      [7, 8],
      [3, 3],
    ],
  ],
  ['the greatest there is', [4_294_967_295], [[4_294_967_295, 4_294_967_295]]],
  ['what is no OID', [5, Number.NaN], null],
  ['what is too great for one', [4_294_967_296], null],
  ['too many runs', Array.from({ length: 50_001 }, (_, n) => 2 * n), null],
];

describe('OIDs of large objects', () => {
  for (const [title, oids, expected] of cases) {
    it(title, () => {
      const runs = new OidRuns();
      for (const oid of oids) runs.add(oid);
      assert.deepEqual(runs.finish(), expected);
    });
  }

  // Up to 16 an entry for each; from 17 on one for up to a thousand.
  for (const major of [12, 16, 17, 18]) {
    it(`are read of an archive of pg_dump ${major}`, async () => {
      const toc = await readToc(path.join(repoPaths.fixtures, `archives/mini.${major}.dump`));
      const read = async (descs: readonly string[]): ReturnType<typeof readFileFacts> => {
        const indexes = toc.listed().filter((i) => descs.includes(toc.desc(i)));
        return readFileFacts(toc, { indexes, alongside: new Set() });
      };
      const whole = await read(['BLOB', 'BLOB METADATA', 'BLOBS']);
      const oids = whole.largeObjectIds?.flatMap(([first, last]) => [first, last]) ?? [];
      assert.ok(oids.includes(424_242), JSON.stringify(whole.largeObjectIds));
      assert.equal(whole.largeObjectEntries.length, whole.largeObjects);
      assert.equal((await read(['BLOBS'])).largeObjectIds, null);
      assert.deepEqual((await read(['TABLE'])).largeObjectIds, []);
    });
  }
});
