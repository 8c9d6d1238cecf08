import assert from 'node:assert/strict';
import { backupDefaults } from '../../../../src/core/forms/backup/backupDefaults';
import type { BackupOptions } from '../../../../src/core/model/options';
import {
  ClusterWorkload,
  ofDatabase,
  withDatabase,
} from '../../../../src/core/jobs/progress/cluster/clusterWorkload';
import type { ProgressTracker } from '../../../../src/core/jobs/job/progressTracker';
import { trackerAt } from '../../../support/measure/trackerAt';

const options: BackupOptions = {
  ...backupDefaults('plain'),
  connectionId: 'x',
  outputPath: '/x',
  scope: 'server',
};

describe('a whole server as work', () => {
  let now = 0;
  const make = (more: Partial<BackupOptions> = {}): [ClusterWorkload, ProgressTracker] => {
    now = 0;
    const tracker = trackerAt(() => now * 1000);
    tracker.start();
    const databases = [
      { name: 'template1', bytes: 0 },
      { name: 'large', bytes: 4e9 },
      { name: `odd "b"`, bytes: 1e9 },
    ];
    const work = new ClusterWorkload(tracker, { ...options, ...more }, databases);
    tracker.setModel(work.model);
    return [work, tracker];
  };
  const percentAt = (tracker: ProgressTracker, seconds: number): number | null => {
    now = seconds;
    tracker.advance();
    return tracker.snapshot()?.percent ?? null;
  };

  it('says next to nothing before something was seen of the rows', () => {
    const [work, tracker] = make();
    work.begin('template1', 0.1);
    work.begin('large', 0.4);
    assert.equal(percentAt(tracker, 0.45), null);
    assert.ok((percentAt(tracker, 1) ?? NaN) < 5);
    assert.equal(tracker.snapshot()?.remainingMs, null);
  });

  it('goes by what each database holds, and by what a closer look at one tells', () => {
    const [work, tracker] = make();
    work.begin('template1', 0.1);
    work.begin('large', 0.4);
    now = 10.4;
    work.applyForecast(30);
    // 30 s of this one, a quarter of its 40 s for the other, and what comes behind them: that is
    // another kind of work, of which the speed of the rows tells a third.
    const [, , large, , finish] = work.model.units;
    const faster = 40 / (large?.seconds ?? NaN);
    const left = 30 + 10 + (finish?.seconds ?? NaN) * faster ** (1 / 3);
    const percent = percentAt(tracker, 10.4) ?? NaN;
    assert.ok(Math.abs(percent - (100 * 10.4) / (10.4 + left)) < 2, String(percent));
    now = 12.4;
    work.applyForecast(60);
    assert.ok((percentAt(tracker, 12.4) ?? NaN) >= percent, 'it never falls');
    now = 40;
    work.applyForecast(0.4);
    work.begin(`odd "b"`, 40.4);
    for (let at = 41; at < 50; at++) {
      now = at;
      work.applyForecast(50.4 - at);
      percentAt(tracker, at);
    }
    work.finishing();
    const late = percentAt(tracker, 50.5) ?? NaN;
    assert.ok(late > percent + 20 && late < 100, String(late));
    tracker.stop(true);
    assert.equal(tracker.snapshot()?.percent, 100);
  });

  it('does not know any more when a closer look tells nothing and it takes too long', () => {
    const [work, tracker] = make();
    work.begin('large', 0.1);
    now = 10;
    work.applyForecast(30);
    assert.notEqual(percentAt(tracker, 10), null);
    assert.notEqual(tracker.snapshot()?.remainingMs, null);
    work.applyForecast(null);
    assert.equal(percentAt(tracker, 2000), tracker.snapshot()?.percent);
    assert.equal(tracker.snapshot()?.remainingMs, null);
  });

  it('weighs databases alike where no rows are dumped', () => {
    const [work] = make({ includeData: false });
    const seconds = work.model.units.slice(1, 4).map((unit) => unit.seconds.toFixed(2));
    assert.deepEqual(new Set(seconds).size, 1);
  });

  it('passes over databases that nobody has told of', () => {
    const [work] = make();
    work.begin('template1', 1);
    work.begin('new since', 2);
    work.applyForecast(5);
    work.begin('large', 3);
    const [, template, large] = work.model.units;
    assert.equal(template?.spent, 1);
    assert.equal(large?.openSince, 3);
  });

  it('knows the databases of the last run, and the tables of each, by any name', () => {
    const [work] = make();
    work.begin('template1', 1);
    work.begin('large', 2);
    now = 9;
    work.begin(`odd "b"`, 9);
    now = 10;
    work.finishing();
    now = 11;
    const tables = [{ key: '["public","t"]', seconds: 3, size: 5 }];
    const times = [...work.times(), ...withDatabase(`odd "b"`, tables)];
    const [again] = make();
    assert.equal(again.model.remember(times), true);
    assert.deepEqual(
      again.model.units.map((unit) => Math.round(unit.seconds)),
      [1, 1, 7, 1, 1],
    );
    assert.deepEqual(ofDatabase(`odd "b"`, times), tables);
    assert.deepEqual(ofDatabase('large', times), []);
  });
});
