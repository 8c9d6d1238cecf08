import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { isFinished } from '../../../src/core/model/job';
import { runs } from '../../support/hold/processState';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer } from '../../support/servers';
import { until } from '../../support/until';
import { processesWith } from '../harness/jobHarness';
import { SupervisorHarness, type JobWindow } from '../harness/supervisorHarness';

const database = 'queued';
const limits = { concurrency: 1 };

describe('jobs that wait for their turn', function () {
  this.timeout(120_000);
  let server: ServerCoordinates;
  let harness: SupervisorHarness;
  let script: string;
  before(async () => {
    server = newestServer();
    await createSampleDatabase(server, database, 'tiny');
  });
  after(() => dropDatabase(server, database));
  beforeEach(async () => {
    harness = await SupervisorHarness.create(server, database);
    script = harness.ownBundles();
  });
  afterEach(() => harness.dispose());

  const backup = (name: string) => ({
    options: {
      ...backupDefaults('custom'),
      connectionId: 'main',
      outputPath: harness.path(`${name}.dump`),
    },
    overwrite: false,
  });

  const pids = (mark: string): number[] => processesWith(mark).map((line) => parseInt(line, 10));
  const keepers = (): number[] => pids(`${script} keep-queue`);
  const supervisors = (): number[] => pids(script).filter((pid) => !keepers().includes(pid));
  const gone = () => until(() => processesWith(harness.path('bundles')).length === 0);
  const statusOf = async (id: string) => (await harness.stored(id)).job.status;

  /** A window with one job that is stopped in its middle and others that wait behind it. */
  async function waiting(
    window: JobWindow,
    count: number,
  ): Promise<{ tool: number; ids: string[] }> {
    harness.stopNextTool();
    const first = window.startBackup({ outputPath: harness.path('first.dump') });
    const tool = await harness.stoppedTool(first);
    const ids = [first];
    for (let index = 0; index < count; index++) {
      ids.push(window.startBackup({ outputPath: harness.path(`${index}.dump`) }));
    }
    const isHeld = async (id: string) => (await harness.folder(id).read())?.keeper === true;
    assert.ok(
      await until(async () => (await Promise.all(ids.slice(1).map(isHeld))).every(Boolean)),
    );
    return { tool, ids };
  }

  it('hold three processes, however many they are, and begin in their order', async () => {
    const warnings: string[] = [];
    const warn = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', warn);
    const jobs = await harness.open({ limits, script });
    harness.stopNextTool();
    const first = jobs.startBackup(backup('first'));
    const tool = await harness.stoppedTool(first.job.id);
    const others = Array.from({ length: 50 }, (_, index) =>
      jobs.startBackup(backup(String(index))),
    );
    const lastHeld = async () => (await harness.stored(others[49]!.job.id)).keeper === true;
    assert.ok(await until(lastHeld));
    // The supervisor, its guard, and the keeper of all that wait.
    const all = processesWith(harness.path('bundles'));
    assert.equal(all.length, 3, all.join('\n'));
    const kept = others.filter((_, index) => index % 10 === 0);
    for (const each of others) {
      if (!kept.includes(each)) assert.equal((await jobs.cancel(each.job.id)).status, 'cancelled');
    }
    process.kill(tool, 'SIGCONT');
    const ended = await Promise.all([first, ...kept].map(({ finished }) => finished));
    assert.deepEqual(new Set(ended.map(({ status }) => status)), new Set(['completed']));
    const begun = ended.map(({ startTime }) => startTime ?? '');
    assert.deepEqual(begun, [...begun].sort());
    assert.ok(!existsSync(harness.path('1.dump')), 'what was cancelled was never begun');
    assert.ok(await gone());
    process.off('warning', warn);
    assert.deepEqual(warnings, []);
  });

  for (const how of ['kill', 'close'] as const) {
    it(`survive the end of their window: ${how}`, async () => {
      const window = await harness.window({ limits, script });
      const { tool, ids } = await waiting(window, 3);
      await window[how]();
      // Another window sees them, and ends one that waits.
      const jobs = await harness.open({ limits, script });
      const unwanted = ids[2] ?? '';
      assert.equal(jobs.get(unwanted)?.status, 'pending');
      assert.equal((await jobs.cancel(unwanted)).status, 'cancelled');
      process.kill(tool, 'SIGCONT');
      for (const id of ids.filter((each) => each !== unwanted)) {
        const ended = await jobs.handle(id)?.finished;
        assert.equal(ended?.status, 'completed', JSON.stringify(await harness.stored(id)));
      }
      const [, second, , third] = ids.map((id) => jobs.get(id)?.startTime ?? '');
      assert.ok((second ?? '') < (third ?? ''), 'in their order');
      assert.ok(!existsSync(harness.path('1.dump')));
      assert.ok(await gone());
    });

    it(`end with their window when that is set: ${how}`, async () => {
      const window = await harness.window({ limits: { ...limits, endWithWindow: true }, script });
      const { ids } = await waiting(window, 2);
      await window[how]();
      for (const id of ids)
        assert.ok(await until(async () => (await statusOf(id)) === 'cancelled'));
      assert.ok(await gone());
    });
  }

  it('are cancelled by another window while their own lives', async () => {
    const window = await harness.window({ limits, script });
    const { tool, ids } = await waiting(window, 2);
    const jobs = await harness.open({ limits, script });
    assert.equal((await jobs.cancel(ids[1] ?? '')).status, 'cancelled');
    assert.ok(await until(() => window.jobs.get(ids[1] ?? '')?.status === 'cancelled'));
    process.kill(tool, 'SIGCONT');
    assert.equal((await jobs.handle(ids[2] ?? '')?.finished)?.status, 'completed');
  });

  it('outlive their keeper, and get another', async () => {
    const window = await harness.window({ limits, script });
    const { tool, ids } = await waiting(window, 2);
    const [first = NaN] = keepers();
    process.kill(first, 'SIGKILL');
    const heldAnew = async () => {
      const { keeper, owner } = await harness.stored(ids[2] ?? '');
      return keeper === true && owner.pid !== first && runs(owner.pid);
    };
    assert.ok(await until(heldAnew));
    assert.equal(supervisors().length, 1);
    window.kill();
    process.kill(tool, 'SIGCONT');
    for (const id of ids) assert.ok(await until(async () => isFinished(await statusOf(id))));
    assert.deepEqual(
      await Promise.all(ids.map(statusOf)),
      ids.map(() => 'completed'),
    );
    assert.ok(await gone());
  });

  it('are not started twice by a keeper that had not heard that they were started', async () => {
    const window = await harness.window({ limits, script });
    const { tool, ids } = await waiting(window, 1);
    const [keeper = NaN] = keepers();
    process.kill(keeper, 'SIGSTOP');
    process.kill(tool, 'SIGCONT');
    for (const id of ids) assert.ok(await until(async () => isFinished(await statusOf(id))));
    // The record is complete when the process has ended.
    const { owner } = await harness.stored(ids[1] ?? '');
    assert.ok(await until(() => !runs(owner.pid)));
    const before = await harness.stored(ids[1] ?? '');
    window.kill();
    process.kill(keeper, 'SIGCONT');
    assert.ok(await gone());
    assert.deepEqual(await harness.stored(ids[1] ?? ''), before);
  });
});
