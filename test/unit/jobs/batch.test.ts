import assert from 'node:assert/strict';
import { cancelEach, startEach } from '../../../src/core/jobs/manager/batch';
import type { BackupJob } from '../../../src/core/model/job';
import { CountedTurns } from '../../support/measure/countedTurns';

const JOBS = Array.from({ length: 500 }, (_, n) => `db_${n}`);

describe('many jobs in one go', () => {
  it('are started one after another, and end when they like', async () => {
    let starting = 0;
    let most = 0;
    const order: string[] = [];
    const start = async (name: string): Promise<string> => {
      most = Math.max(most, ++starting);
      await Promise.resolve();
      starting--;
      if (name === 'db_7') throw new Error('refused');
      order.push(name);
      return name;
    };
    let allStarted = (): void => undefined;
    const first = new Promise<void>((resolve) => (allStarted = resolve));
    const ends = await startEach(JOBS, start, async (name, started) => {
      try {
        await started;
        // The first one ends after all others have been started.
        if (name === 'db_0') await first;
        if (name === 'db_499') allStarted();
        return 'ended';
      } catch (error) {
        return String(error);
      }
    });
    assert.equal(most, 1);
    assert.deepEqual(
      order,
      JOBS.filter((name) => name !== 'db_7'),
    );
    assert.deepEqual(
      ends.filter((end) => end !== 'ended'),
      ['Error: refused'],
    );
    assert.equal(ends[7], 'Error: refused');
  });

  it('are asked to end in the opposite order, in slices, and none waits for the end of another', async () => {
    const asked: string[] = [];
    let endAll = (): void => undefined;
    const allEnd = new Promise<void>((resolve) => (endAll = resolve));
    const counted = new CountedTurns();
    const cancel = async (id: string): Promise<BackupJob> => {
      asked.push(id);
      // Its record is written after the call.
      void Promise.resolve().then(() => counted.step(2));
      if (asked.length === JOBS.length) endAll();
      await allEnd;
      throw new Error('it has ended by itself');
    };
    counted.start();
    try {
      await cancelEach({ cancel }, JOBS);
    } finally {
      counted.restore();
    }
    assert.deepEqual(asked, [...JOBS].reverse());
    // A slice takes 12 ms, and what its last job takes.
    assert.equal(counted.most, 7);
  });
});
