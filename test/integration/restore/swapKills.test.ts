/**
 * Somebody who takes part in a restore that takes the place of a database is killed, at each of its
 * steps: one whole database has the name, and the next window says what is left and can finish or
 * undo it. `PGBR_SOAK_TIMES=50` kills a hundred times, `SEED` repeats the moments of an earlier run.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { dropCopy, exchangeDatabases } from '../../../src/core/jobs/restore/swap/exchangeDatabases';
import { isFinished, type BackupJob } from '../../../src/core/model/job';
import { waysBack } from '../../../src/core/text/ways/waysBack';
import { childrenOf, killProcess } from '../../support/hold/processState';
import { holdLock } from '../../support/machine/heldLock';
import { psql } from '../../support/machine/psql';
import { createDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { ensurePostgres } from '../../support/install/postgres';
import { seededRandom } from '../../support/seededRandom';
import { newestServer } from '../../support/servers';
import { soak } from '../../support/tiers/soak';
import { until } from '../../support/until';
import { jobBackends, seedOfRun } from '../harness/jobHarness';
import { SupervisorHarness } from '../harness/supervisorHarness';
import { databasesLike, LATER, orders, SHOP, swapServer, wish } from './swapHarness';

const DATABASE = 'swap_killed';

/** Who is killed: the job's process, its tool or psql, the window that started it, or the server. */
const VICTIMS = ['supervisor', 'tool', 'window', 'server'] as const;
type Victim = (typeof VICTIMS)[number];
/** What can be seen of a restore that takes the place of a database, in its order. */
const STEPS = ['known', 'copyMade', 'inCopy', 'rowsLoaded', 'exchanging'] as const;
type Step = (typeof STEPS)[number];

describe('a restore that takes the place of a database, killed', function () {
  const rounds = soak.rounds(2);
  this.timeout(rounds * 120_000);
  /** Its own, because it is killed. */
  let server: PgServer;
  let harness: SupervisorHarness;
  let inputPath: string;

  before(async () => {
    const [install] = await ensurePostgres([newestServer().major]);
    assert.ok(install);
    server = await startServer(install);
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
    await server.stop();
  });

  /** Starts a restore, kills somebody after `when`, and returns the job as the next window knows it. */
  async function killed(
    when: (id: string) => Promise<unknown>,
    victim: Victim = 'supervisor',
  ): Promise<BackupJob> {
    const window = await harness.window();
    const id = window.startRestore({ inputPath, swapIn: true });
    await until(() => existsSync(harness.folder(id).status), 'it is known');
    await when(id);
    const { owner } = await harness.stored(id);
    switch (victim) {
      case 'supervisor':
        if (owner.pid !== window.process.pid) killProcess(owner.pid);
        break;
      case 'tool':
        for (const pid of childrenOf(owner.pid)) killProcess(pid);
        break;
      case 'window':
        window.kill();
        break;
      case 'server':
        await server.crash();
        await server.restart();
    }
    if (victim !== 'window') await window.close();
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

  it('at any step, whoever is killed', async () => {
    const random = seededRandom(seedOfRun());
    for (let round = 0; round < rounds; round++) {
      const victim = VICTIMS[round % VICTIMS.length] ?? 'supervisor';
      const step = STEPS[Math.floor(round / VICTIMS.length) % STEPS.length] ?? 'known';
      const title = `round ${round}: ${victim} killed, ${step}`;
      const job = await killed(async (id) => {
        await until(async () => (await reached(step)) || (await ended(id)), title);
        await delay(random() * 200);
      }, victim);
      await oneWholeDatabase(job, title);
    }
  });

  const asked = async (where: string): Promise<boolean> => {
    const sql = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE ${where});`;
    return (await psql(server, 'postgres', sql)).trim() === 't';
  };

  /** Does the restore do this now, or more? */
  async function reached(step: Step): Promise<boolean> {
    switch (step) {
      case 'known':
        return true;
      case 'copyMade':
        return (await databasesLike(server, DATABASE)).length > 1;
      case 'inCopy':
        return asked(`datname LIKE '${DATABASE}\\_new\\_%'`);
      case 'rowsLoaded':
        return asked(`application_name LIKE 'pgbackup-%' AND query LIKE '%count(*)%'`);
      case 'exchanging':
        return asked(`application_name LIKE 'pgbackup-%-swap'`);
    }
  }

  const ended = async (id: string): Promise<boolean> =>
    isFinished((await harness.stored(id)).job.status);

  /** The name is that of one whole database, the record tells of the other, and it can be undone. */
  async function oneWholeDatabase(job: BackupJob, title: string): Promise<void> {
    const told = `${title} ${JSON.stringify([job.status, job.swap, job.errors])}`;
    const names = await databasesLike(server, DATABASE);
    assert.ok(names.includes(DATABASE), `${told}: ${names.join()}`);
    const rows = await orders(server, DATABASE);
    assert.ok(rows === '10' || rows === '100', `${told}: ${rows} rows`);
    const { swap } = job;
    const others = names.filter((name) => name !== DATABASE);
    if (others.length > 0) {
      assert.ok(swap !== undefined && waysBack(job).length > 0, `${told}: ${others.join()}`);
      assert.ok(
        others.every((name) => name === swap.copy || name === swap.aside),
        told,
      );
      if (job.status === 'lost') assert.match(job.errors[0]?.message ?? '', /"swap_killed"/, told);
    }
    if (swap !== undefined && waysBack(job).length > 0) {
      const back =
        swap.state === 'restoring'
          ? swap
          : await exchangeDatabases(swapServer(server), swap, wish('swapBack'));
      if (back.state !== 'dropped') await dropCopy(swapServer(server), back);
    }
    assert.equal(await orders(server, DATABASE), '10', told);
    assert.deepEqual(await databasesLike(server, DATABASE), [DATABASE], told);
  }
});
