import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repoPaths } from '../../../support/repoPaths';
import { seededRandom } from '../../../support/seededRandom';
import { judge, replay, type WorkEvent, type WorkTrace } from '../../../support/measure/workTrace';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Jobs on databases of many kinds, on one machine and behind a slow link, as `npm run bench -- percent` saw them. */
const traces = JSON.parse(
  readFileSync(path.join(repoPaths.fixtures, 'progress/traces.json'), 'utf8'),
) as WorkTrace[];

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
    [/backup, first/, 6],
    [/backup, second/, 5],
    [/restore, first/, 6],
    [/restore, second/, 4],
    [/first/, 6],
    [/second/, 4],
    [/link.*first/, 5],
    [/link.*second/, 3],
    [/long/, 2],
    // Kinds of data that the model was not made for.
    [/^(?:a shop|messages|a bit of all),/, 7],
  ];
  for (const [which, points] of limits) {
    it(`is no more than ${points} points off on average: ${which.source}`, () => {
      const runs = judged.filter(({ name }) => which.test(name));
      const mean = runs.reduce((sum, run) => sum + run.mean, 0) / runs.length;
      assert.ok(runs.length >= 4, String(runs.length));
      assert.ok(mean <= points, mean.toFixed(1));
    });
  }

  // [runs, share that is never more than 20 points off, that tells the time left after a fifth, and of
  // those the share that is within 25 %]
  const shares: [which: RegExp, close: number, told: number, right: number][] = [
    [/first/, 0.85, 0.7, 0.6],
    [/second/, 0.95, 0.95, 0.8],
    [/link.*second/, 0.95, 0.95, 0.85],
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
