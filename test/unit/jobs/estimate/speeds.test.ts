import assert from 'node:assert/strict';
import { WorkModel } from '../../../../src/core/jobs/progress/estimate/workModel';
import type { WorkKind, WorkUnit } from '../../../../src/core/jobs/progress/estimate/workUnit';

/** A piece of work: planned seconds, and what it carries over the connection. */
interface Piece {
  kind: WorkKind;
  seconds: number;
  carried?: number;
  trips?: number;
}

function modelOf(pieces: readonly Piece[]): { model: WorkModel; units: WorkUnit[] } {
  const model = new WorkModel([1]);
  const units = pieces.map((piece, i) =>
    model.add({ key: `${i}`, size: 0, stage: 0, carried: 0, trips: 0, ...piece }),
  );
  return { model, units };
}

/** Seconds left after the first piece took so long. */
function leftAfter(took: number, pieces: readonly Piece[]): number {
  const { model, units } = modelOf(pieces);
  const [first] = units;
  assert.ok(first);
  model.begin(first, 0);
  model.end(first, took);
  return model.remaining(took);
}

describe('what a first piece of work tells of the others', () => {
  const rows: Piece = { kind: 'data', seconds: 1, carried: 50e6 };

  it('a slow link holds up what goes over it, by its bytes', () => {
    // Text that compresses well on the disk: little work, and as many bytes.
    const alike = { ...rows, seconds: 0.2 };
    const left = leftAfter(20, [rows, alike]);
    assert.ok(left > 15 && left < 22, String(left));
    const half = leftAfter(20, [rows, { ...alike, carried: 25e6 }]);
    assert.ok(half > 7 && half < 11, String(half));
  });

  it('a slow link does not hold up what the server does by itself', () => {
    const left = leftAfter(20, [rows, { kind: 'index', seconds: 5 }]);
    assert.ok(left < 10, String(left));
  });

  it('large objects go over the same link', () => {
    const left = leftAfter(20, [rows, { kind: 'largeObjects', seconds: 0.5, carried: 50e6 }]);
    assert.ok(left > 12, String(left));
  });

  it('a machine may be slower in all, and faster', () => {
    const index: Piece = { kind: 'index', seconds: 5 };
    assert.ok(leftAfter(2.5, [rows, index]) > 5.5);
    assert.ok(leftAfter(0.2, [rows, index]) < 4);
  });

  it('work of the same kind takes as much longer, however much that is', () => {
    const index: Piece = { kind: 'index', seconds: 1 };
    const left = leftAfter(30, [index, index]);
    assert.ok(left > 28 && left < 31, String(left));
  });
});

describe('an estimate', () => {
  it('rests on nothing before something went over the link that most of the work goes over', () => {
    const before: Piece = { kind: 'definition', seconds: 0.4 };
    const pieces: [after: Piece, founded: boolean][] = [
      [{ kind: 'largeObjects', seconds: 1, carried: 20e6 }, false],
      [{ kind: 'largeObjects', seconds: 0.1, carried: 1e6 }, true],
      [{ kind: 'index', seconds: 1 }, true],
    ];
    for (const [after, founded] of pieces) {
      const { model, units } = modelOf([before, after]);
      const [first, second] = units;
      assert.ok(first && second);
      model.begin(first, 0);
      model.end(first, 1);
      model.begin(second, 1);
      assert.equal(model.isFounded(1), founded, JSON.stringify(after));
      model.measure(second, 1, 10, 1.5);
      assert.ok(model.isFounded(1.5));
    }
  });
});

describe('a server that is far away', () => {
  it('takes its time for each statement', () => {
    const { model } = modelOf([
      { kind: 'definition', seconds: 0.2, trips: 800 },
      { kind: 'data', seconds: 1 },
    ]);
    model.setAnswerSeconds(0.005);
    assert.ok(model.remaining(0) < 1.3, 'one at hand costs nothing more');
    model.setAnswerSeconds(0.06);
    assert.ok(Math.abs(model.remaining(0) - 41.2) < 1, String(model.remaining(0)));
    // The quickest answer counts.
    model.setAnswerSeconds(0.035);
    assert.ok(Math.abs(model.remaining(0) - 21.2) < 1, String(model.remaining(0)));
  });

  it('is in the times of an earlier run already', () => {
    const { model } = modelOf([{ kind: 'definition', seconds: 0.2, trips: 800 }]);
    model.remember([{ key: '0', seconds: 30, size: 0 }]);
    model.setAnswerSeconds(0.06);
    assert.equal(Math.round(model.remaining(0)), 30);
  });
});

describe('an index that takes as long as the last time', () => {
  it('comes nearer to its end, though reading its table counts as half of its work', () => {
    const { model, units } = modelOf([{ kind: 'index', seconds: 1 }]);
    model.remember([{ key: '0', seconds: 4, size: 0 }]);
    const [index] = units;
    assert.ok(index);
    model.begin(index, 0);
    let ends = Infinity;
    for (let at = 0.5; at < 4; at += 0.5) {
      model.measure(index, (0.5 * at) / 4, 1, at);
      const left = model.remaining(at);
      assert.ok(left < ends, `${left} s left after ${at} s, ${ends} before`);
      ends = left;
    }
  });
});
