import type { BackupFormat } from '../../../src/core/model/options';
import { BeyondAscii } from '../beyondAscii';

describe('names beyond the code page, by Windows’ tools', () => {
  let world: BeyondAscii;

  before(async () => (world = await BeyondAscii.create()));
  after(() => world.dispose());

  for (const format of ['directory', 'plain', 'tar'] as const satisfies BackupFormat[]) {
    it(`come back from a backup: ${format}`, () => world.roundTrip(format));
  }
});
