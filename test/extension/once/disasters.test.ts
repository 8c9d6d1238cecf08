/** A few of the disasters by the command API; `npm run test:disasters` has all. */
import { Disasters } from '../../support/disasters/disasters';
import { shortCasesOf } from '../../support/disasters/allCases';
import { newestServer } from '../../support/servers';
import { apiDoor } from '../apiDoor';

const CHOSEN = ['clean is stopped by what depends on the tables', 'an owner that is not there'];

describe('A restore that goes wrong, by the command API', function () {
  const server = newestServer();
  let disasters: Disasters;
  before(async () => {
    disasters = await Disasters.on(server, await apiDoor());
  });
  after(() => disasters.dispose());

  for (const disaster of shortCasesOf(server.major, true)) {
    if (!CHOSEN.includes(disaster.title)) continue;
    const press = disaster.press?.slice(0, 1) ?? [];
    it(disaster.title, () => disasters.run({ ...disaster, press }));
  }
});
