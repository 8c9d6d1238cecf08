import assert from 'node:assert/strict';
import path from 'node:path';
import { BeyondAscii } from './beyondAscii';

describe('jobs by Windows’ tools', () => {
  let world: BeyondAscii;

  before(async () => (world = await BeyondAscii.create()));
  after(() => world.dispose());

  it('back up and restore names beyond the code page', () => world.roundTrip('custom'));

  it('take tables by their names', async () => {
    const { harness, folder, tables } = world;
    const file = path.join(folder, 'tables.dump');
    const made = await harness.backup({ connectionId: 'source', outputPath: file, tables });
    assert.deepEqual([made.status, made.failure], ['completed', null]);
  });

  it('say what they cannot be told, before they run', async () => {
    const made = await world.harness.backup({
      connectionId: 'source',
      outputPath: world.harness.path('x.dump'),
      extraArgs: ['--role=Jürgen'],
    });
    assert.equal(made.status, 'failed');
    assert.equal(made.failure?.code, 'argumentUnsayable');
  });

  it('end when they are cancelled, and leave nothing', async () => {
    const { harness } = world;
    const file = harness.path('cancelled.dump');
    const { job, finished } = harness.startBackup({ connectionId: 'source', outputPath: file });
    void harness.manager.cancel(job.id);
    assert.equal((await finished).status, 'cancelled');
    assert.deepEqual(await harness.leftovers(), []);
  });
});
