/**
 * The supervisor of a restore that takes the place of a database is killed: one whole database has the
 * name, and the next window says what is left and can finish or undo it. `PGBR_SOAK_TIMES=50` kills
 * fifty times as often at moments by chance, `SEED` repeats those of an earlier run.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { dropCopy, exchangeDatabases } from '../../../src/core/jobs/restore/swap/exchangeDatabases';
import { isFinished, type BackupJob } from '../../../src/core/model/job';
import { waysBack } from '../../../src/core/text/ways/waysBack';
import { killProcess } from '../../support/hold/processState';
import { holdLock } from '../../support/machine/heldLock';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { seededRandom } from '../../support/seededRandom';
import { newestServer } from '../../support/servers';
import { soak } from '../../support/tiers/soak';
import { until } from '../../support/until';
import { jobBackends, seedOfRun } from '../harness/jobHarness';
import { SupervisorHarness } from '../harness/supervisorHarness';
import { databasesLike, LATER, orders, SHOP, swapServer, wish } from './swapHarness';

const DATABASE = 'swap_killed';

describe('a restore that takes the place of a database, killed', function () {
  const rounds = soak.rounds(2);
  this.timeout(rounds * 120_000);
  let server: ServerCoordinates;
  let harness: SupervisorHarness;
  let inputPath: string;

  before(async () => {
    server = newestServer();
    await createDatabase(server, DATABASE);
    await psql(server, DATABASE, SHOP);
    harness = await SupervisorHarness.create(server, DATABASE);
    inputPath = harness.path('shop.dump');
    const first = await harness.open();
    const options = { ...backupDefaults('custom'), connectionId: 'main', outputPath: inputPath };
    const made = await first.startBackup({ options, overwrite: false, manifest: null }).finished;
    assert.equal(made.status, 'completed', JSON.stringify(made.failure));
    await first.dispose();
    await psql(server, DATABASE, LATER);
  });
  after(async () => {
    await harness.dispose();
    for (const name of await databasesLike(server, DATABASE)) await dropDatabase(server, name);
  });

  /**
   * Starts a restore, kills its supervisor after `when`, and returns the job as the next window
   * knows it.
   */
  async function killed(when: (id: string) => Promise<unknown>): Promise<BackupJob> {
    const window = await harness.window();
    const id = window.startRestore({ inputPath, swapIn: true });
    await when(id);
    const { owner } = await harness.stored(id);
    if (owner.pid !== window.process.pid) killProcess(owner.pid);
    await window.close();
    const next = await harness.open();
    await until(() => isFinished(next.get(id)?.status ?? 'running'), 'it is settled');
    await until(async () => (await jobBackends(server)).length === 0, 'no session is left');
    const known = next.get(id);
    await next.dispose();
    assert.ok(known);
    return known;
  }

  it('while it restores: the copy can be dropped, and the old one is as it was', async () => {
    harness.stopNextTool();
    const job = await killed((id) => harness.stoppedTool(id));
    assert.equal(job.status, 'lost');
    assert.equal(job.swap?.state, 'restoring');
    assert.match(job.errors[0]?.message ?? '', /"swap_killed".* is as it was/);
    assert.deepEqual(waysBack(job), ['dropCopy']);
    assert.equal(await orders(server, DATABASE), '10');
    assert.equal((await dropCopy(swapServer(server), job.swap)).state, 'dropped');
    assert.deepEqual(await databasesLike(server, DATABASE), [DATABASE]);
  });

  it('while names are exchanged: both are whole, and it can be finished', async () => {
    // Another session is connected, so the server waits for its end within the first renaming.
    const somebody = await holdLock(server, DATABASE, 'SELECT 1;');
    const exchanging = async (): Promise<boolean> => {
      const sql = `SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'ALTER DATABASE%RENAME%'
        AND application_name LIKE 'pgbackup-%-swap' AND state = 'active';`;
      return (await psql(server, 'postgres', sql)).trim() === '1';
    };
    const job = await killed(() => until(exchanging));
    assert.equal(job.status, 'lost');
    assert.equal(job.swap?.state, 'swapping');
    assert.match(job.errors[0]?.message ?? '', /Both are whole/);
    assert.equal(await orders(server, DATABASE), '10');
    await somebody.release();
    const done = await exchangeDatabases(swapServer(server), job.swap, wish('swapIn'));
    assert.equal(await orders(server, DATABASE), '100');
    const back = await exchangeDatabases(swapServer(server), done, wish('swapBack'));
    await dropCopy(swapServer(server), back);
    assert.deepEqual(await databasesLike(server, DATABASE), [DATABASE]);
  });

  it('at any moment', async () => {
    const random = seededRandom(seedOfRun());
    for (let round = 0; round < rounds; round++) {
      const job = await killed(async (id) => {
        await until(() => existsSync(harness.folder(id).status), 'it is known');
        await delay(random() * 2500);
      });
      const names = await databasesLike(server, DATABASE);
      assert.ok(names.includes(DATABASE), `round ${round}: ${names.join()}`);
      const swapped = (await orders(server, DATABASE)) === '100';
      if (!swapped) assert.equal(await orders(server, DATABASE), '10', `round ${round}`);
      if (job.swap !== undefined && waysBack(job).length > 0) {
        const back =
          job.swap.state === 'restoring'
            ? job.swap
            : await exchangeDatabases(swapServer(server), job.swap, wish('swapBack'));
        if (back.state !== 'dropped') await dropCopy(swapServer(server), back);
      }
      assert.equal(await orders(server, DATABASE), '10', `round ${round}`);
      assert.deepEqual(await databasesLike(server, DATABASE), [DATABASE], `round ${round}`);
    }
  });
});
