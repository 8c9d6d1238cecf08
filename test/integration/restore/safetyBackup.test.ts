/** The safety backup of what a restore drops, and its restore. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { vouchedFor } from '../../../src/core/jobs/restore/restorePermission';
import type { BackupJob } from '../../../src/core/model/job';
import type { RestoreOptions } from '../../../src/core/model/options';
import { tableChecksums } from '../../support/machine/compareDatabases';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer } from '../../support/servers';
import { JobHarness } from '../harness/jobHarness';
import { databasesLike, LATER, orders, SHOP } from './swapHarness';

const DATABASE = 'safety_shop';

/** The texts of a job about its end. */
function toldOf({ output, errors, failure }: BackupJob): string {
  return JSON.stringify([failure, errors, output], null, 1);
}

describe('the safety backup of a restore that drops', function () {
  this.timeout(120_000);
  let server: ServerCoordinates;
  let jobs: JobHarness;
  let inputPath: string;

  before(async () => {
    server = newestServer();
    await createDatabase(server, DATABASE);
    await psql(server, DATABASE, SHOP);
    jobs = await JobHarness.create([server.binDir]);
    jobs.connect('main', server, DATABASE);
    inputPath = jobs.path('shop.dump');
    const options = { ...backupDefaults('custom'), connectionId: 'main', outputPath: inputPath };
    const made = await jobs.backup(options);
    assert.equal(made.status, 'completed');
  });
  beforeEach(async () => {
    await psql(server, DATABASE, `DROP TABLE IF EXISTS newer, orders; ${SHOP} ${LATER}`);
  });
  after(async () => {
    await jobs.dispose();
    for (const name of await databasesLike(server, DATABASE)) await dropDatabase(server, name);
  });

  const directory = (): string => jobs.path('safe');

  async function restore(change: Partial<RestoreOptions>): Promise<BackupJob> {
    const options = { ...restoreDefaults(), connectionId: 'main', inputPath, ...change };
    const safety = { directory: directory(), manifest: true };
    return jobs.manager.startRestore(vouchedFor({ options, safety })).finished;
  }

  const CLEAN = { clean: true, ifExists: true };

  it('holds the whole database, and brings it back', async () => {
    const before = await tableChecksums(server, DATABASE);
    const job = await restore(CLEAN);
    assert.equal(job.status, 'completed', toldOf(job));
    assert.equal(await orders(server, DATABASE), '100');
    const made = job.safetyBackup;
    assert.ok(made?.whole);
    assert.match(path.basename(made.path), /^safety_shop_safety_.*\.dump$/);
    const manifest = JSON.parse(await readFile(`${made.path}.backup.json`, 'utf8')) as {
      backup: { purpose: string };
    };
    assert.equal(manifest.backup.purpose, 'safety');
    const back = await restore({ inputPath: made.path, swapIn: true });
    assert.equal(back.status, 'completed', toldOf(back));
    assert.deepEqual(await tableChecksums(server, DATABASE), before);
    assert.deepEqual(await jobs.leftovers(), []);
  });

  it('holds only what is concerned, where a part is restored', async () => {
    const tables = [{ schema: 'public', name: 'orders' }];
    const job = await restore({ ...CLEAN, tables });
    assert.equal(job.status, 'completed', toldOf(job));
    assert.deepEqual(job.safetyBackup?.tables, tables);
    const back = await restore({ ...CLEAN, inputPath: job.safetyBackup.path });
    assert.equal(back.status, 'completed', toldOf(back));
    assert.equal(await orders(server, DATABASE), '10');
  });

  it('is not made where nothing is dropped, or nothing is there', async () => {
    const added = await restore({ dataOnly: true });
    assert.equal(added.safetyBackup, undefined);
    assert.equal((await restore({ ...CLEAN, safetyBackup: false })).safetyBackup, undefined);
    await psql(server, DATABASE, 'DROP TABLE orders, newer;');
    const empty = await restore(CLEAN);
    assert.equal(empty.status, 'completed', toldOf(empty));
    assert.equal(empty.safetyBackup, undefined);
  });

  it('that fails keeps the restore from dropping anything', async () => {
    await psql(server, DATABASE, 'CREATE ROLE safety_poor LOGIN PASSWORD $$x$$;').catch(() => '');
    jobs.connect('poor', server, DATABASE, { user: 'safety_poor' });
    jobs.setPassword('poor', 'x');
    const before = await tableChecksums(server, DATABASE);
    const files = await readdir(directory()).catch(() => []);
    const job = await restore({ ...CLEAN, connectionId: 'poor' });
    assert.equal(job.status, 'failed');
    assert.equal(job.failure?.code, 'safetyBackupFailed');
    assert.match(JSON.stringify(job.failure.details), /permission denied/);
    assert.equal(job.targetState, 'untouched');
    assert.deepEqual(await tableChecksums(server, DATABASE), before);
    assert.deepEqual(await readdir(directory()).catch(() => []), files, 'no unfinished file');
    await psql(server, 'postgres', 'DROP ROLE safety_poor;');
  });
});
