import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { runs } from '../../support/hold/processState';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer } from '../../support/servers';
import { until } from '../../support/until';
import { SupervisorHarness } from '../harness/supervisorHarness';

const database = 'stopped';

describe('a supervisor that was stopped, and its guard', function () {
  this.timeout(60_000);
  let server: ServerCoordinates;
  let harness: SupervisorHarness;
  before(async () => {
    server = newestServer();
    await createSampleDatabase(server, database, 6);
  });
  after(() => dropDatabase(server, database));
  beforeEach(async () => {
    harness = await SupervisorHarness.create(server, database);
  });
  afterEach(() => harness.dispose());

  for (const who of ['its own window', 'another window', 'a later window'] as const) {
    it(`is woken to end its job when ${who} asks for it`, async () => {
      const window = await harness.window();
      const outputPath = harness.path('stopped.dump');
      await writeFile(outputPath, 'older');
      await harness.holdDumps();
      const id = window.startBackup({ outputPath }, true);
      const tool = await harness.toolOf(id);
      const { owner, guard } = await harness.stored(id);
      const guards = harness.guardsOf(owner.pid);
      // The record names it, so that a window can end it when its supervisor was killed.
      assert.deepEqual(guards, [guard?.pid]);
      for (const pid of [owner.pid, ...guards]) process.kill(pid, 'SIGSTOP');
      if (who === 'a later window') window.kill();
      const jobs = await harness.open();
      if (who === 'its own window') window.cancel(id);
      else assert.equal((await jobs.cancel(id)).status, 'cancelled');
      assert.ok(await until(async () => (await harness.stored(id)).job.status === 'cancelled'));
      assert.ok(await until(() => ![tool, owner.pid, ...guards].some(runs)));
      assert.equal(await readFile(outputPath, 'utf8'), 'older');
      await harness.nothingIsLeft(id, server);
    });
  }
});
