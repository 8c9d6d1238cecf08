import assert from 'node:assert/strict';
import { ascending } from '../../../../src/core/cooperativeLoop';
import { seededRandom } from '../../../support/seededRandom';

describe('ids in ascending order', () => {
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['none', []],
    ['one', [7]],
    ['zero', [0]],
    [
      'those of every second index, from behind',
      Array.from({ length: 500 }, (_, i) => 998 - 2 * i),
    ],
    ['those that are there twice', [3, 1, 3, 2, 1]],
    ['those far apart', [2 ** 31 - 1, 5, 1_000_000]],
    ['negative ones', [3, -1, 2]],
  ];
  for (const [title, ids] of cases) {
    it(title, () => {
      const sorted = [...ids].sort((a, b) => a - b);
      assert.deepEqual(ascending(ids), sorted);
      assert.deepEqual(ascending(new Set(ids)), [...new Set(sorted)]);
    });
  }

  it('of any kind', () => {
    const random = seededRandom(4711);
    for (let times = 0; times < 200; times++) {
      const most = 1 + Math.floor(random() * 2000);
      const ids = Array.from({ length: Math.floor(random() * 300) }, () =>
        Math.floor(random() * most),
      );
      assert.deepEqual(
        ascending(ids),
        [...ids].sort((a, b) => a - b),
      );
    }
  });
});
