/**
 * What the pre-flight says of restores that were put together by chance, and what they do.
 * `PGBR_SOAK_TIMES=67` tries two hundred, `SEED` those of an earlier run; `npm run test:disasters`
 * tries as many by the command API.
 */
import { newestServer } from '../../support/servers';
import { soak } from '../../support/tiers/soak';
import { tryByChance } from '../../support/disasters/byChance';
import { Disasters } from '../../support/disasters/disasters';
import { coreDoor } from './coreDoor';

describe('the verdict on restores by chance', function () {
  const rounds = soak.rounds(3);
  this.timeout(rounds * 30_000);
  let disasters: Disasters;
  before(async () => {
    disasters = await Disasters.on(newestServer(), await coreDoor(newestServer()));
  });
  after(() => disasters.dispose());

  it(`never says that nothing is lost where it is, and foresees failures, ${rounds} times (seed ${soak.seed})`, () =>
    tryByChance(disasters, rounds, soak.seed));
});
