/**
 * What the command API says ahead of restores that were put together by chance, and what they do: two
 * hundred of them. `PGBR_SOAK_TIMES=0.1` tries a tenth, `SEED` those of an earlier run.
 */
import { apiDoor } from '../../extension/apiDoor';
import { tryByChance } from '../../support/disasters/byChance';
import { Disasters } from '../../support/disasters/disasters';
import { newestServer } from '../../support/servers';
import { soak } from '../../support/tiers/soak';

describe('The verdict of the command API on restores by chance', function () {
  const rounds = soak.rounds(200);
  this.timeout(rounds * 30_000);
  let disasters: Disasters;
  before(async () => {
    disasters = await Disasters.on(newestServer(), await apiDoor());
  });
  after(() => disasters.dispose());

  it(`never says that nothing is lost where it is, and foresees failures, ${rounds} times (seed ${soak.seed})`, () =>
    tryByChance(disasters, rounds, soak.seed));
});
