import assert from 'node:assert/strict';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer } from '../../support/servers';
import { until } from '../../support/until';
import { processesWith } from '../harness/jobHarness';
import { SupervisorHarness } from '../harness/supervisorHarness';

const database = 'spare';

describe('a supervisor that is started ahead of need', function () {
  let server: ServerCoordinates;
  let harness: SupervisorHarness;
  let script: string;
  before(async () => {
    server = newestServer();
    await createDatabase(server, database);
  });
  after(() => dropDatabase(server, database));
  beforeEach(async () => {
    harness = await SupervisorHarness.create(server, database);
    script = harness.ownBundles();
  });
  afterEach(() => harness.dispose());

  const supervisors = (): number[] => processesWith(script).map((line) => parseInt(line, 10));
  const guards = (): string[] => processesWith(harness.path('bundles/guard.js'));
  const backup = (name: string) => ({
    options: {
      ...backupDefaults('custom'),
      connectionId: 'main',
      outputPath: harness.path(name),
    },
    overwrite: false,
  });
  /** Process id of the supervisor that is ready; one that expects its job has no guard before. */
  const ready = async (guarded = 1): Promise<number> => {
    assert.ok(await until(() => supervisors().length === 1 && guards().length === guarded));
    return supervisors()[0] ?? NaN;
  };

  it('takes the first job, is followed by another, and ends when nobody expects more', async () => {
    const jobs = await harness.open({ script });
    assert.deepEqual(supervisors(), []);
    const stop = jobs.prewarm();
    const stopAgain = jobs.prewarm();
    const first = await ready();
    const { job, finished } = jobs.startBackup(backup('first.dump'));
    assert.equal((await finished).status, 'completed');
    assert.equal((await harness.stored(job.id)).owner.pid, first);
    assert.ok(await until(() => !supervisors().includes(first)));
    const second = await ready();
    stop();
    stop();
    const next = jobs.startBackup(backup('second.dump'));
    assert.equal((await next.finished).status, 'completed');
    assert.equal((await harness.stored(next.job.id)).owner.pid, second);
    assert.ok(await until(() => !supervisors().includes(second)));
    await ready();
    stopAgain();
    assert.ok(await until(() => supervisors().length === 0 && guards().length === 0));
  });

  it('is replaced by a new one when it has died meanwhile', async () => {
    const jobs = await harness.open({ script });
    const stop = jobs.prewarm();
    const dead = await ready();
    process.kill(dead, 'SIGKILL');
    assert.ok(await until(() => supervisors().length === 0));
    const { job, finished } = jobs.startBackup(backup('other.dump'));
    assert.equal((await finished).status, 'completed');
    assert.notEqual((await harness.stored(job.id)).owner.pid, dead);
    stop();
    assert.ok(await until(() => supervisors().length === 0 && guards().length === 0));
  });

  it('is replaced by a new one when it was stopped meanwhile', async () => {
    const jobs = await harness.open({ script });
    const stop = jobs.prewarm();
    const stopped = await ready();
    process.kill(stopped, 'SIGSTOP');
    const { job, finished } = jobs.startBackup(backup('other.dump'));
    assert.equal((await finished).status, 'completed');
    assert.notEqual((await harness.stored(job.id)).owner.pid, stopped);
    stop();
    assert.ok(await until(() => supervisors().length === 0 && guards().length === 0));
  });

  it('carries out one of several jobs at once', async () => {
    const jobs = await harness.open({ script });
    const stop = jobs.prewarm();
    await ready();
    const started = ['a', 'b', 'c'].map((name) => jobs.startBackup(backup(`${name}.dump`)));
    for (const { finished } of started) assert.equal((await finished).status, 'completed');
    stop();
    assert.ok(await until(() => supervisors().length === 0 && guards().length === 0));
  });

  it('takes the job that was expected, of that kind alone, and ends when none comes', async () => {
    const jobs = await harness.open({ script });
    const stop = jobs.expect('backup');
    const expected = await ready(0);
    const { job, finished } = jobs.startBackup(backup('first.dump'));
    jobs.expect('backup')();
    assert.equal((await finished).status, 'completed');
    assert.equal((await harness.stored(job.id)).owner.pid, expected);
    stop();
    assert.ok(await until(() => supervisors().length === 0));
    const stopOther = jobs.expect('verify');
    const other = await ready(0);
    const next = jobs.startBackup(backup('second.dump'));
    assert.equal((await next.finished).status, 'completed');
    assert.notEqual((await harness.stored(next.job.id)).owner.pid, other);
    stopOther();
    assert.ok(await until(() => supervisors().length === 0 && guards().length === 0));
  });

  for (const how of ['closes', 'crashes'] as const) {
    it(`ends when its window ${how}`, async () => {
      const window = await harness.window({ script, expect: true });
      await ready();
      if (how === 'crashes') window.kill();
      else await window.close();
      assert.ok(await until(() => supervisors().length === 0 && guards().length === 0));
    });
  }
});
