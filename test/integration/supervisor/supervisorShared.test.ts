import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MAX_BYTES } from '../../../src/core/jobs/supervisor/store/jobLog';
import { vouchedFor } from '../../../src/core/jobs/restore/restorePermission';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { FileReservations } from '../../../src/core/jobs/supervisor/store/fileReservations';
import { JobFolder, ownershipOf } from '../../../src/core/jobs/supervisor/store/jobFolder';
import { asLost } from '../../../src/core/jobs/supervisor/store/lostJobs';
import { reservationsDir } from '../../../src/core/jobs/supervisor/store/storeDir';
import { newestServer } from '../../support/servers';
import { cpuTime } from '../../support/measure/cpuTime';
import type { ServerCoordinates } from '../../support/machine/server';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../../support/machine/sampleDatabase';
import { psql } from '../../support/machine/psql';
import { until } from '../../support/until';
import { isFinished, type BackupJob } from '../../../src/core/model/job';
import { processesWith } from '../harness/jobHarness';
import { SupervisorHarness, windowScript } from '../harness/supervisorHarness';

const database = 'shared';
const target = 'shared_target';

const isRoot = process.getuid?.() === 0;

/** Writes until there is no room for another byte. */
function fill(file: string): void {
  for (const size of [64 * 1024, 4096, 1]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size, 'x'), { flag: 'a' });
    } catch {
      // The disk has no room for a piece of this size.
    }
  }
}

describe('jobs of several windows', function () {
  let server: ServerCoordinates;
  let harness: SupervisorHarness;
  before(async () => {
    server = newestServer();
    await createSampleDatabase(server, database, 'small');
    await createDatabase(server, target);
  });
  after(async () => {
    await dropDatabase(server, target);
    await dropDatabase(server, database);
  });
  beforeEach(async () => {
    harness = await SupervisorHarness.create(server, database);
  });
  afterEach(() => harness.dispose());

  const backupTo = (outputPath: string, more: Partial<BackupOptions> = {}) => ({
    options: { ...backupDefaults('custom'), connectionId: 'main', outputPath, ...more },
    overwrite: true,
  });
  const restoreFrom = (inputPath: string, more: Partial<RestoreOptions> = {}) => {
    const wanted = { connectionId: 'main', inputPath, targetDatabase: target };
    return vouchedFor({ options: { ...restoreDefaults(), ...wanted, ...more } });
  };

  it('never run after they were settled as lost, however late their own process begins', async () => {
    const script = harness.ownBundles();
    const jobs = await harness.open({ script });
    const id = 'begun-too-late';
    const folder = harness.folder(id);
    // Reserves the record as another window that settles the job would.
    const { storeDir } = harness.setup;
    const release = new FileReservations(reservationsDir(storeDir)).take(ownershipOf(folder));
    assert.ok(release);
    const outputPath = harness.path('late.dump');
    jobs.startBackup({ ...backupTo(outputPath), jobId: id, manifest: null });
    await until(() => processesWith(script).length > 0, 'its own process is there');
    const stored = await harness.stored(id);
    folder.write({ ...stored, job: asLost(stored) }, true);
    release();
    await until(() => processesWith(script).length === 0, 'it has gone again');
    // The window that has started it may have said meanwhile that its process is gone.
    assert.match((await harness.stored(id)).job.status, /^(lost|failed)$/);
    assert.equal(existsSync(outputPath), false);
  });

  it('wait for their turn, in order, and can be cancelled while they wait', async () => {
    const limits = { concurrency: 1 };
    const first = await harness.open({ limits });
    const second = await harness.open({ limits });
    harness.stopNextTool();
    const running = first.startBackup(backupTo(harness.path('a.dump')));
    const tool = await harness.stoppedTool(running.job.id);
    const waits = second.startBackup(backupTo(harness.path('b.dump')));
    assert.ok(
      await until(async () => (await harness.stored(waits.job.id)).owner.pid !== process.pid),
    );
    const last = first.startBackup(backupTo(harness.path('c.dump')));
    const unwanted = second.startBackup(backupTo(harness.path('d.dump')));
    assert.equal((await second.cancel(unwanted.job.id)).status, 'cancelled');
    assert.ok(
      await until(async () => (await harness.stored(last.job.id)).owner.pid !== process.pid),
    );
    assert.equal(second.get(waits.job.id)?.status, 'pending');
    assert.equal(second.get(waits.job.id)?.startTime, null);
    assert.equal(first.get(last.job.id)?.status, 'pending');
    process.kill(tool, 'SIGCONT');
    const ended = await Promise.all([running, waits, last].map(({ finished }) => finished));
    assert.deepEqual(
      ended.map(({ status }) => status),
      ['completed', 'completed', 'completed'],
    );
    const [a, b, c] = ended.map((job) => [job.startTime ?? '', job.endTime ?? '']);
    assert.ok(a && b && c && a[1]! <= b[0]! && b[1]! <= c[0]!, JSON.stringify([a, b, c]));
    assert.deepEqual(
      first.list().map(({ id }) => id),
      second.list().map(({ id }) => id),
    );
  });

  it('never share an output', async () => {
    const first = await harness.open();
    const second = await harness.open();
    await mkdir(harness.path('sub'));
    harness.stopNextTool();
    const running = first.startBackup(backupTo(harness.path('same.dump')));
    const tool = await harness.stoppedTool(running.job.id);
    const other = await second.startBackup(backupTo(harness.path('sub/../same.dump'))).finished;
    assert.equal(other.failure?.code, 'outputBusy');
    process.kill(tool, 'SIGCONT');
    assert.equal((await running.finished).status, 'completed');
    const later = await second.startBackup(backupTo(harness.path('same.dump'))).finished;
    assert.equal(later.status, 'completed', 'what was held is free again');
  });

  it('never restore into one database at once, whatever it is called', async () => {
    const [profile] = harness.setup.profiles;
    assert.ok(profile);
    const aliases = ['localhost', '127.0.0.1', server.socketDir].map((host, i) => ({
      ...profile,
      id: `alias${i}`,
      host,
    }));
    const passwords = Object.fromEntries(aliases.map(({ id }) => [id, server.password]));
    const setup = { profiles: aliases, passwords };
    const first = await harness.open(setup);
    const second = await harness.open(setup);
    const inputPath = harness.path('slow.sql');
    await writeFile(inputPath, 'SELECT 1;\nSELECT pg_sleep(600);\n');
    const running = first.startRestore(restoreFrom(inputPath, { connectionId: 'alias0' }));
    await harness.toolOf(running.job.id);
    for (const connectionId of ['alias1', 'alias2']) {
      const other = await second.startRestore(restoreFrom(inputPath, { connectionId })).finished;
      assert.equal(other.failure?.code, 'targetBusy', JSON.stringify(other.failure));
    }
    assert.equal((await second.cancel(running.job.id)).status, 'cancelled');
  });

  it('get back what a job held that is lost', async () => {
    const window = await harness.window();
    harness.stopNextTool();
    const id = window.startBackup({ outputPath: harness.path('held.dump') });
    await harness.stoppedTool(id);
    window.kill();
    process.kill((await harness.stored(id)).owner.pid, 'SIGKILL');
    const jobs = await harness.open({ limits: { concurrency: 1 } });
    assert.ok(await until(() => jobs.get(id)?.status === 'lost'));
    const again = await jobs.startBackup(backupTo(harness.path('held.dump'))).finished;
    assert.equal(again.status, 'completed', JSON.stringify(again.failure));
  });

  it('keep an older directory that was just being replaced when all was killed', async () => {
    const jobs = await harness.open();
    const older = harness.path('older.dir');
    const done = jobs.startBackup(backupTo(older, { format: 'directory' }));
    assert.equal((await done.finished).status, 'completed');
    const window = await harness.window();
    harness.stopNextTool();
    const id = window.startBackup({ outputPath: older, format: 'directory' }, true);
    await harness.stoppedTool(id);
    const { owner, runId } = await harness.stored(id);
    // As if it had been killed between the two renames.
    process.kill(owner.pid, 'SIGSTOP');
    renameSync(older, harness.path(`.older.dir.pgbackup-${runId}.old`));
    for (const pid of [...harness.guardsOf(owner.pid), owner.pid]) process.kill(pid, 'SIGKILL');
    assert.ok(await until(() => jobs.get(id)?.status === 'lost'));
    assert.ok((await stat(path.join(older, 'toc.dat'))).size > 0);
    await harness.nothingIsLeft(id, server);
  });

  it('are kept by number, and their logs with them', async () => {
    const jobs = await harness.open({ keep: 2 });
    const removed: string[] = [];
    jobs.onRemoved((id) => removed.push(id));
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      const { job, finished } = jobs.startBackup(backupTo(harness.path(`${name}/none`)));
      await finished;
      ids.push(job.id);
    }
    assert.ok(await until(() => removed.length === 2));
    assert.deepEqual(removed, ids.slice(0, 2));
    assert.deepEqual(
      jobs.list().map(({ id }) => id),
      ids.slice(2),
    );
  });

  it('run to their end when the disk of their records is full', async () => {
    const disk = harness.path('disk');
    mkdirSync(disk);
    if (isRoot) execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
    try {
      const setup = { storeDir: path.join(disk, 'store') };
      const jobs = await harness.open(setup);
      const outputPath = harness.path('full.dump');
      harness.stopNextTool();
      const { job, finished } = jobs.startBackup(backupTo(outputPath));
      const tool = await harness.stoppedTool(job.id, setup.storeDir);
      // Who may not mount forbids the files instead: the supervisor cannot tell the difference.
      const folder = JobFolder.of(setup.storeDir, job.id).dir;
      if (isRoot) fill(path.join(disk, 'filler'));
      else chmodSync(folder, 0o500);
      process.kill(tool, 'SIGCONT');
      const ended = await finished;
      assert.equal(ended.status, 'completed', JSON.stringify(ended.failure));
      assert.ok(ended.output.some((line) => line.includes('dumping contents')));
      assert.equal(ended.sizeBytes, (await stat(outputPath)).size);
      chmodSync(folder, 0o700);
      const later = await harness.open(setup);
      assert.ok(await until(() => later.get(job.id)?.status === 'completed'));
      await later.dispose();
      await jobs.dispose();
    } finally {
      if (isRoot) execFileSync('/usr/bin/umount', ['-l', disk]);
    }
  });

  it('bear 100,000 lines in a burst: their log keeps the first and the last, in bounds', async () => {
    const jobs = await harness.open();
    const inputPath = harness.path('chatty.sql');
    await writeFile(
      inputPath,
      `DO $$ BEGIN FOR i IN 1..100000 LOOP RAISE NOTICE 'line % of a good many%', i, repeat('.', 400); END LOOP; END $$;\n`,
    );
    let lines = 0;
    jobs.onLines((_id, more) => (lines += more.length));
    const { job, finished } = jobs.startRestore(restoreFrom(inputPath));
    let longest = 0;
    let last = cpuTime();
    const timer = setInterval(() => {
      longest = Math.max(longest, cpuTime() - last);
      last = cpuTime();
    }, 10);
    const ended = await finished;
    clearInterval(timer);
    assert.equal(ended.status, 'completed', JSON.stringify(ended.failure));
    const log = readFileSync(jobs.logPath(job.id) ?? '', 'utf8');
    assert.ok(log.length <= MAX_BYTES, String(log.length));
    for (const text of ['line 1 of', 'line 2000 of', 'line 99999 of', 'line 100000 of']) {
      assert.ok(log.includes(text), text);
    }
    assert.match(log, /bytes and more were left out here/);
    assert.ok(lines > 50_000, String(lines));
    assert.ok(longest < 500, `this window was held up for ${longest} ms`);
    assert.ok(ended.output.at(-1)?.length);
    await psql(server, target, 'SELECT 1;');
  });

  for (const handles of [21, 22, 24, 26]) {
    it(`end, and their window does not, with no more than ${handles} file handles`, async () => {
      const limited = ['/bin/sh', '-c', `ulimit -n ${handles}; exec "$0" "$@"`];
      const command = [...limited, process.execPath, windowScript];
      const window = await harness.window({ expect: true }, command);
      const ids = ['a', 'b', 'c'].map((name) =>
        window.startBackup({ outputPath: harness.path(`${name}.dump`) }),
      );
      const states = () => JSON.stringify(ids.map((id) => window.jobs.get(id)?.status ?? null));
      for (const id of ids) {
        await until(() => isEnded(window.jobs.get(id))).catch((error: unknown) => {
          throw new Error(states(), { cause: error });
        });
      }
      assert.equal(window.process.exitCode, null);
      window.kill();
      assert.deepEqual(harness.leftovers(), []);
    });
  }
});

function isEnded(job: BackupJob | undefined): boolean {
  return job !== undefined && isFinished(job.status);
}
