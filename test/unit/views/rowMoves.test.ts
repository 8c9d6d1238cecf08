import assert from 'node:assert/strict';
import { RowMoves } from '../../../src/vscode/ui/rowMoves';

describe('rows that move under the pointer', () => {
  let now: number;
  let moves: RowMoves;
  beforeEach(() => {
    now = 1000;
    moves = new RowMoves(() => now);
    moves.drawn(['a', 'b']);
  });

  it('have not moved when they are drawn for the first time, or again in their order', () => {
    assert.equal(moves.justNow, false);
    moves.drawn(['a', 'b']);
    assert.equal(moves.justNow, false);
  });

  for (const [how, rows] of [
    ['change their places', ['b', 'a']],
    ['get a new one above them', ['c', 'a', 'b']],
    ['lose one', ['b']],
  ] as const) {
    it(`take no click for half a second when they ${how}`, () => {
      moves.drawn(rows);
      assert.equal(moves.justNow, true);
      now += 499;
      assert.equal(moves.justNow, true);
      now += 1;
      assert.equal(moves.justNow, false);
    });
  }

  it('take none for longer when they go on moving', () => {
    moves.drawn(['b', 'a']);
    now += 400;
    moves.drawn(['a', 'b']);
    now += 400;
    assert.equal(moves.justNow, true);
  });
});
