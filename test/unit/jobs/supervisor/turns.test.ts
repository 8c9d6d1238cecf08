import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../../../src/core/errors';
import { LocalReservations } from '../../../../src/core/jobs/job/jobContext';
import { waitForTurn } from '../../../../src/core/jobs/supervisor/process/turns';
import { JobFolder, type StoredJob } from '../../../../src/core/jobs/supervisor/store/jobFolder';
import { identify } from '../../../../src/core/jobs/supervisor/store/processIdentity';
import { newJob } from '../../../../src/core/jobs/supervisor/window/newJob';
import { JOB_STATUSES, type JobStatus } from '../../../../src/core/model/job';

const mine = { id: '00000000-0000-4000-8000-000000000002', ticket: 5 };
const other = '00000000-0000-4000-8000-000000000001';
const gone = { ...identify(), pid: spawnSync(process.execPath, ['-e', '']).pid };

describe('the turn of a job', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'pgbackup-turns-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function record(status: JobStatus, more: Partial<StoredJob> = {}): StoredJob {
    const job = { ...newJob(other, 'backup', { outputPath: '/out' } as never), status };
    const base = { version: 1 as const, beat: 1, ticket: 1, owner: identify() };
    return { ...base, runId: '0123456789ab', tools: [], job, ...more };
  }

  /** Does the job begin at once, with this as the record of another one? */
  async function begins(text: string): Promise<boolean> {
    const folder = JobFolder.of(dir, other);
    mkdirSync(folder.dir);
    writeFileSync(folder.status, text);
    const cancel = new AbortController();
    const turn = waitForTurn(dir, mine, 1, new LocalReservations())(cancel.signal);
    // Only a job that waits hears of it.
    cancel.abort();
    return turn.then(
      () => true,
      (error: unknown) => {
        assert.ok(AppError.is(error, 'cancelled'), String(error));
        return false;
      },
    );
  }

  const cases: readonly [string, boolean, string][] = [
    ['an older one that waits', false, JSON.stringify(record('pending'))],
    ['a younger one', true, JSON.stringify(record('pending', { ticket: 6 }))],
    ['an older one whose owner is gone', true, JSON.stringify(record('pending', { owner: gone }))],
    ...JOB_STATUSES.filter((status) => status !== 'pending').map(
      (status): [string, boolean, string] => [status, true, JSON.stringify(record(status))],
    ),
    ['a record of a later version', true, JSON.stringify({ ...record('pending'), version: 2 })],
    ['a record without a job', true, JSON.stringify({ ...record('pending'), job: null })],
    ['no record', true, ''],
    ['a number', true, '7'],
    ['null', true, 'null'],
  ];
  for (const [name, expected, text] of cases) {
    it(`${expected ? 'comes' : 'does not come'} beside ${name}`, async () => {
      assert.equal(await begins(text), expected);
    });
  }

  it('comes to one job after the other where only one may run', async () => {
    const reservations = new LocalReservations();
    const turn = waitForTurn(dir, mine, 1, reservations);
    const release = await turn(new AbortController().signal);
    const cancel = new AbortController();
    const second = turn(cancel.signal);
    cancel.abort();
    await assert.rejects(second, (error: unknown) => AppError.is(error, 'cancelled'));
    release();
    (await turn(new AbortController().signal))();
  });
});
