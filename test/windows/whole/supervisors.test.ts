import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { livenessOf } from '../../../src/core/jobs/supervisor/store/processIdentity';
import { until } from '../../support/until';
import { Supervised } from '../supervised';

describe('a job’s supervisor on Windows, as others see it', () => {
  let world: Supervised;

  beforeEach(async () => (world = await Supervised.create()));
  afterEach(() => world.dispose());

  it('carries it out, and a later window knows of it', async () => {
    const { job, finished } = world.start(await world.open());
    const ended = await finished;
    assert.deepEqual([ended.status, ended.failure], ['completed', null]);
    const later = await world.open();
    assert.equal(later.get(job.id)?.status, 'completed');
  });

  it('is missed when it is killed: the job is lost, its tool and output are gone', async () => {
    const { finished, folder } = await world.held(await world.open());
    const before = await folder.read();
    const [tool] = before?.tools ?? [];
    assert.ok(before && tool);
    assert.equal(livenessOf(before.owner), 'running');
    process.kill(before.owner.pid, 'SIGKILL');
    assert.equal((await finished).status, 'lost');
    assert.equal(livenessOf(before.owner), 'gone');
    await until(() => livenessOf(tool) === 'gone', 'the tool has ended');
    assert.deepEqual((await readdir(world.dir)).sort(), ['store']);
  });
});
