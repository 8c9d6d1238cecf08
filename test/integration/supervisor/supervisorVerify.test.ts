import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { readManifest } from '../../../src/core/backups/manifest/readManifest';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { VerifyLevel } from '../../../src/core/model/options';
import { vouchedFor } from '../../../src/core/jobs/restore/restorePermission';
import { scratchDatabase } from '../../../src/core/jobs/verify/verifyTrial';
import { adminQuery } from '../../support/machine/adminSession';
import { runs } from '../../support/hold/processState';
import { psql } from '../../support/machine/psql';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer } from '../../support/servers';
import { until } from '../../support/until';
import { SupervisorHarness } from '../harness/supervisorHarness';

const database = 'supervised_verify';

describe('a verification in its supervisor', function () {
  let server: ServerCoordinates;
  let harness: SupervisorHarness;
  let backup: string;

  before(async () => {
    server = newestServer();
    await createSampleDatabase(server, database, 6);
  });
  after(() => dropDatabase(server, database));
  beforeEach(async () => {
    harness = await SupervisorHarness.create(server, database);
    backup = harness.path('shop.dump');
    const jobs = await harness.open();
    const ended = await jobs.startBackup({
      options: { ...backupDefaults('custom'), connectionId: 'main', outputPath: backup },
      overwrite: false,
      manifest: { workspaceDir: null },
    }).finished;
    assert.equal(ended.status, 'completed', JSON.stringify(ended.failure));
    assert.equal(ended.warnings, undefined);
  });
  afterEach(async () => {
    await harness.dispose();
    for (const left of await scratchDatabases()) await dropDatabase(server, left);
  });

  const scratchDatabases = async (): Promise<string[]> => {
    const sql = "SELECT datname FROM pg_database WHERE datname LIKE 'pgbackup_verify_%';";
    return (await adminQuery(server, sql)).split('\n').filter((name) => name !== '');
  };

  for (const level of ['structure', 'fullRead', 'trialRestore'] as const satisfies VerifyLevel[]) {
    it(`tells and keeps what it has found: ${level}`, async () => {
      const jobs = await harness.open();
      const percents: number[] = [];
      jobs.onUpdate(({ type, progress }) => {
        const percent = progress?.percent ?? null;
        if (type === 'verify' && percent !== null) percents.push(percent);
      });
      const options = { inputPath: backup, level, connectionId: 'main' };
      const { job, finished } = jobs.startVerify(vouchedFor({ options }));
      const ended = await finished;
      assert.equal(ended.status, 'completed', JSON.stringify(ended.failure));
      assert.equal(ended.verification?.outcome, 'passed');
      assert.equal(ended.verification.level, level);
      assert.equal(ended.verification.checksums, 'matched');
      assert.deepEqual(
        percents,
        [...percents].sort((a, b) => a - b),
      );
      assert.equal(percents.at(-1), 100);
      assert.deepEqual((await readManifest(backup))?.verifications, [ended.verification]);
      assert.deepEqual((await harness.open()).get(job.id), ended);
      assert.deepEqual(await scratchDatabases(), []);
      await harness.nothingIsLeft(job.id, server);
    });
  }

  it('says what is damaged, in this window and the next, and beside the backup', async () => {
    truncateSync(backup, (await stat(backup)).size - 100);
    const jobs = await harness.open();
    const options = { inputPath: backup, level: 'structure' } as const;
    const { job, finished } = jobs.startVerify({ options });
    const ended = await finished;
    assert.equal(ended.status, 'failed');
    assert.equal(jobs.failure(job.id)?.code, 'backupDamaged');
    assert.equal(ended.verification?.outcome, 'failed');
    assert.deepEqual((await readManifest(backup))?.verifications, [ended.verification]);
    assert.deepEqual((await harness.open()).get(job.id), ended);
  });

  for (const how of ['kill', 'close'] as const) {
    it(`goes on when its window ends, and its result is kept: ${how}`, async () => {
      const window = await harness.window();
      harness.stopNextTool();
      const id = window.startVerify({
        inputPath: backup,
        level: 'trialRestore',
        connectionId: 'main',
      });
      const tool = await harness.stoppedTool(id);
      assert.equal((await scratchDatabases()).length, 1, 'it is in the middle of it');
      await window[how]();
      assert.ok(await until(() => !runs(window.process.pid ?? 0)));
      assert.deepEqual((await readManifest(backup))?.verifications, []);
      const jobs = await harness.open();
      assert.equal(jobs.get(id)?.status, 'running');
      process.kill(tool, 'SIGCONT');
      const ended = await jobs.handle(id)?.finished;
      assert.equal(ended?.status, 'completed', JSON.stringify(ended?.failure));
      assert.equal(ended.verification?.outcome, 'passed');
      assert.ok((ended.verification.rows ?? 0) > 0);
      assert.deepEqual((await readManifest(backup))?.verifications, [ended.verification]);
      assert.deepEqual(await scratchDatabases(), []);
      await harness.nothingIsLeft(id, server);
    });
  }

  it('is lost when its supervisor is killed; a later one drops what it has left', async () => {
    const window = await harness.window();
    const options = { inputPath: backup, level: 'trialRestore', connectionId: 'main' } as const;
    harness.stopNextTool();
    const id = window.startVerify(options);
    await harness.stoppedTool(id);
    process.kill((await harness.stored(id)).owner.pid, 'SIGKILL');
    assert.ok(await until(() => window.jobs.get(id)?.status === 'lost'));
    await harness.nothingIsLeft(id, server);
    assert.deepEqual((await readManifest(backup))?.verifications, []);
    const [left, ...more] = await scratchDatabases();
    assert.equal(left, scratchDatabase((await harness.stored(id)).runId));
    assert.deepEqual(more, []);
    // It could still be somebody's, so it stays for a day.
    const old = new Date(Date.now() - 25 * 3_600_000).toISOString().replace(/\.\d+/, '');
    await psql(
      server,
      'postgres',
      `COMMENT ON DATABASE ${left} IS 'pgbackup scratch database of ${old}';`,
    );
    const jobs = await harness.open();
    const ended = await jobs.startVerify(vouchedFor({ options })).finished;
    assert.equal(ended.verification?.outcome, 'passed', JSON.stringify(ended.failure));
    assert.deepEqual(await scratchDatabases(), []);
  });
});
