import assert from 'node:assert/strict';
import type { BackupFormat } from '../../../src/core/model/options';
import { BeyondAscii } from '../beyondAscii';

describe('names beyond the code page, by Windows’ tools', () => {
  let world: BeyondAscii;

  before(async () => (world = await BeyondAscii.create()));
  after(() => world.dispose());

  it('come back from a backup that needs a password beyond ASCII', async () => {
    await world.connectAs('umlaut', 'Größe:Ω \\ 😀 à');
    const { harness } = world;
    const outputPath = harness.path('password.dump');
    const made = await harness.backup({ connectionId: 'umlaut', outputPath, jobs: 2 });
    assert.deepEqual([made.status, made.failure], ['completed', null]);
    assert.deepEqual(await harness.leftovers(), []);
  });

  for (const format of ['directory', 'plain', 'tar'] as const satisfies BackupFormat[]) {
    it(`come back from a backup: ${format}`, () => world.roundTrip(format));
  }
});
