import assert from 'node:assert/strict';
import type { Jobs } from '../../../src/core/jobs/manager/jobs';
import {
  permittedByUser,
  vouchedFor,
  type PermissionServices,
} from '../../../src/core/jobs/restore/restorePermission';
import type { RestoreTask } from '../../../src/core/jobs/restore/restoreTask';
import type { WantedVerify } from '../../../src/core/jobs/verify/verifyRequest';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';

const options = { ...restoreDefaults(), connectionId: 'main', inputPath: '/nowhere/a.dump' };
const asked = { ...options, kind: 'trial' } as const;

/** A production server: there is something to ask. */
function world(answer: boolean, questions: string[]): PermissionServices {
  return {
    profile: { id: 'main', host: 'db.example', environment: 'production' } as never,
    inherited: {},
    readInput: () => Promise.reject(new Error('not there')),
    madeHere: () => Promise.resolve(false),
    readTarget: () => Promise.reject(new Error('not asked')),
    readDatabases: () => Promise.resolve([]),
    confirm: ({ reasons }) => {
      questions.push(...reasons.map(({ code }) => code));
      return Promise.resolve(answer);
    },
  };
}

describe('the permission to restore', () => {
  it('is given by the answer to what has to be confirmed', async () => {
    for (const answer of [true, false]) {
      const questions: string[] = [];
      const request = { options };
      const permitted = await permittedByUser(request, asked, world(answer, questions));
      assert.equal(permitted, answer ? request : null);
      assert.ok(questions.includes('production'), questions.join(' '));
    }
  });

  it('is needed by whoever restores, for good or on trial, and by nobody who only reads', () => {
    const started: unknown[] = [];
    const start = (request: unknown): unknown => started.push(request);
    const jobs = { startRestore: start, startVerify: start } as unknown as Jobs;
    const inputPath = '/nowhere/a.dump';
    const trial = { options: { inputPath, level: 'trialRestore', connectionId: 'main' } } as const;
    const anyLevel: WantedVerify = trial;

    jobs.startRestore(vouchedFor({ options }));
    jobs.startVerify(vouchedFor(trial));
    for (const level of ['structure', 'fullRead'] as const) {
      jobs.startVerify({ options: { inputPath, level } });
    }
    // @ts-expect-error Nobody has looked at what this would change.
    jobs.startRestore({ options });
    // @ts-expect-error Nor at this.
    jobs.startVerify(trial);
    // @ts-expect-error It may be a trial restore.
    jobs.startVerify(anyLevel);
    // @ts-expect-error The permission of what runs it counts, not that of another job.
    jobs.startRestore(vouchedFor(trial));
    assert.equal(started.length, 8);
  });

  it('goes with a restore down to the tool', () => {
    const decided = {} as Omit<RestoreTask, 'permission'>;
    // @ts-expect-error A task is made of a request that was permitted.
    const without: RestoreTask = { ...decided };
    const task: RestoreTask = { ...decided, permission: vouchedFor({ options }) };
    assert.equal('permission' in without, false);
    assert.equal('permission' in task, true);
  });
});
