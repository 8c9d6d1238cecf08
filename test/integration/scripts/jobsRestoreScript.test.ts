import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BackupJob } from '../../../src/core/model/job';
import { tableChecksums } from '../../support/machine/compareDatabases';
import { ensurePostgres } from '../../support/install/postgres';
import { psql } from '../../support/machine/psql';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { HeldMemory } from '../../support/measure/heldMemory';
import { repoPaths } from '../../support/repoPaths';
import { backendsLeft, JobHarness } from '../harness/jobHarness';

describe('a restore job of a script', function () {
  let server: PgServer;
  let jobs: JobHarness;
  before(async () => {
    const [install] = await ensurePostgres([17]);
    assert.ok(install);
    server = await startServer(install);
    // Its roles own what the scripts make.
    await createSampleDatabase(server, 'sample', 'tiny');
    jobs = await JobHarness.create([install.binDir]);
    jobs.connect('main', server, 'postgres');
  });
  after(async () => {
    await jobs?.dispose();
    await server?.stop();
  });

  const failureOf = (job: BackupJob): string => jobs.manager.failure(job.id)?.message ?? job.status;

  for (const name of ['plain.sql.gz', 'plain.sql.zst', 'plain.sql.lz4']) {
    it(`runs a compressed script: ${name}`, async () => {
      const inputPath = path.join(repoPaths.fixtures, 'archives', name);
      const options = {
        connectionId: 'main',
        inputPath,
        targetDatabase: 'packed',
        createDatabase: true,
      };
      const job = await jobs.restore(options);
      assert.equal(job.status, 'completed', failureOf(job));
      assert.ok((job.progress?.objectsCompleted ?? 0) > 20);
      assert.equal(job.progress?.bytesWritten, (await stat(inputPath)).size);
      const sums = await tableChecksums(server, 'packed');
      assert.ok([...sums.values()].some(({ rows }) => rows > 0));
      await dropDatabase(server, 'packed');
    });
  }

  it('runs a UTF-16 script as PowerShell writes it', async () => {
    const inputPath = jobs.path('utf16.sql');
    await writeFile(
      inputPath,
      Buffer.from(
        `\ufeffCREATE TABLE "ü✓" (i int);\r\nINSERT INTO "ü✓" VALUES (1);\r\n`,
        'utf16le',
      ),
    );
    const job = await jobs.restore({
      connectionId: 'main',
      inputPath,
      targetDatabase: 'utf16',
      createDatabase: true,
    });
    assert.equal(job.status, 'completed', failureOf(job));
    assert.equal((await psql(server, 'utf16', 'SELECT count(*) FROM "ü✓";')).trim(), '1');
    await dropDatabase(server, 'utf16');
  });

  it('of a script goes through its errors, or stops at the first, or undoes everything', async () => {
    const inputPath = jobs.path('errors.sql');
    await writeFile(
      inputPath,
      'CREATE TABLE a (i int);\nSELECT nothing;\nCREATE TABLE b (i int);\nSELECT none;\n',
    );
    const run = async (options: object): Promise<[BackupJob, string]> => {
      await createDatabase(server, 'errors');
      const job = await jobs.restore({
        connectionId: 'main',
        inputPath,
        targetDatabase: 'errors',
        ...options,
      });
      const tables = await psql(
        server,
        'errors',
        `SELECT count(*) FROM pg_tables WHERE schemaname = 'public';`,
      );
      await dropDatabase(server, 'errors');
      return [job, tables.trim()];
    };
    const [through, two] = await run({ exitOnError: false });
    assert.equal(through.status, 'completedWithErrors');
    assert.deepEqual(
      through.errors.map((e) => e.message.split('\n')[0]),
      ['column "nothing" does not exist', 'column "none" does not exist'],
    );
    assert.equal(through.errors[0]?.sql, 'SELECT nothing;');
    assert.equal(two, '2');

    const [stopped, one] = await run({});
    assert.equal(stopped.status, 'failed');
    assert.equal(stopped.targetState, 'partial');
    assert.equal(stopped.exitCode, 3);
    assert.equal(one, '1');

    const [undone, none] = await run({ singleTransaction: true });
    assert.equal(undone.status, 'failed');
    assert.equal(undone.targetState, 'rolledBack');
    assert.equal(none, '0');
  });

  it('keeps memory flat and the tail bounded, however much is printed', async () => {
    const inputPath = jobs.path('flood.sql');
    await writeFile(
      inputPath,
      `DO $$ BEGIN FOR i IN 1..100000 LOOP RAISE NOTICE 'line % %', i, repeat('x', 200); END LOOP; END $$;\n`,
    );
    let lines = 0;
    const digest = createHash('sha1');
    const stop = jobs.manager.onLines((_id, more) => {
      lines += more.length;
      for (const line of more) digest.update(line);
    });
    let updates = 0;
    const memory = new HeldMemory(100e6);
    const stopUpdates = jobs.manager.onUpdate(() => {
      updates++;
      memory.look();
    });
    const started = performance.now();
    const job = await jobs.restore({
      connectionId: 'main',
      inputPath,
      targetDatabase: 'flood',
      createDatabase: true,
    });
    const seconds = (performance.now() - started) / 1000;
    stop();
    stopUpdates();
    assert.equal(job.status, 'completed', failureOf(job));
    assert.ok(lines >= 100_000, String(lines));
    assert.equal(job.output.length, 500);
    // What psql prints on its two streams may come in either order.
    assert.ok(
      job.output.slice(-4).some((line) => /line 100000 /.test(line)),
      job.output.slice(-4).join('\n'),
    );
    assert.ok(updates <= seconds * 10 + 2, `${updates} updates in ${seconds} s`);
    assert.ok(memory.most < 100e6, `${memory.most / 1e6} MB more`);
    await dropDatabase(server, 'flood');
  });

  it('leaves nothing running and no files', async () => {
    assert.deepEqual(await jobs.leftovers(), []);
    assert.deepEqual(await backendsLeft(server), []);
    assert.deepEqual(await readdir(jobs.tempDir), []);
  });
});
