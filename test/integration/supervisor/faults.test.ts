import assert from 'node:assert/strict';
import { ensurePostgres } from '../../support/install/postgres';
import { createSampleDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { seededRandom } from '../../support/seededRandom';
import { faults, suffer, undisturbed } from './faults';
import { seedOfRun } from '../harness/jobHarness';
import { SupervisorHarness } from '../harness/supervisorHarness';

describe('a backup that replaces an older one, while', function () {
  let server: PgServer;
  let harness: SupervisorHarness;
  let took: number;
  const random = seededRandom(seedOfRun());
  before(async () => {
    // A server for this test alone, because it is killed.
    const [install] = await ensurePostgres([17]);
    assert.ok(install);
    server = await startServer(install);
    await createSampleDatabase(server, 'sample', 20);
    harness = await SupervisorHarness.create(server, 'sample');
    took = await undisturbed(harness);
  });
  after(async () => {
    await harness?.dispose();
    await server?.stop();
  });

  for (const fault of faults) {
    it(`${fault.name}, leaves nothing and loses nothing`, async () => {
      // Well before the backup's end, so that the fault strikes a running backup.
      const share = random() * 0.3;
      const outcome = await suffer(fault, { server, harness, took }, share);
      assert.deepEqual(outcome.faults, [], `after ${(share * took).toFixed(0)} ms`);
      assert.equal(outcome.filesLost, 0);
      assert.ok(fault.ends.includes(outcome.status), outcome.status);
    });
  }
});
