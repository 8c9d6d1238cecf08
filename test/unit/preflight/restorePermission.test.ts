import assert from 'node:assert/strict';
import type { Jobs } from '../../../src/core/jobs/manager/jobs';
import {
  permittedByPreflight,
  vouchedFor,
  type PermissionServices,
} from '../../../src/core/jobs/restore/restorePermission';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreForm';

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
    confirm: ({ findings }) => {
      questions.push(...findings.map(({ code }) => code));
      return Promise.resolve(answer);
    },
  };
}

describe('the permission to restore', () => {
  it('is given by the answer to what the preflight finds', async () => {
    for (const answer of [true, false]) {
      const questions: string[] = [];
      const request = { options };
      const permitted = await permittedByPreflight(request, asked, world(answer, questions));
      assert.equal(permitted, answer ? request : null);
      assert.ok(questions.includes('production'), questions.join(' '));
    }
  });

  it('is needed by whoever starts a restore', () => {
    const started: unknown[] = [];
    const jobs = { startRestore: (request: unknown) => started.push(request) } as unknown as Jobs;
    // @ts-expect-error Nobody has looked at what this would change.
    jobs.startRestore({ options });
    jobs.startRestore(vouchedFor({ options }));
    assert.equal(started.length, 2);
  });
});
