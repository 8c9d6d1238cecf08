import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { ensurePostgres } from '../support/machine/postgres';
import { startServer, type PgServer } from '../support/machine/server';
import { JobHarness } from './jobHarness';

describe('what should not hang or mislead', function () {
  this.timeout(60_000);
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
