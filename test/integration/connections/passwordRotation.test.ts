import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { holdLock } from '../../support/machine/heldLock';
import { psql } from '../../support/machine/psql';
import { createSampleDatabase } from '../../support/machine/sampleDatabase';
import { newestServer } from '../../support/servers';
import { until } from '../../support/until';
import { jobBackends } from '../harness/jobHarness';
import { SupervisorHarness } from '../harness/supervisorHarness';

describe('a password that a program yields', () => {
  const server = newestServer();
  const database = 'rotation';
  const role = 'rotating';
  let harness: SupervisorHarness;

  before(async () => {
    await createSampleDatabase(server, database, 'tiny');
    await psql(server, 'postgres', `CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD 'first';`);
    harness = await SupervisorHarness.create(server, database);
  });

  after(async () => {
    await harness?.dispose();
    await psql(server, 'postgres', `DROP ROLE IF EXISTS ${role};`);
  });

  it('may change while a job waits for its turn', async () => {
    const { host, port } = server;
    const yielded = harness.path('token');
    await writeFile(yielded, 'first\n');
    // Only its own environment says where it is, as with the programs of clouds.
    const passwordCommand = ['sh', '-c', 'cat "$TOKEN_FILE"'];
    harness.setup.profiles = [{ id: 'main', host, port, user: role, database, passwordCommand }];
    harness.setup.passwords = {};
    const lock = await holdLock(server, database, 'LOCK TABLE app.orders;');
    try {
      const window = await harness.window({
        inherited: { TOKEN_FILE: yielded },
        limits: { concurrency: 1 },
      });
      const running = window.startBackup({ outputPath: harness.path('running.dump') });
      await until(
        async () => (await jobBackends(server)).some((query) => /LOCK TABLE/.test(query)),
        'the first job waits for the lock',
      );
      const waiting = window.startBackup({ outputPath: harness.path('waiting.dump') });
      await until(() => window.jobs.get(waiting)?.status === 'pending', 'the second one waits');
      await psql(server, 'postgres', `ALTER ROLE ${role} PASSWORD 'second';`);
      await writeFile(yielded, 'second\n');
      await lock.release();
      for (const id of [running, waiting]) {
        await until(() => (window.jobs.get(id)?.endTime ?? null) !== null, 'the job ends');
        assert.equal(window.jobs.get(id)?.status, 'completed');
      }
      assert.deepEqual(
        window.asked.filter((asked) => !asked.endsWith('accepted')),
        [],
      );
    } finally {
      await lock.release();
    }
  });
});
