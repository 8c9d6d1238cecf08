import assert from 'node:assert/strict';
import type { DatabaseCatalog } from '../../../src/core/model/catalog';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { dumpContents } from '../../../src/core/forms/backup/dumpContents';
import { select } from '../forms/selection/treeSteps';
import { countDumpUnits, DumpProgress } from '../../../src/core/jobs/progress/dump/dumpProgress';
import type { BackupProgress } from '../../../src/core/model/job';
import { ProgressTracker } from '../../../src/core/jobs/job/progressTracker';
import { trackerAt } from '../../support/measure/trackerAt';
import { RestoreProgress } from '../../../src/core/jobs/progress/restore/restoreProgress';
import { WorkModel } from '../../../src/core/jobs/progress/estimate/workModel';
import type { Toc } from '../../../src/core/archive/toc/toc';
import { restorePlan } from '../../../src/core/archive/selection/restorePlan';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { parseLine } from '../../../src/core/pgtools/stderr/parseLine';
import { repoPaths } from '../../support/repoPaths';
import path from 'node:path';

describe('ProgressTracker', () => {
  it('has no progress before the start, and stands still after the end', () => {
    let now = 1000;
    const tracker = trackerAt(() => now);
    assert.equal(tracker.snapshot(), null);
    tracker.start();
    now = 1250;
    assert.equal(tracker.snapshot()?.elapsedMs, 250);
    tracker.stop(false);
    now = 9000;
    assert.equal(tracker.snapshot()?.elapsedMs, 250);
  });

  it('never goes back', () => {
    const tracker = new ProgressTracker();
    tracker.start();
    tracker.setCompleted(5);
    tracker.setCompleted(3);
    tracker.setBytes(100);
    tracker.setBytes(20);
    tracker.setTotal(4);
    const { objectsCompleted, objectsTotal, bytesWritten } = tracker.snapshot() ?? {};
    assert.deepEqual([objectsCompleted, objectsTotal, bytesWritten], [5, 5, 100]);
  });

  it('says that it is cancelling whatever the tool still says', () => {
    const tracker = new ProgressTracker();
    tracker.start();
    tracker.setPhase('cancelling');
    tracker.setPhase('dumping');
    assert.equal(tracker.snapshot()?.phase, 'cancelling');
  });

  /** Seconds at which a job is estimated whose first estimate costs this much, in milliseconds. */
  function estimatedAt(cost: { time: number; processor: number }): number[] {
    let [now, used] = [0, 0];
    const tracker = new ProgressTracker(
      () => now,
      () => used,
    );
    const at: number[] = [];
    tracker.start();
    tracker.setModel({
      isFounded: () => true,
      remaining: (seconds) => {
        at.push(seconds);
        if (at.length === 1) [now, used] = [now + cost.time, used + cost.processor];
        return 100;
      },
    });
    tracker.advance();
    for (const seconds of [9, 9.9, 10, 10.1]) {
      now = seconds * 1000;
      tracker.advance();
    }
    return at;
  }

  it('is estimated as seldom as that costs, but at least every ten seconds', () => {
    assert.deepEqual(estimatedAt({ time: 190, processor: 190 }), [0, 9.9, 10.1]);
    assert.deepEqual(estimatedAt({ time: 9000, processor: 9000 }), [0, 10]);
  });

  it('is estimated at once after an estimate that had to wait, as when the machine slept', () => {
    assert.deepEqual(estimatedAt({ time: 9000, processor: 1 }), [0, 9, 9.9, 10.1]);
  });

  /** A job of four pieces of ten seconds each, by a clock that is set. */
  function fourPieces(): { tracker: ProgressTracker; at: (seconds: number) => BackupProgress } {
    let now = 0;
    const tracker = trackerAt(() => now);
    const model = new WorkModel([1]);
    for (const key of ['a', 'b', 'c', 'd']) {
      model.add({ key, kind: 'data', seconds: 10, size: 1, stage: 0 });
    }
    model.remember(model.units.map(({ plan }) => ({ key: plan.key, seconds: 10, size: 1 })));
    tracker.start();
    tracker.setModel(model);
    const [first, second] = model.units;
    if (first) model.begin(first, 0);
    const at = (seconds: number): BackupProgress => {
      now = seconds * 1000;
      if (seconds >= 10 && first && second && !first.done) {
        model.end(first, 10);
        model.begin(second, 10);
        tracker.setCompleted(1);
      }
      tracker.advance();
      return tracker.snapshot() as BackupProgress;
    };
    return { tracker, at };
  }

  const wait = { object: 'app.orders', blockers: [{ pid: 7, application: 'psql', user: 'alice' }] };

  it('counts no time that a lock is waited for', () => {
    const { tracker, at } = fourPieces();
    assert.equal(at(10).percent, 25);
    assert.equal(at(11).percent, 27.5);
    // The server says after a second that nothing goes on since then.
    at(12);
    tracker.setLockWait(wait, 1000);
    for (const seconds of [13, 500, 5000]) {
      const { percent, remainingMs, lockWait, elapsedMs } = at(seconds);
      assert.deepEqual([percent, remainingMs, elapsedMs], [30, null, seconds * 1000]);
      assert.deepEqual(lockWait, wait);
    }
    tracker.setLockWait(null);
    // Eleven seconds of work were done, and a little more was shown.
    assert.equal(at(5000.5).percent, 30);
    assert.equal(at(5006).percent, 42.5);
    assert.equal(at(5006).lockWait, undefined);
  });

  it('knows no percent while it waits for a lock before anything is done', () => {
    const { tracker, at } = fourPieces();
    assert.equal(at(4).percent, 10);
    tracker.setLockWait(wait, 4000);
    assert.equal(at(5).percent, null);
    tracker.setLockWait(null);
    assert.equal(at(5.5).percent, 10);
  });

  it('goes on while other workers do', () => {
    const { tracker, at } = fourPieces();
    at(10);
    tracker.setLockWait(wait, null);
    const { percent, lockWait } = at(14);
    assert.deepEqual([percent, lockWait], [35, wait]);
  });

  it('tells of no lock when it is cancelled', () => {
    const { tracker, at } = fourPieces();
    tracker.setLockWait(wait, 1000);
    tracker.setPhase('cancelling');
    assert.equal(at(2).lockWait, undefined);
  });

  it('is complete when the job is, and not when it failed', () => {
    for (const whole of [true, false]) {
      const tracker = new ProgressTracker();
      tracker.start();
      tracker.setTotal(10);
      tracker.setCompleted(4);
      tracker.stop(whole);
      assert.equal(tracker.snapshot()?.objectsCompleted, whole ? 10 : 4);
    }
  });
});

/** Feeds lines as a tool prints them; returns completed and current after each. */
function feed(
  lines: readonly string[],
  add: (event: ReturnType<typeof parseLine>[number]) => void,
  tracker: ProgressTracker,
): [number, string | null][] {
  return lines.map((line) => {
    parseLine(line).forEach(add);
    const { objectsCompleted = -1, currentObject = null } = tracker.snapshot() ?? {};
    return [objectsCompleted, currentObject];
  });
}

describe('DumpProgress', () => {
  const make = (parallel: boolean): [DumpProgress, ProgressTracker] => {
    const tracker = new ProgressTracker();
    tracker.start();
    return [new DumpProgress(tracker, parallel ? 2 : 1), tracker];
  };

  it('counts tables as they are begun, and large objects as one', () => {
    const [dump, tracker] = make(false);
    const steps = feed(
      [
        'pg_dump: reading schemas',
        'pg_dump: dumping contents of table "app.orders"',
        'pg_dump: dumping contents of table "public."fully quoted""',
        'pg_dump: saving large objects "18106..18108"',
        'pg_dump: saving large objects "18109..19108"',
      ],
      (event) => dump.add(event),
      tracker,
    );
    assert.deepEqual(steps, [
      [0, null],
      [0, 'app.orders'],
      [1, 'public."fully quoted"'],
      [2, 'LARGE OBJECTS'],
      [2, 'LARGE OBJECTS'],
    ]);
  });

  it('does not count again what a tar archive repeats for its script', () => {
    const [dump, tracker] = make(false);
    const steps = feed(
      [
        'pg_dump: dumping contents of table "app.orders"',
        'pg_dump: dumping contents of table "app.wide"',
        'pg_dump: creating TABLE "app.orders"',
        'pg_dump: processing data for table "app.orders"',
        'pg_dump: processing data for table "app.wide"',
      ],
      (event) => dump.add(event),
      tracker,
    );
    assert.deepEqual(steps.at(-1), [1, 'app.wide']);
  });

  it('counts what workers have finished, in torn lines too', () => {
    const [dump, tracker] = make(true);
    const steps = feed(
      [
        'pg_dump: dumping contents of table "public.a"',
        'pg_dump: pg_dump:finished item 3740 TABLE DATA br[ack]et',
        ' dumping contents of table "public.plus+tab"',
        'finished item 3651 TABLE DATA plus+tab',
        'pg_dump: finished item 3651 TABLE DATA plus+tab',
        'pg_dump: finished item 4000 BLOBS ',
        'pg_dump: finished item 4001 BLOBS ',
      ],
      (event) => dump.add(event),
      tracker,
    );
    assert.deepEqual(steps, [
      [0, 'public.a'],
      [1, 'public.a'],
      [1, 'public.plus+tab'],
      // That one is done; the other still runs.
      [2, 'public.a'],
      [2, 'public.a'],
      [3, 'public.a'],
      [3, 'public.a'],
    ]);
  });
});

describe('countDumpUnits', () => {
  const relation = (schema: string, name: string, kind = 'table', more = {}) => ({
    schema,
    name,
    kind,
    bytes: 0,
    rows: null,
    partitionOf: null,
    extension: null,
    ownedBy: null,
    ...more,
  });
  const catalog = {
    database: 'shop',
    schemas: [
      { name: 'app', extension: null },
      { name: 'public', extension: null },
    ],
    relations: [
      relation('app', 'orders'),
      relation('app', 'log', 'partitionedTable'),
      relation('app', 'log_1', 'table', { partitionOf: { schema: 'app', name: 'log' } }),
      relation('app', 'log_2', 'table', { partitionOf: { schema: 'app', name: 'log' } }),
      relation('app', 'v', 'view'),
      relation('app', 's', 'sequence'),
      relation('app', 'm', 'materializedView'),
      relation('public', 'ext', 'table', { extension: 'postgis' }),
      relation('public', 'other'),
    ],
    extensions: [],
    largeObjects: 3,
    databaseObjects: 0,
  } as DatabaseCatalog;
  const count = (more: object): number => {
    const options = { ...backupDefaults(), connectionId: 'x', outputPath: '/x', ...more };
    return countDumpUnits(dumpContents(options, select(options, catalog)));
  };

  it('counts what has rows in the dump', () => {
    assert.equal(count({}), 5);
    assert.equal(count({ includeData: false }), 0);
    assert.equal(count({ largeObjects: false }), 4);
    assert.equal(count({ schemas: ['app'] }), 3);
    assert.equal(count({ schemas: ['app'], largeObjects: true }), 4);
    assert.equal(count({ tables: [{ schema: 'app', name: 'log' }] }), 2);
    assert.equal(count({ excludeTables: [{ schema: 'app', name: 'orders' }] }), 4);
    assert.equal(count({ excludeTableData: [{ schema: 'app', name: 'log' }] }), 3);
  });
});

describe('RestoreProgress', () => {
  let toc: Toc;
  let order: number[];
  before(async () => {
    toc = await readToc(path.join(repoPaths.fixtures, 'archives/mini.17.dump'));
    ({ order } = await restorePlan(toc, null, {}));
  });

  function make(parallel: boolean, sizes = new Map<number, number>()) {
    const tracker = new ProgressTracker();
    tracker.start();
    const progress = new RestoreProgress(tracker, { toc, order, dataSizes: sizes }, parallel);
    return { tracker, order, progress };
  }
  const labelOf = (index: number): string => `${toc.desc(index)} ${toc.tag(index)}`;

  it('counts entries in the order of the list, without reading names', () => {
    const { tracker, order, progress } = make(false);
    const lines = order.map((index) => {
      const desc = toc.desc(index);
      if (desc === 'TABLE DATA') return `pg_restore: processing data for table "nonsense"`;
      if (desc === 'BLOBS') return 'pg_restore: processing BLOBS';
      if (desc === 'SEQUENCE SET' || desc.startsWith('BLOB'))
        return `pg_restore: executing ${desc} x`;
      return `pg_restore: creating ${desc} "nonsense"`;
    });
    const steps = feed(
      ['pg_restore: connecting to database for restore', ...lines],
      (event) => progress.add(event),
      tracker,
    );
    assert.deepEqual(steps[0], [0, null]);
    order.forEach((index, k) => {
      const [completed, current] = steps[k + 1] ?? [];
      assert.equal(completed, k);
      assert.ok(current?.endsWith(toc.tag(index)), `${current} for ${labelOf(index)}`);
    });
  });

  it('adds up the data of tables that are done', () => {
    const { tracker, order, progress } = make(false, new Map([[dumpIdOf('TABLE DATA'), 1000]]));
    const at = order.findIndex((index) => toc.desc(index) === 'TABLE DATA');
    const line = 'pg_restore: creating TABLE "x"';
    feed(
      Array.from({ length: at + 1 }, () => line),
      (event) => progress.add(event),
      tracker,
    );
    assert.equal(tracker.snapshot()?.bytesWritten, 0);
    feed([line], (event) => progress.add(event), tracker);
    assert.equal(tracker.snapshot()?.bytesWritten, 1000);
  });

  it('counts by dump id when workers do it, each once', () => {
    const { tracker, order, progress } = make(true);
    const [first = 0, second = 0, third = 0] = order;
    const item = (action: string, index: number): string =>
      `pg_restore: ${action} item ${toc.dumpId(index)} ${labelOf(index)}`;
    const steps = feed(
      [
        'pg_restore: processing item 999999 ENCODING ENCODING',
        item('processing', first),
        `pg_restore: creating SCHEMA "x"`,
        item('processing', second),
        'pg_restore: entering main parallel loop',
        item('launching', third),
        item('finished', third),
        item('finished', third),
      ],
      (event) => progress.add(event),
      tracker,
    );
    assert.deepEqual(
      steps.map(([completed]) => completed),
      [0, 0, 0, 1, 1, 2, 3, 3],
    );
  });

  function dumpIdOf(desc: string): number {
    return toc.dumpId(order.find((index) => toc.desc(index) === desc) ?? 0);
  }
});
