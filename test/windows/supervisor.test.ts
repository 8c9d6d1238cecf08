import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { Supervised } from './supervised';

describe('a job’s supervisor on Windows', () => {
  let world: Supervised;

  beforeEach(async () => (world = await Supervised.create()));
  afterEach(() => world.dispose());

  it('ends it when another window says so, with its tool', async () => {
    const { job, finished } = await world.held(await world.open());
    const other = await world.open();
    await other.cancel(job.id);
    assert.equal((await finished).status, 'cancelled');
    assert.deepEqual((await readdir(world.dir)).sort(), ['store']);
  });
});
