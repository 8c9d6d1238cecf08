/** Findings of the preflight checks compared with the outcome of restores, on real servers. */
import { testedMajors } from '../../support/install/postgres';
import { testServer } from '../../support/servers';
import { shortCasesOf } from '../../support/disasters/allCases';
import { Disasters } from '../../support/disasters/disasters';
import { coreDoor } from './coreDoor';

for (const major of testedMajors) {
  describe(`before a restore into PostgreSQL ${major}`, function () {
    const cases = shortCasesOf(major, major === testedMajors.at(-1));
    let disasters: Disasters;
    before(async () => {
      const server = testServer(major);
      disasters = await Disasters.on(server, await coreDoor(server));
    });
    after(() => disasters.dispose());
    for (const disaster of cases) it(disaster.title, () => disasters.run(disaster));
  });
}
