import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { vouchedFor } from '../../../src/core/jobs/restore/restorePermission';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { BackupOptions } from '../../../src/core/model/options';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { newestServer } from '../../support/servers';
import { compareDatabases } from '../../support/machine/compareDatabases';
import { runs } from '../../support/hold/processState';
import { psql } from '../../support/machine/psql';
import type { ServerCoordinates } from '../../support/machine/server';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../../support/machine/sampleDatabase';
import { seededRandom } from '../../support/seededRandom';
import { AT_ONCE_MS, comesTrue, until } from '../../support/until';
import { jobBackends, processesWith, seedOfRun } from '../harness/jobHarness';
import { SupervisorHarness } from '../harness/supervisorHarness';

const database = 'supervised';
const target = 'supervised_target';

describe('a job in its supervisor', function () {
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
  afterEach(async () => {
    await harness.dispose();
    await dropDatabase(server, target);
  });

  const backupTo = (outputPath: string, more: Partial<BackupOptions> = {}) => ({
    options: { ...backupDefaults('custom'), connectionId: 'main', outputPath, ...more },
    overwrite: false,
  });

  it('does what a job in this process does, and tells it', async () => {
    const jobs = await harness.open();
    const lines: string[] = [];
    const states = new Set<string>();
    jobs.onLines((_id, more) => lines.push(...more));
    jobs.onUpdate((job) => states.add(job.status));
    const outputPath = harness.path('told.dump');
    const { job, finished } = jobs.startBackup(backupTo(outputPath));
    assert.equal(job.status, 'pending');
    const ended = await finished;
    assert.equal(ended.status, 'completed', JSON.stringify(ended.failure));
    assert.equal(ended.sizeBytes, (await stat(outputPath)).size);
    assert.deepEqual(jobs.get(job.id), ended);
    assert.ok(ended.output.some((line) => line.includes('dumping contents of table "app.orders"')));
    assert.equal(readFileSync(jobs.logPath(job.id) ?? '', 'utf8'), `${lines.join('\n')}\n`);
    assert.deepEqual([...states], ['pending', 'running', 'completed']);
    assert.deepEqual(harness.leftovers(), []);
    const later = await harness.open();
    assert.deepEqual(later.get(job.id), ended);
    assert.throws(() => later.startBackup({ ...backupTo(outputPath), jobId: job.id }), {
      code: 'jobIdTaken',
    });
    await later.remove(job.id);
    assert.ok(await until(() => jobs.get(job.id) === undefined), 'the other window notices');
  });

  it('fails with a code that the window puts into words, now and later', async () => {
    const jobs = await harness.open();
    const { job, finished } = jobs.startBackup(backupTo(harness.path('none/such.dump')));
    const ended = await finished;
    assert.equal(ended.status, 'failed');
    assert.deepEqual(ended.errors, [{ message: 'words for outputDirectoryMissing' }]);
    assert.equal(jobs.failure(job.id)?.code, 'outputDirectoryMissing');
    const later = await harness.open();
    assert.equal(later.failure(job.id)?.code, 'outputDirectoryMissing');
    assert.deepEqual(later.get(job.id), ended);
  });

  it('fails when it cannot be begun at all', async () => {
    const { setup } = harness;
    const jobs = await harness.open({ profiles: [] });
    const unknown = await jobs.startBackup(backupTo(harness.path('x.dump'))).finished;
    assert.equal(unknown.failure?.code, 'connectionUnknown');
    const broken = await harness.open({ script: '/nonexistent/supervisor.js' });
    const ended = await broken.startBackup(backupTo(harness.path('x.dump'))).finished;
    assert.equal(ended.failure?.code, 'internal');
    assert.equal((await harness.open(setup)).get(ended.id)?.status, 'failed');
  });

  it('asks its window for a password, and has it from nowhere else', async () => {
    const asked: string[] = [];
    const jobs = await harness.open({ passwords: {}, typed: ['wrong', server.password] }, asked);
    const { finished } = jobs.startBackup(backupTo(harness.path('asked.dump')));
    assert.equal((await finished).status, 'completed');
    assert.deepEqual(asked, ['main missing', 'main rejected', 'main accepted']);
  });

  it('takes nothing for a password that only an id brings along', async () => {
    const [main] = harness.setup.profiles;
    assert.ok(main);
    for (const id of ['constructor', '__proto__']) {
      const asked: string[] = [];
      const setup = { profiles: [{ ...main, id }], passwords: {}, typed: [server.password] };
      const jobs = await harness.open(setup, asked);
      const request = backupTo(harness.path(`${id}.dump`), { connectionId: id });
      const { finished } = jobs.startBackup(request);
      assert.equal((await finished).status, 'completed', id);
      assert.deepEqual(asked, [`${id} missing`, `${id} accepted`]);
    }
  });

  it('keeps the password out of files, arguments and its own environment', async () => {
    const secret = server.password;
    const window = await harness.window();
    harness.stopNextTool();
    const id = window.startBackup({ outputPath: harness.path('secret.dump') });
    const tool = await harness.stoppedTool(id);
    const { owner } = await harness.stored(id);
    const where: string[] = [];
    for (const name of harness.filesBelow(harness.setup.storeDir)) {
      if (readFileSync(name, 'latin1').includes(secret)) where.push(name);
    }
    assert.deepEqual(where, []);
    assert.deepEqual(processesWith(secret), []);
    for (const pid of [owner.pid, ...harness.guardsOf(owner.pid)]) {
      assert.ok(!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(secret));
    }
    assert.ok(readFileSync(`/proc/${tool}/environ`, 'latin1').includes(`PGPASSWORD=${secret}`));
    assert.equal((await stat(harness.setup.storeDir)).mode & 0o777, 0o700);
    assert.equal((await stat(harness.folder(id).dir)).mode & 0o777, 0o700);
    assert.equal((await stat(harness.folder(id).status)).mode & 0o777, 0o600);
    process.kill(tool, 'SIGCONT');
    assert.ok(await until(() => window.jobs.get(id)?.status === 'completed'));
  });

  it('goes on when its window is killed, and is found, told and finished in the next', async () => {
    const window = await harness.window();
    const outputPath = harness.path('survives.dump');
    harness.stopNextTool();
    const id = window.startBackup({ outputPath });
    const tool = await harness.stoppedTool(id);
    window.kill();
    await until(() => !runs(window.process.pid ?? 0));
    const jobs = await harness.open();
    const found = jobs.get(id);
    assert.equal(found?.status, 'running');
    assert.ok(await until(() => jobs.get(id)?.progress?.phase === 'dumping'));
    const updates: number[] = [];
    jobs.onUpdate((job) => updates.push(job.progress?.objectsCompleted ?? 0));
    process.kill(tool, 'SIGCONT');
    const ended = await jobs.handle(id)?.finished;
    assert.equal(ended?.status, 'completed', JSON.stringify(ended?.failure));
    assert.ok(updates.length > 1);
    assert.equal(ended.sizeBytes, (await stat(outputPath)).size);
    const log = readFileSync(jobs.logPath(id) ?? '', 'utf8');
    for (const text of ['reading', 'dumping contents of table "app.orders"', 'saving']) {
      assert.ok(log.includes(text), text);
    }
    assert.deepEqual(ended.output, log.split('\n').slice(0, -1).slice(-500));
    assert.deepEqual(harness.leftovers(), []);
    assert.ok(await until(async () => !runs((await harness.stored(id)).owner.pid)));
  });

  it('goes on with a restore when its window is killed or closed', async () => {
    const dump = harness.path('source.dump');
    const jobs = await harness.open();
    assert.equal((await jobs.startBackup(backupTo(dump)).finished).status, 'completed');
    for (const how of ['kill', 'close'] as const) {
      await createDatabase(server, target);
      const window = await harness.window();
      harness.stopNextTool();
      const id = window.startRestore({ inputPath: dump, targetDatabase: target });
      const tool = await harness.stoppedTool(id);
      await window[how]();
      process.kill(tool, 'SIGCONT');
      assert.ok(await until(() => jobs.handle(id) !== undefined));
      const ended = await jobs.handle(id)?.finished;
      assert.equal(ended?.status, 'completed', JSON.stringify(ended?.failure));
      assert.deepEqual(await compareDatabases(server, database, server, target), []);
      await dropDatabase(server, target);
    }
  });

  it('is cancelled from another window at once, and leaves nothing', async () => {
    const window = await harness.window();
    const outputPath = harness.path('cancelled.dump');
    await writeFile(outputPath, 'older');
    await harness.holdDumps();
    const id = window.startBackup({ outputPath }, true);
    await harness.toolOf(id);
    const jobs = await harness.open();
    const began = performance.now();
    const ended = await jobs.cancel(id);
    assert.ok(performance.now() - began < AT_ONCE_MS);
    assert.equal(ended.status, 'cancelled');
    assert.ok(await until(() => window.jobs.get(id)?.status === 'cancelled'));
    assert.equal(await readFile(outputPath, 'utf8'), 'older');
    await harness.nothingIsLeft(id, server);
  });

  it('ends with its window only when that is set, also when it is killed', async () => {
    await harness.holdDumps();
    for (const how of ['kill', 'close'] as const) {
      const window = await harness.window({ limits: { endWithWindow: true } });
      const id = window.startBackup({ outputPath: harness.path('ends.dump') });
      await harness.toolOf(id);
      await window[how]();
      assert.ok(await until(async () => (await harness.stored(id)).job.status === 'cancelled'));
      await harness.nothingIsLeft(id, server);
    }
  });

  it('leaves no tool and no backend when its supervisor is killed, and is lost', async () => {
    const older = harness.path('older.dump');
    await writeFile(older, 'older');
    const window = await harness.window();
    await harness.holdDumps();
    const id = window.startBackup({ outputPath: older }, true);
    const tool = await harness.toolOf(id);
    process.kill((await harness.stored(id)).owner.pid, 'SIGKILL');
    assert.ok(await comesTrue(() => !runs(tool), AT_ONCE_MS), 'the tool is gone');
    // The window lives: it notices by itself.
    assert.ok(await until(() => window.jobs.get(id)?.status === 'lost'));
    assert.equal(await readFile(older, 'utf8'), 'older');
    await harness.nothingIsLeft(id, server);
  });

  it('cancels what the server does when its supervisor is killed', async () => {
    await createDatabase(server, target);
    const script = harness.path('slow.sql');
    await writeFile(script, 'CREATE TABLE slow (i int);\nSELECT pg_sleep(600);\n');
    const window = await harness.window({ script: harness.ownBundles() });
    const id = window.startRestore({ inputPath: script, targetDatabase: target });
    assert.ok(
      await until(async () => (await jobBackends(server)).some((b) => b.includes('pg_sleep'))),
    );
    // As by an update of the extension.
    await rm(harness.path('bundles/guard.js'));
    process.kill((await harness.stored(id)).owner.pid, 'SIGKILL');
    window.kill();
    assert.ok(await comesTrue(async () => (await jobBackends(server)).length === 0, AT_ONCE_MS));
    const jobs = await harness.open();
    assert.equal(jobs.get(id)?.status, 'lost');
    assert.equal(jobs.get(id)?.targetState, 'unknown');
  });

  it('gets another guard when that is killed', async () => {
    const window = await harness.window();
    harness.stopNextTool();
    const id = window.startBackup({ outputPath: harness.path('guarded.dump') });
    const tool = await harness.stoppedTool(id);
    const { owner } = await harness.stored(id);
    const [first] = harness.guardsOf(owner.pid);
    assert.ok(first);
    process.kill(first, 'SIGKILL');
    assert.ok(await until(() => harness.guardsOf(owner.pid).some((pid) => pid !== first)));
    process.kill(owner.pid, 'SIGKILL');
    assert.ok(await comesTrue(() => !runs(tool), AT_ONCE_MS));
    assert.ok(await until(() => window.jobs.get(id)?.status === 'lost'));
    await harness.nothingIsLeft(id, server);
  });

  it('is tidied up after by the next window when all are killed at once', async () => {
    const older = harness.path('older.dir');
    const before = await harness.open();
    const first = before.startBackup(backupTo(older, { format: 'directory' }));
    assert.equal((await first.finished).status, 'completed');
    await before.dispose();
    const size = (await stat(`${older}/toc.dat`)).size;
    const window = await harness.window();
    harness.stopNextTool();
    const id = window.startBackup({ outputPath: older, format: 'directory', jobs: 2 }, true);
    const tool = await harness.stoppedTool(id);
    const { owner } = await harness.stored(id);
    window.kill();
    for (const guard of harness.guardsOf(owner.pid)) process.kill(guard, 'SIGKILL');
    process.kill(owner.pid, 'SIGKILL');
    assert.ok(await until(() => !runs(owner.pid)));
    assert.ok(runs(tool), 'nobody is left to end it');
    const jobs = await harness.open();
    assert.equal(jobs.get(id)?.status, 'lost');
    assert.ok(await until(() => !runs(tool)));
    assert.equal((await stat(`${older}/toc.dat`)).size, size);
    await harness.nothingIsLeft(id, server);
  });

  it('names the database it has made when nobody is left to drop it', async () => {
    const before = await harness.open();
    const inputPath = harness.path('source.dump');
    const backup = await before.startBackup(backupTo(inputPath)).finished;
    assert.equal(backup.status, 'completed');
    await before.dispose();
    const window = await harness.window();
    harness.stopNextTool();
    const id = window.startRestore({ inputPath, targetDatabase: target, createDatabase: true });
    await harness.stoppedTool(id);
    const noted = async () => (await harness.stored(id)).job.createdDatabase === target;
    assert.ok(await until(noted));
    const { owner } = await harness.stored(id);
    window.kill();
    for (const guard of harness.guardsOf(owner.pid)) process.kill(guard, 'SIGKILL');
    process.kill(owner.pid, 'SIGKILL');
    assert.ok(await until(() => !runs(owner.pid)));
    const lost = (await harness.open()).get(id);
    assert.equal(lost?.status, 'lost');
    const [error] = lost.errors;
    assert.equal(error?.object, `DATABASE ${target}`);
    assert.match(error.message, new RegExp(`"${target}" on main was made by this job\\.`));
    const note = { code: 'databaseLeft', database: target, connection: 'main' };
    assert.deepEqual(error.note, note);
    const there = `SELECT datname FROM pg_database WHERE datname = '${target}';`;
    assert.equal((await psql(server, 'postgres', there)).trim(), target, 'it is there indeed');
    assert.equal(lost.origin?.workspaceName, 'shop');
    await harness.nothingIsLeft(id, server);
  });

  it('says why it refuses a job in the language of the window that has asked for it', async () => {
    const english = 'Enter the name of the database to create.';
    const translations = harness.path('bundle.l10n.xx.json');
    await writeFile(translations, JSON.stringify({ [english]: 'Name?' }));
    const inputPath = harness.path('empty.sql');
    await writeFile(inputPath, 'SELECT 1;\n');
    const options = { ...restoreDefaults(), connectionId: 'main', inputPath, createDatabase: true };
    const words = [translations, harness.path('missing.json'), undefined].map(async (file) => {
      const jobs = await harness.open(file === undefined ? {} : { translations: file });
      const { failure } = await jobs.startRestore(vouchedFor({ options })).finished;
      return failure?.details['problem'];
    });
    assert.deepEqual(await Promise.all(words), ['Name?', english, english]);
  });

  it('names no database that it has dropped again', async () => {
    const jobs = await harness.open();
    const inputPath = harness.path('broken.sql');
    await writeFile(inputPath, 'SELECT 1;\nSELECT nothing;\n');
    const options = { connectionId: 'main', inputPath, targetDatabase: target };
    const { finished } = jobs.startRestore(
      vouchedFor({ options: { ...restoreDefaults(), ...options, createDatabase: true } }),
    );
    const { targetState, createdDatabase } = await finished;
    assert.deepEqual([targetState, createdDatabase], ['databaseDropped', undefined]);
  });

  it('leaves nothing when it is cancelled at any moment, from its very beginning on', async () => {
    const random = seededRandom(seedOfRun());
    const jobs = await harness.open();
    const dump = harness.path('source.dump');
    const began = performance.now();
    assert.equal((await jobs.startBackup(backupTo(dump)).finished).status, 'completed');
    const took = performance.now() - began;
    const rounds = 6;
    const wanted = { connectionId: 'main', inputPath: dump, targetDatabase: target };
    const anew = { ...restoreDefaults(), ...wanted, createDatabase: true };
    for (let round = 0; round < rounds; round++) {
      const wait = round === 0 ? 0 : ((round + random()) / rounds) * took;
      const older = harness.path('older.dump');
      await writeFile(older, 'older');
      const { job } =
        round % 2 === 0
          ? jobs.startBackup({ ...backupTo(older, { compression: 6 }), overwrite: true })
          : jobs.startRestore(vouchedFor({ options: anew }));
      await delay(wait);
      const asked = performance.now();
      const ended = await jobs.cancel(job.id);
      const at = `round ${round}, after ${wait.toFixed(0)} ms: ${ended.status}`;
      assert.ok(performance.now() - asked < AT_ONCE_MS, at);
      if (ended.status === 'completed') await dropDatabase(server, target);
      else {
        assert.equal(ended.status, 'cancelled', at);
        assert.equal(await readFile(older, 'utf8'), 'older', at);
      }
      await harness.nothingIsLeft(job.id, server);
    }
  });
});
