import assert from 'node:assert/strict';
import { heldBetween, longestTurn, type Moment } from '../../support/measure/host/heldTurns';

const at = (wall: number, worked: number, waited: number): Moment => ({ wall, worked, waited });
const START = at(1000, 500, 70);

describe('how long a main thread is held', () => {
  const cases: readonly (readonly [string, Moment, number])[] = [
    ['all the time, on a quiet machine', at(1080, 580, 70), 80],
    ['with threads beside it', at(1080, 700, 70), 80],
    ['not while others have the processor', at(1080, 520, 130), 20],
    ['nor while they have it and threads of its own work', at(1080, 580, 130), 20],
    ['nor while threads that it waits for get none', at(1080, 530, 70), 30],
    ['not while nothing is done', at(1080, 501, 70), 1],
  ];
  for (const [title, now, held] of cases) {
    it(title, () => assert.equal(heldBetween(START, now), held));
  }

  it('is noted by turns', async () => {
    let turns = 0;
    const longest = await longestTurn(async () => {
      for (; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
    });
    assert.equal(turns, 3);
    assert.ok(longest >= 0);
  });
});
