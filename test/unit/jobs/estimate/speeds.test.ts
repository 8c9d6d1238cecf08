import assert from 'node:assert/strict';
import { ANSWER_TRIPS } from '../../../../src/core/catalog/psqlSession';
import { earlierSpeeds, type SeenSpeed } from '../../../../src/core/jobs/progress/estimate/speeds';
import { WorkModel } from '../../../../src/core/jobs/progress/estimate/workModel';
import type { WorkKind, WorkUnit } from '../../../../src/core/jobs/progress/estimate/workUnit';

/** A piece of work: planned seconds, and what it carries over the connection. */
interface Piece {
  kind: WorkKind;
  seconds: number;
  carried?: number;
  trips?: number;
  method?: string;
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
    assert.ok(left < 6, String(left));
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

describe('what a job tells others on the same server', () => {
  /** What a job shows in which each piece takes so many seconds. */
  function shownBy(pieces: readonly (Piece & { takes: number })[]): SeenSpeed[] {
    const { model, units } = modelOf(pieces);
    let now = 0;
    pieces.forEach(({ takes }, i) => {
      const unit = units[i];
      assert.ok(unit);
      model.begin(unit, now);
      model.end(unit, (now += takes));
    });
    return model.speeds();
  }
  const expect = (model: WorkModel, seen: readonly SeenSpeed[], of: 'known' | 'other'): number => {
    const earlier = earlierSpeeds(seen);
    assert.ok(earlier);
    model.expectSpeeds(of === 'known' ? earlier : { ...earlier, byKind: new Map() });
    return model.remaining(0);
  };
  const rows: Piece = { kind: 'data', seconds: 1, carried: 50e6 };
  const index: Piece = { kind: 'index', seconds: 1, method: 'gin' };

  // [what a job took, what another plans, seconds that it expects: of the same kind of job and another]
  const cases: [title: string, seen: SeenSpeed[], planned: Piece, known: number, other: number][] =
    [
      ['a slow link', shownBy([{ ...rows, takes: 20 }]), rows, 20, 19],
      ['a slow link, and what it does not hold up', shownBy([{ ...rows, takes: 20 }]), index, 1, 1],
      [
        'a slow machine',
        shownBy([
          { ...index, takes: 2 },
          { ...rows, takes: 2 },
        ]),
        rows,
        2,
        1.7,
      ],
      ['a fast machine', shownBy([{ ...index, takes: 0.5 }]), index, 0.55, 0.65],
      ['what one method takes', shownBy([{ ...index, takes: 10 }]), index, 7, 2],
      [
        'what another method takes',
        shownBy([{ ...index, takes: 10 }]),
        { ...index, method: 'gist' },
        2,
        2,
      ],
    ];
  for (const [title, seen, planned, known, other] of cases) {
    it(title, () => {
      for (const [of, seconds] of [
        ['known', known],
        ['other', other],
      ] as const) {
        const left = expect(modelOf([planned]).model, seen, of);
        assert.ok(left > seconds * 0.7 && left < seconds * 1.4, `${of}: ${left} s`);
      }
    });
  }

  it('counts less than what the job itself sees', () => {
    const { model, units } = modelOf([index, { ...index, seconds: 5 }]);
    model.expectSpeeds(earlierSpeeds(shownBy([{ ...index, takes: 10 }])));
    assert.ok(model.remaining(0) > 20);
    const [first] = units;
    assert.ok(first);
    model.begin(first, 0);
    model.end(first, 1);
    assert.ok(model.remaining(1) < 6, String(model.remaining(1)));
  });

  it('makes percent and time left known from the beginning, unless the link is not known', () => {
    const seen = shownBy([{ ...index, takes: 2 }]);
    const pieces: [pieces: Piece[], founded: boolean][] = [
      [[index], true],
      [[index, { kind: 'foreignKey', seconds: 5 }], true],
      // How fast the link is, that job did not see.
      [[index, { ...rows, seconds: 1.5 }], false],
    ];
    for (const [planned, founded] of pieces) {
      const { model } = modelOf(planned);
      assert.equal(model.isFounded(0), false);
      model.expectSpeeds(earlierSpeeds(seen));
      assert.equal(model.isFounded(0), founded, JSON.stringify(planned));
    }
  });

  it('is nothing of the link where hardly anything went over it', () => {
    const cases: [carried: number, tells: boolean][] = [
      [10, false],
      [20_000, false],
      [2e6, true],
    ];
    for (const [carried, tells] of cases) {
      const [seen] = shownBy([{ ...rows, carried, takes: 60 }]);
      assert.equal(seen?.perByte !== null, tells, String(carried));
    }
  });

  it('is nothing where it took no time, or knew the times of an earlier run', () => {
    assert.deepEqual(shownBy([{ ...index, takes: 0.01 }]), []);
    assert.equal(earlierSpeeds([]), null);
    const { model, units } = modelOf([index]);
    model.remember([{ key: '0', seconds: 3, size: 0 }]);
    const [only] = units;
    assert.ok(only);
    model.begin(only, 0);
    model.end(only, 3);
    assert.deepEqual(model.speeds(), []);
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

describe('small tables', () => {
  it('show nothing of the link that large ones go over', () => {
    const small: Piece = { kind: 'data', seconds: 0.01, carried: 1000 };
    const large: Piece = { kind: 'data', seconds: 1, carried: 50e6 };
    const { model, units } = modelOf([...Array.from({ length: 60 }, () => small), large]);
    let now = 0;
    for (const unit of units.slice(0, 60)) {
      model.begin(unit, now);
      model.end(unit, (now += 0.01));
    }
    assert.equal(model.isFounded(now), false, 'a thousandth of all bytes');
    const last = units.at(-1);
    assert.ok(last);
    model.begin(last, now);
    for (const share of [0.03, 0.06]) model.measure(last, share, 1, (now += 0.6));
    assert.ok(model.isFounded(now));
    const left = model.remaining(now);
    assert.ok(left > 8 && left < 25, String(left));
  });
});

describe('a server that is far away', () => {
  it('takes its time for each statement', () => {
    const { model } = modelOf([
      { kind: 'definition', seconds: 0.2, trips: 800 },
      { kind: 'data', seconds: 1 },
    ]);
    // For an answer psql waits several times, for a statement of a tool once.
    const answers = (trip: number): void => model.setAnswerSeconds(0.01 + ANSWER_TRIPS * trip, 0);
    answers(0.05);
    assert.ok(Math.abs(model.remaining(0) - 41.2) < 1, String(model.remaining(0)));
    // The quickest answer counts.
    answers(0.025);
    assert.ok(Math.abs(model.remaining(0) - 21.2) < 1, String(model.remaining(0)));
    answers(0.05);
    assert.ok(Math.abs(model.remaining(0) - 21.2) < 1, String(model.remaining(0)));
    model.setAnswerSeconds(0.005, 0);
    assert.ok(model.remaining(0) < 1.3, 'one at hand costs nothing more');
  });

  it('is not taken for one because its link is full of rows', () => {
    const { model, units } = modelOf([
      { kind: 'data', seconds: 1, carried: 50e6 },
      { kind: 'definition', seconds: 0.2, trips: 800 },
    ]);
    const [rows] = units;
    assert.ok(rows);
    model.setAnswerSeconds(0.07, 0);
    model.begin(rows, 0);
    const before = model.remaining(0);
    model.setAnswerSeconds(0.3, 0);
    assert.equal(model.remaining(0), before);
    model.setAnswerSeconds(0.04, 0);
    assert.ok(model.remaining(0) < before - 5, 'a quicker answer tells more');
  });

  it('is not taken for one by an answer that waited behind rows until they were there', () => {
    const { model, units } = modelOf([
      { kind: 'data', seconds: 1, carried: 50e6 },
      { kind: 'definition', method: 'rows', seconds: 1, carried: 5e6 },
      { kind: 'index', seconds: 0.2, trips: 800 },
    ]);
    const [rows, small] = units;
    assert.ok(rows && small);
    model.begin(rows, 0);
    model.setAnswerSeconds(0.3, 1);
    model.end(rows, 2);
    const before = model.remaining(2);
    model.setAnswerSeconds(0.3, 2.1);
    assert.equal(model.remaining(2), before, 'it was asked while rows were on their way');
    model.spend(small, 1, 0.5, 3);
    const half = model.remaining(3);
    model.setAnswerSeconds(0.3, 3.2);
    assert.equal(model.remaining(3), half, 'so it was while those of small tables were');
    model.setAnswerSeconds(0.07, 3.5);
    assert.ok(model.remaining(3) > half + 10, 'this one was asked afterwards');
  });

  it('is not taken for one because its machine is busy', () => {
    const { model, units } = modelOf([
      { kind: 'definition', seconds: 0.4, trips: 800 },
      { kind: 'definition', method: 'late', seconds: 0.4, trips: 800 },
    ]);
    const [first] = units;
    assert.ok(first);
    model.spend(first, 0.4, 1, 1);
    const before = model.remaining(1);
    model.setAnswerSeconds(0.06, 2);
    // 800 statements that took 0.4 s all together waited for 0.5 ms each at most.
    assert.ok(Math.abs(model.remaining(2) - before) < 0.5, String(model.remaining(2)));
  });

  it('takes as long for each statement when there turn out to be fewer rows', () => {
    const { model, units } = modelOf([{ kind: 'index', seconds: 1, trips: 2, carried: 10 }]);
    const [index] = units;
    assert.ok(index);
    model.setAnswerSeconds(0.01 + ANSWER_TRIPS * 0.25, 0);
    model.rescale(index, 0.1);
    assert.ok(Math.abs(model.remaining(0) - 0.6) < 0.02, String(model.remaining(0)));
    model.setAnswerSeconds(0.01, 0);
    assert.ok(Math.abs(model.remaining(0) - 0.1) < 0.02, String(model.remaining(0)));
    assert.equal(index.carried, 1);
  });

  it('is in the times of an earlier run already', () => {
    const { model } = modelOf([{ kind: 'definition', seconds: 0.2, trips: 800 }]);
    model.remember([{ key: '0', seconds: 30, size: 0 }]);
    model.setAnswerSeconds(0.06, 0);
    assert.equal(Math.round(model.remaining(0)), 30);
  });
});

describe('how far work is that is no share of its time', () => {
  for (const [kind, remembered, tells] of [
    ['data', false, true],
    ['index', false, false],
    ['index', true, false],
    ['largeObjects', false, true],
    ['largeObjects', true, false],
  ] as const) {
    const run = remembered ? 'an earlier run' : 'a plan';
    it(`tells ${tells ? '' : 'nothing '}of the speed: ${kind}, expected by ${run}`, () => {
      const { model, units } = modelOf([
        { kind, seconds: 4 },
        { kind, seconds: 40 },
      ]);
      if (remembered) model.remember(units.map(({ plan }) => ({ ...plan })));
      const [first, second] = units;
      assert.ok(first && second);
      model.begin(first, 0);
      // Half of it in a tenth of the time that was expected.
      for (const at of [0.2, 0.4]) model.measure(first, at, 0.8, at);
      assert.equal(model.remaining(0.4) < 25, tells, String(model.remaining(0.4)));
      model.end(first, 0.8);
      assert.ok(model.remaining(0.8) < 36, 'its end does');
    });
  }
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
