import assert from 'node:assert/strict';
import { waysBack, type WayBack } from '../../../src/core/text/ways/waysBack';
import type { BackupJob, JobStatus, SafetyBackup } from '../../../src/core/model/job';
import type { DatabaseSwap, SwapState } from '../../../src/core/model/ways/databaseSwap';

const swap = (state: SwapState): DatabaseSwap => ({
  ...{ database: 'shop', copy: 'shop_new', aside: 'shop_before', oldOid: 1, newOid: 2 },
  state,
});
const safety = (whole: boolean): SafetyBackup => ({
  ...{ path: '/b/shop.dump', database: 'shop', schemas: null, tables: null, whole },
});

describe('what a job offers about what was there before', () => {
  const CASES: readonly [
    what: string,
    job: Partial<BackupJob> & { status: JobStatus },
    ways: readonly WayBack[],
  ][] = [
    ['nothing was kept', { status: 'completed' }, []],
    ['it still runs', { status: 'running', swap: swap('restoring') }, []],
    ['exchanged', { status: 'completed', swap: swap('swapped') }, ['swapBack', 'dropCopy']],
    ['somebody was connected', { status: 'failed', swap: swap('ready') }, ['swapIn', 'dropCopy']],
    ['killed while it restored', { status: 'lost', swap: swap('restoring') }, ['dropCopy']],
    ['killed at the exchange', { status: 'lost', swap: swap('swapping') }, ['swapIn', 'swapBack']],
    ['the copy was dropped', { status: 'completed', swap: swap('dropped') }, []],
    ['dropped objects', { status: 'failed', safetyBackup: safety(true) }, ['restoreSafetyBackup']],
    ['entries failed', { status: 'completedWithErrors', failedEntries: [7] }, ['restoreRest']],
    [
      'it stopped at an error',
      { status: 'failed', targetState: 'partial', failedEntries: [7] },
      ['restoreRest'],
    ],
    [
      'its database was dropped',
      { status: 'failed', targetState: 'databaseDropped', failedEntries: [7] },
      [],
    ],
    ['the safety backup was not finished', { status: 'lost', safetyBackup: safety(false) }, []],
  ];
  for (const [what, job, ways] of CASES) {
    it(what, () => assert.deepEqual(waysBack({ targetState: null, ...job }), ways));
  }
});
