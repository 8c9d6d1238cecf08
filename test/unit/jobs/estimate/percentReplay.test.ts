import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repoPaths } from '../../../support/repoPaths';
import { seededRandom } from '../../../support/seededRandom';
import {
  afterBackup,
  judge,
  replay,
  type WorkEvent,
  type WorkTrace,
} from '../../../support/measure/workTrace';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Jobs on databases of many kinds, on one machine and behind a slow link, as `npm run bench -- percent` saw them. */
const recorded = JSON.parse(
  readFileSync(path.join(repoPaths.fixtures, 'progress/traces.json'), 'utf8'),
) as WorkTrace[];

/** A first restore begins with what the model learns of the backup before it. */
const traces = recorded.map((trace) => {
  const before = trace.name.replace(/restore, first$/, 'backup, first');
  const backup = recorded.find(({ name }) => name === before);
  return backup && backup !== trace ? afterBackup(trace, backup) : trace;
});

const judged = traces.map((trace) => ({ ...trace, ...judge(replay(trace), trace.seconds) }));

/** The same job on a machine that is so many times as fast, and at times busy with something else. */
function disturbed(trace: WorkTrace, speed: number, random: () => number): WorkTrace {
  let before = 0;
  let now = 0;
  const at = (moment: number): number => {
    now += ((moment - before) / speed) * (0.3 + 1.4 * random());
    before = moment;
    return now;
  };
  const events = trace.events.map((event): WorkEvent => {
    const [told, ...rest] = event;
    const moved = at(told);
    if ((event[1] === 'begin' || event[1] === 'end') && event[3] !== undefined) {
      return [moved, event[1], event[2], Math.max(0, moved - (told - event[3]) / speed)];
    }
    return [moved, ...rest] as unknown as WorkEvent;
  });
  return { ...trace, events, seconds: at(trace.seconds) };
}

describe('percent on databases of many kinds', () => {
  // The limits are what these runs keep, rounded up: what makes them worse is to be looked at.
  const limits: [which: RegExp, points: number][] = [
    [/backup, first/, 2.7],
    [/backup, second/, 2.8],
    [/restore, first/, 5.8],
    [/restore, second/, 3.8],
    [/first/, 4.4],
    [/second/, 3.4],
    [/link.*first/, 4.5],
    [/link.*second/, 2.8],
    [/long/, 1.8],
    [/large objects.*second/, 2.6],
    // Kinds of data that the model was not made for.
    [/^(?:a shop|messages|a bit of all),/, 5.5],
  ];
  for (const [which, points] of limits) {
    it(`is no more than ${points} points off on average: ${which.source}`, () => {
      const runs = judged.filter(({ name }) => which.test(name));
      const mean = runs.reduce((sum, run) => sum + run.mean, 0) / runs.length;
      assert.ok(runs.length >= 2, String(runs.length));
      assert.ok(mean <= points, mean.toFixed(2));
    });
  }

  // [runs, share that is never more than 20 points off, that tells the time left after a fifth, and of
  // those the share that is within 25 %]
  const shares: [which: RegExp, close: number, told: number, right: number][] = [
    [/first/, 0.85, 0.75, 0.7],
    [/second/, 0.95, 0.95, 0.85],
    [/link.*second/, 0.95, 0.95, 0.95],
  ];
  for (const [which, close, told, right] of shares) {
    it(`is seldom far off, and tells the time left after a fifth: ${which.source}`, () => {
      const runs = judged.filter(({ name }) => which.test(name));
      const tell = runs.filter(({ left }) => !Number.isNaN(left));
      const near = runs.filter(({ most }) => most <= 20).length / runs.length;
      const exact = tell.filter(({ left }) => left <= 25).length / tell.length;
      assert.ok(near >= close, `${near} are close`);
      assert.ok(tell.length / runs.length >= told, `${tell.length} of ${runs.length} tell it`);
      assert.ok(exact >= right, `${exact} of those are right`);
    });
  }

  it(`never falls, nor ends early, however fast and busy the machine is\n    SEED=${seed}`, () => {
    const random = seededRandom(seed);
    for (const trace of traces) {
      const speed = 10 ** (2 * random() - 1);
      const run = disturbed(trace, speed, random);
      // It throws where percent fell, or was 100 before the end.
      judge(replay(run), run.seconds);
    }
  });
});
