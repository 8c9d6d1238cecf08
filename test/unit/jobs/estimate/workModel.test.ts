import assert from 'node:assert/strict';
import { makespan } from '../../../../src/core/jobs/progress/estimate/makespan';
import { trackerAt } from '../../../support/measure/trackerAt';
import { SmoothedEstimate } from '../../../../src/core/jobs/job/smoothedEstimate';
import { WorkModel } from '../../../../src/core/jobs/progress/estimate/workModel';
import { type UnitTime, type WorkUnit } from '../../../../src/core/jobs/progress/estimate/workUnit';
import { seededRandom } from '../../../support/seededRandom';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

interface Job {
  /** Planned seconds and what it really takes. */
  pieces: { planned: number; takes: number; measured: boolean }[];
  workers: number;
  remembered?: UnitTime[];
}

interface Seen {
  at: number;
  percent: number | null;
  remaining: number | null;
}

/** Lets workers go through the pieces on a clock of their own; looks at what is shown. */
function play(job: Job, step = 0.1): { seen: Seen[]; seconds: number; model: WorkModel } {
  let now = 5000;
  const tracker = trackerAt(() => now * 1000);
  const start = now;
  tracker.start();
  const model = new WorkModel([job.workers, 1]);
  const units = job.pieces.map(({ planned }, i) =>
    model.add({ key: `t${i}`, kind: 'data', seconds: planned, size: 1000, stage: 0 }),
  );
  const finish = model.add({ key: 'end', kind: 'finish', seconds: 0.1, size: 0, stage: 1 });
  model.remember(job.remembered ?? []);
  tracker.setModel(model);
  const seen: Seen[] = [];
  const open = new Map<WorkUnit, { from: number; takes: number; measured: boolean }>();
  let next = 0;
  while (next < units.length || open.size > 0) {
    for (const [unit, { from, takes }] of open) {
      if (now < from + takes) continue;
      model.end(unit, now);
      open.delete(unit);
    }
    while (open.size < job.workers && next < units.length) {
      const unit = units[next] as WorkUnit;
      model.begin(unit, now);
      open.set(unit, { from: now, ...(job.pieces[next] ?? { takes: 0, measured: false }) });
      next++;
    }
    for (const [unit, { from, takes, measured }] of open) {
      if (measured) model.measure(unit, now - from, takes, now);
    }
    tracker.advance();
    const { percent = null, remainingMs = null } = tracker.snapshot() ?? {};
    seen.push({ at: now - start, percent, remaining: remainingMs });
    now += step;
  }
  model.begin(finish, now);
  now += 0.1;
  model.end(finish, now);
  tracker.advance();
  const before = tracker.snapshot();
  assert.ok((before?.percent ?? 0) <= 99, `${before?.percent} % before the end`);
  tracker.stop(true);
  assert.equal(tracker.snapshot()?.percent, 100);
  assert.equal(tracker.snapshot()?.remainingMs, 0);
  return { seen, seconds: now - start, model };
}

function meanDistance(seen: readonly Seen[], seconds: number): number {
  const off = seen.map(({ at, percent }) => Math.abs((percent ?? 0) - (100 * at) / seconds));
  return off.reduce((sum, value) => sum + value, 0) / off.length;
}

describe('the estimate of work', () => {
  before(() => console.log(`    SEED=${seed}`));

  it('never falls, never ends early, and is a number when it is one, whatever happens', () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 60; round++) {
      const workers = 1 + Math.floor(random() * 4);
      const pieces = Array.from({ length: 1 + Math.floor(random() * 30) }, () => {
        const planned = 0.01 + random() ** 3 * 20;
        return { planned, takes: planned * 10 ** (2 * random() - 1), measured: random() < 0.5 };
      });
      const { seen } = play({ pieces, workers }, 0.5);
      let before = 0;
      for (const { at, percent, remaining } of seen) {
        const where = `round ${round}, at ${at}`;
        if (percent !== null) {
          assert.ok(percent >= before && percent <= 99, `${before} then ${percent}: ${where}`);
          before = percent;
        }
        if (remaining !== null) assert.ok(remaining >= 0 && remaining < 1e9, where);
      }
    }
  });

  it('says nothing before there is a reason, and everything when it has been here before', () => {
    const pieces = Array.from({ length: 20 }, () => ({ planned: 1, takes: 2, measured: true }));
    const first = play({ pieces, workers: 1 });
    assert.equal(first.seen[0]?.percent, null);
    assert.equal(first.seen[0]?.remaining, null);
    assert.ok(first.seen.find(({ at }) => at > 3)?.percent);
    const again = play({ pieces, workers: 1, remembered: first.model.times() });
    assert.equal(again.seen[0]?.percent, 0);
    assert.ok(Math.abs((again.seen[0]?.remaining ?? 0) - 40_000) < 2000);
  });

  it('finds out how fast the machine is', () => {
    const random = seededRandom(seed);
    for (const speed of [0.1, 1, 10]) {
      const pieces = Array.from({ length: 30 }, () => {
        const planned = 5 + random() * 30;
        return { planned, takes: planned * speed * (0.9 + 0.2 * random()), measured: true };
      });
      const { seen, seconds } = play({ pieces, workers: 2 }, workOf(pieces) / 500);
      const distance = meanDistance(seen, seconds);
      assert.ok(distance < 4, `${distance} points off at speed ${speed}`);
      const fifth = seen.find(({ at }) => at > seconds / 5);
      const left = (fifth?.remaining ?? NaN) / 1000 / (seconds - (fifth?.at ?? 0));
      // Of 400 seeds the farthest were 0.81 and 1.29.
      assert.ok(left > 0.7 && left < 1.4, `${left} of the time left at speed ${speed}`);
    }
  });

  it('knows from the last run what sizes do not tell', () => {
    const random = seededRandom(seed);
    const pieces = Array.from({ length: 15 }, () => ({
      planned: 1 + random(),
      // Unlike anything that sizes could tell.
      takes: 0.2 + random() ** 4 * 30,
      measured: false,
    }));
    const first = play({ pieces, workers: 2 });
    const second = play({ pieces, workers: 2, remembered: first.model.times() });
    const distance = meanDistance(second.seen, second.seconds);
    // Of 300 seeds the worst was 3.1.
    assert.ok(distance < 4, `${distance} points off`);
  });

  it('does not sit at the end while the last piece goes on and on', () => {
    const pieces = [
      ...Array.from({ length: 10 }, () => ({ planned: 1, takes: 1, measured: true })),
      { planned: 1, takes: 30, measured: false },
    ];
    const { seen, seconds } = play({ pieces, workers: 1 });
    const atEnd = seen.filter(({ percent }) => (percent ?? 0) >= 98.5).length / seen.length;
    assert.ok(atEnd < 0.05, `${atEnd} of ${seconds} s`);
  });

  it('does not pretend to know how long a lock will be waited for', () => {
    const plan = { kind: 'data', size: 1, stage: 0 } as const;
    for (const times of [[], [{ key: 'a', seconds: 0.2, size: 1 }]]) {
      let now = 0;
      const tracker = trackerAt(() => now);
      tracker.start();
      const model = new WorkModel([1]);
      const unit = model.add({ key: 'a', seconds: 0.2, ...plan });
      model.add({ key: 'b', seconds: 0.1, ...plan });
      model.remember(times);
      tracker.setModel(model);
      model.begin(unit, 0);
      for (now = 0; now < 60_000; now += 250) tracker.advance();
      const { percent = 0, remainingMs } = tracker.snapshot() ?? {};
      assert.equal(remainingMs, null);
      assert.ok((percent ?? 0) < 80, String(percent));
      // It went on: there is something to say again.
      model.measure(unit, 50, 100, now / 1000);
      now += 1000;
      tracker.advance();
      assert.ok(tracker.snapshot()?.remainingMs);
    }
  });

  it('scales what it remembers by how the objects have grown', () => {
    const model = new WorkModel([1]);
    const plan = { kind: 'data', seconds: 1, stage: 0 } as const;
    const grown = model.add({ key: 'grown', size: 3000, ...plan });
    const same = model.add({ key: 'same', size: 50, ...plan });
    const fresh = model.add({ key: 'fresh', size: 10, ...plan });
    model.remember([
      { key: 'grown', seconds: 2, size: 1000 },
      { key: 'same', seconds: 4, size: 50 },
      { key: 'gone', seconds: 100, size: 1 },
    ]);
    assert.deepEqual([grown.seconds, same.seconds, fresh.seconds], [6, 4, 5]);
  });

  it('does not scale the rest by what a small part took', () => {
    const model = new WorkModel([1, 1]);
    const reading = model.add({ key: 'reading', kind: 'connect', seconds: 0.1, size: 0, stage: 0 });
    const table = model.add({ key: 't', kind: 'data', seconds: 10, size: 100, stage: 1 });
    assert.equal(model.remember([{ key: 'reading', seconds: 5, size: 0 }]), false);
    assert.deepEqual([reading.seconds, table.seconds], [5, 10]);
  });

  it('leaves a measure behind that is asked too often or goes back', () => {
    const model = new WorkModel([1]);
    const unit = model.add({ key: 'a', kind: 'data', seconds: 10, size: 1, stage: 0 });
    model.begin(unit, 0);
    model.measure(unit, 50, 100, 5);
    model.measure(unit, 40, 100, 6);
    model.measure(unit, NaN, 100, 7);
    model.measure(unit, 10, 0, 7);
    assert.equal(unit.fraction, 0.5);
    // 5 s for a half: 5 s for the other, of which 2 have passed.
    assert.ok(Math.abs(model.remaining(7) - 3) < 0.6, String(model.remaining(7)));
    model.measure(unit, 1000, 100, 8);
    assert.ok((unit.fraction ?? 1) < 1);
  });
});

function workOf(pieces: readonly { takes: number }[]): number {
  return pieces.reduce((sum, { takes }) => sum + takes, 0);
}

describe('what is shown of an estimate', () => {
  it('does not leap, and does not go back when the estimate does', () => {
    const shown = new SmoothedEstimate();
    shown.update(0, 10, 90);
    assert.equal(shown.percent, 10);
    // Half done all of a sudden: the bar hurries, but is seen to move.
    shown.update(1, 11, 11);
    assert.ok((shown.percent ?? 0) > 12 && (shown.percent ?? 0) < 30, String(shown.percent));
    const before = shown.percent;
    shown.update(2, 12, 1000);
    assert.equal(shown.percent, before);
    shown.update(3, 13, null);
    assert.equal(shown.percent, before);
    assert.equal(shown.remaining, null);
  });

  it('follows the plan before anything confirms it, the less the further that leads', () => {
    // [seconds so far, seconds planned, percent at least and at most]
    const cases: [elapsed: number, planned: number | null, least: number, most: number][] = [
      [0.2, 1, 0, 0],
      [1, 9, 7, 10],
      [2, 2, 14, 16],
      [0.8, 0.1, 8, 9],
      [30, 0.1, 19, 20],
      [2, 600, 0.2, 0.5],
      [1, null, 1, 5],
      [60, null, 9, 10],
    ];
    for (const [elapsed, planned, least, most] of cases) {
      const shown = new SmoothedEstimate();
      shown.waitForEstimate(elapsed, planned);
      const percent = shown.percent ?? 0;
      assert.ok(percent >= least && percent <= most, `${elapsed} s, ${planned} s: ${percent}`);
      assert.equal(shown.remaining, null, 'nothing is said of the time left');
      shown.waitForEstimate(elapsed, 1e6);
      assert.equal(shown.percent ?? 0, percent, 'it does not fall');
    }
  });

  it('does not believe the first estimate at once where it has shown a plan before', () => {
    const waited = new SmoothedEstimate();
    waited.waitForEstimate(2, 100);
    const before = waited.percent ?? NaN;
    waited.update(2, 2, 2);
    assert.ok(Math.abs((waited.percent ?? NaN) - (before + 50) / 2) <= 0.1, String(waited.percent));
    const known = new SmoothedEstimate();
    known.update(2, 2, 2);
    assert.equal(known.percent, 50);
  });

  it('tells no time left that is hardly more than a guess, and does not hide it again soon', () => {
    const estimate = new SmoothedEstimate();
    const told = [1, 0.6, 0.5, 0.7, 0.81, 0.7, 0.4].map((doubt, i) => {
      estimate.update(i, i, 100 - i, doubt);
      return estimate.remaining !== null;
    });
    assert.deepEqual(told, [false, false, true, true, false, false, true]);
    assert.ok((estimate.percent ?? 0) > 5);
  });

  it('doubts what nothing of the kind has shown yet', () => {
    const model = new WorkModel([1]);
    const [rows, index] = (['data', 'index'] as const).map((kind) =>
      model.add({ key: kind, kind, seconds: 10, size: 1, stage: 0 }),
    );
    assert.ok(rows && index);
    model.begin(rows, 0);
    const doubtAt = (now: number): number => {
      model.remaining(now);
      return model.doubt;
    };
    assert.ok(doubtAt(0) > 0.9);
    model.measure(rows, 2, 10, 2);
    const early = doubtAt(2);
    assert.ok(early > 0.4 && early < 0.7, String(early));
    model.end(rows, 10);
    model.begin(index, 10);
    assert.ok(doubtAt(10) > 0.9, 'only the index is left');
    model.measure(index, 5, 10, 15);
    assert.ok(doubtAt(15) < 0.3, 'the half of it that is there tells of the other');
    model.end(index, 20);
    assert.equal(doubtAt(20), 0);
    // An earlier run of the job tells of all of its work.
    const again = new WorkModel([1]);
    again.add({ key: 'data', kind: 'data', seconds: 1, size: 1, stage: 0 });
    again.remember(model.times());
    again.remaining(0);
    assert.equal(again.doubt, 0);
  });

  it('counts the time left down between estimates', () => {
    const shown = new SmoothedEstimate();
    shown.update(0, 0, 100);
    for (let t = 1; t <= 20; t++) shown.update(t, t, 100 - t);
    assert.ok(Math.abs((shown.remaining ?? 0) - 80) < 0.01);
    shown.update(21, 21, 200);
    assert.ok((shown.remaining ?? 0) > 79 && (shown.remaining ?? 0) < 120);
  });
});

describe('makespan', () => {
  const unit = (after: WorkUnit | null = null): WorkUnit =>
    new WorkModel([1]).add({ key: '', kind: 'data', seconds: 1, size: 0, stage: 0, after });

  it('is as long as the longest piece, however many workers there are', () => {
    const waiting = [10, 1, 1, 1].map((seconds) => ({ unit: unit(), seconds }));
    assert.equal(makespan(4, [], waiting, new Map()), 10);
    assert.equal(makespan(1, [], waiting, new Map()), 13);
    assert.equal(makespan(2, [6], waiting, new Map()), 10);
  });

  it('lets pieces wait for those they need', () => {
    const data = unit();
    const index = unit(data);
    const waiting = [
      { unit: data, seconds: 5 },
      { unit: index, seconds: 8 },
      { unit: unit(), seconds: 3 },
    ];
    assert.equal(makespan(2, [], waiting, new Map()), 13);
    // The data are being loaded already.
    assert.equal(makespan(2, [2], [{ unit: index, seconds: 8 }], new Map([[data, 2]])), 10);
  });

  it('stays within what any order of work could come to', () => {
    const random = seededRandom(seed);
    for (let round = 0; round < 200; round++) {
      const workers = 1 + Math.floor(random() * 5);
      const running = Array.from({ length: Math.floor(random() * (workers + 1)) }, random);
      const waiting: { unit: WorkUnit; seconds: number }[] = [];
      for (let i = Math.floor(random() * 400); i > 0; i--) {
        const after = random() < 0.3 ? (waiting.at(-1)?.unit ?? null) : null;
        waiting.push({ unit: unit(after), seconds: random() ** 4 * 10 });
      }
      const all = [...running, ...waiting.map(({ seconds }) => seconds)];
      const total = all.reduce((sum, seconds) => sum + seconds, 0);
      const span = makespan(workers, running, waiting, new Map());
      assert.ok(span >= total / workers - 1e-9, `round ${round}`);
      assert.ok(span >= Math.max(0, ...all) - 1e-9 || waiting.length > 300, `round ${round}`);
      assert.ok(span <= total + 1e-9, `round ${round}: ${span} of ${total}`);
    }
  });
});
