import assert from 'node:assert/strict';
import { ascending, ascendingInTurns } from '../../../../src/core/archive/selection/ascending';
import { CooperativeLoop } from '../../../../src/core/cooperativeLoop';
import { seededRandom } from '../../../support/seededRandom';

/** Wants a turn whenever it is asked. */
class EveryTurn extends CooperativeLoop {
  turns = 0;
  override get shouldYield(): boolean {
    return true;
  }
  override async yield(): Promise<void> {
    this.turns++;
    return Promise.resolve();
  }
}

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
    it(title, async () => {
      const sorted = [...ids].sort((a, b) => a - b);
      assert.deepEqual(ascending(ids), sorted);
      const turns = new EveryTurn();
      assert.deepEqual(await ascendingInTurns(ids, turns), sorted);
      assert.deepEqual(await ascendingInTurns(new Set(ids), turns), [...new Set(sorted)]);
      assert.ok(turns.turns >= ids.length);
    });
  }

  it('of any kind (seed 4711)', async () => {
    const random = seededRandom(4711);
    for (let times = 0; times < 200; times++) {
      const most = 1 + Math.floor(random() * 2000);
      const ids = Array.from({ length: Math.floor(random() * 300) }, () =>
        Math.floor(random() * most),
      );
      assert.deepEqual(
        await ascendingInTurns(ids, new EveryTurn()),
        [...ids].sort((a, b) => a - b),
      );
    }
  });
});
