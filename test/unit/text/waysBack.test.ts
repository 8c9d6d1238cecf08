import assert from 'node:assert/strict';
import { waysBack, type WayBack } from '../../../src/core/text/ways/waysBack';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { salvageOptions } from '../../../src/core/forms/restore/restoreForm';
import type { RestoreOptions, VerifyOptions } from '../../../src/core/model/options';
import type { BackupJob, JobFailure, JobStatus, SafetyBackup } from '../../../src/core/model/job';
import type { DatabaseSwap, SwapState } from '../../../src/core/model/ways/databaseSwap';

const swap = (state: SwapState): DatabaseSwap => ({
  ...{ database: 'shop', copy: 'shop_new', aside: 'shop_before', oldOid: 1, newOid: 2 },
  state,
});
const safety = (whole: boolean): SafetyBackup => ({
  ...{ path: '/b/shop.dump', database: 'shop', schemas: null, tables: null, whole },
});

const restoreOptions = (salvage: boolean): RestoreOptions => ({
  ...restoreDefaults(),
  ...{ connectionId: 'main', inputPath: '/b/shop.dump', targetDatabase: 'shop', salvage },
});
const VERIFIED: VerifyOptions = { inputPath: '/b/shop.dump', level: 'fullRead' };
const failed = (details: object): JobFailure => ({
  code: 'toolFailed',
  details: { tool: 'pg_restore', exitCode: 1, cause: 'archiveDamaged', text: '', ...details },
});
const damaged = failed({});
const WITHOUT = { targetState: null, failure: null, options: restoreOptions(false) };

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
    ['its archive is damaged', { status: 'failed', failure: damaged }, ['salvage']],
    [
      'its archive is damaged, and a part was restored',
      { status: 'failed', failure: damaged, targetState: 'partial', failedEntries: [7] },
      ['salvage', 'restoreRest'],
    ],
    ['it still runs, damaged', { status: 'running', failure: damaged }, []],
    [
      'it has restored what is whole',
      { status: 'failed', failure: damaged, options: restoreOptions(true) },
      [],
    ],
    ['a script was damaged', { status: 'failed', failure: failed({ tool: 'psql' }) }, []],
    ['it failed otherwise', { status: 'failed', failure: failed({ cause: 'permission' }) }, []],
    ['a verification', { status: 'failed', failure: damaged, options: VERIFIED }, []],
    ['the safety backup was not finished', { status: 'lost', safetyBackup: safety(false) }, []],
  ];
  for (const [what, job, ways] of CASES) {
    it(what, () => assert.deepEqual(waysBack({ ...WITHOUT, ...job }), ways));
  }

  it('restores what is whole into a new database, with the other options as they were', () => {
    const before = {
      ...restoreOptions(false),
      ...{ clean: true, ifExists: true, singleTransaction: true, exitOnError: true },
      ...{ schemas: ['app'], noOwner: true },
    };
    assert.deepEqual(salvageOptions(before), {
      ...before,
      ...{ salvage: true, createDatabase: true, targetDatabase: null },
      ...{ clean: false, ifExists: false, singleTransaction: false, exitOnError: false },
    });
    const swap = salvageOptions({ ...before, clean: false, swapIn: true, endSessions: true });
    assert.deepEqual([swap.swapIn, swap.endSessions, swap.createDatabase], [false, false, true]);
  });
});
