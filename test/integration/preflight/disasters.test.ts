/** Findings of the preflight checks compared with the outcome of restores, on real servers. */
import { testedMajors } from '../../support/install/postgres';
import { testServer } from '../../support/servers';
import { soak } from '../../support/tiers/soak';
import { byMajor, everywhere } from './disasterCases';
import { furtherLargeObjectCases } from './largeObjectCases';
import { Disasters } from './disasterHarness';
import { furtherCases } from './presenceCases';
import { createRoles, dropRoles, usual } from './usualDatabase';

/**
 * The newest server runs all cases; the others run those that differ by release, and a sample of
 * the rest. With `PGBR_SOAK_TIMES` the newest runs more of them.
 */
const SAMPLE = [
  'a healthy restore into an empty database',
  'clean is stopped by what depends on the tables',
];

for (const major of testedMajors) {
  describe(`before a restore into PostgreSQL ${major}`, function () {
    this.timeout(60_000);
    let disasters: Disasters;
    before(async () => {
      const server = testServer(major);
      disasters = await Disasters.on(server, usual);
      await createRoles(server);
    });
    after(async () => {
      await disasters.dispose();
      await dropRoles(testServer(major));
    });

    const newest = major === testedMajors.at(-1);
    for (const disaster of [
      ...everywhere.filter(({ title }) => newest || SAMPLE.includes(title)),
      ...(newest && soak.isLong ? [...furtherCases, ...furtherLargeObjectCases] : []),
      ...(byMajor[major] ?? []),
    ]) {
      it(disaster.title, () => disasters.run(disaster));
    }
  });
}
