import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ensurePostgres } from '../../support/install/postgres';
import { psql } from '../../support/machine/psql';
import { createDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { JobHarness } from '../harness/jobHarness';

describe('what should not hang or mislead', function () {
  let server: PgServer;
  let jobs: JobHarness;
  before(async () => {
    const [install] = await ensurePostgres([17]);
    assert.ok(install);
    server = await startServer(install);
    jobs = await JobHarness.create([install.binDir]);
    jobs.connect('main', server, 'postgres');
  });
  after(async () => {
    await jobs?.dispose();
    await server?.stop();
  });

  it('a directory whose toc.dat is a pipe', async () => {
    const dir = jobs.path('pipe');
    await mkdir(dir);
    execFileSync('mkfifo', [path.join(dir, 'toc.dat')]);
    const job = await jobs.restore({ connectionId: 'main', inputPath: dir });
    assert.equal(job.status, 'failed');
    assert.equal(jobs.manager.failure(job.id)?.code, 'inputUnreadable');
  });

  it('a warning that says what pg_restore says at its end', async () => {
    await createDatabase(server, 'spoof');
    // Called for each row that is loaded, before the view that stops the restore.
    await psql(
      server,
      'spoof',
      `CREATE FUNCTION says(int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN
         RAISE WARNING E'x\\npg_restore: warning: errors ignored on restore: 1'; RETURN true; END $$;
       CREATE TABLE rows (i int CHECK (public.says(i))); INSERT INTO rows VALUES (1);
       CREATE INDEX taken ON rows (i);`,
    );
    jobs.connect('spoof', server, 'spoof');
    const backup = { connectionId: 'spoof', outputPath: jobs.path('spoof.dump') };
    assert.equal((await jobs.backup(backup)).status, 'completed');
    await psql(server, 'spoof', 'DROP TABLE rows; DROP FUNCTION says; CREATE TABLE taken (i int);');
    const job = await jobs.restore({
      connectionId: 'spoof',
      inputPath: backup.outputPath,
      exitOnError: true,
    });
    assert.ok(job.output.some((line) => line.startsWith('pg_restore: warning: errors ignored')));
    assert.equal(job.status, 'failed');
    assert.equal(job.targetState, 'partial');
    assert.match(job.errors[0]?.message ?? '', /relation "taken" already exists/);
    await rm(backup.outputPath);
  });

  it('a command longer than the system takes', async () => {
    // Linux takes 128 kB in one argument, other systems 1 MB in all of them.
    const job = await jobs.backup({
      connectionId: 'main',
      outputPath: jobs.path('long.dump'),
      extraArgs: [`--role=${'x'.repeat(2_000_000)}`],
    });
    assert.equal(job.status, 'failed');
    assert.equal(jobs.manager.failure(job.id)?.code, 'argumentsTooLong');
    assert.deepEqual(await readdir(jobs.dir), ['pipe']);
  });
});
