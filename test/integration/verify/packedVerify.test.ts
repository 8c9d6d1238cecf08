import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ServerCoordinates } from '../../support/machine/server';
import { repoPaths } from '../../support/repoPaths';
import { newestServer } from '../../support/servers';
import { JobHarness } from '../harness/jobHarness';

describe('verifying what is packed', function () {
  this.timeout(180_000);
  let server: ServerCoordinates;
  let jobs: JobHarness;

  before(async () => {
    server = newestServer();
    jobs = await JobHarness.create([server.binDir]);
    jobs.connect('main', server, 'postgres');
  });
  after(async () => {
    await jobs?.dispose();
  });

  it('is verified to the trial restore', async () => {
    const archive = readFileSync(path.join(repoPaths.fixtures, 'archives', 'mini.18.dump'));
    writeFileSync(jobs.path('v.dump.gz'), gzipSync(archive));
    for (const level of ['structure', 'fullRead', 'trialRestore'] as const) {
      const options = { inputPath: jobs.path('v.dump.gz'), level, connectionId: 'main' };
      const job = await jobs.verify({ options, manifest: false }).finished;
      assert.ok(job.status.startsWith('completed'), `${level} ${JSON.stringify(job.errors)}`);
      assert.deepEqual(await jobs.leftovers(), [], level);
    }
  });

  it('is found damaged, outside and inside', async () => {
    const archive = readFileSync(path.join(repoPaths.fixtures, 'archives', 'mini.18.dump'));
    for (const damaged of [
      gzipSync(archive).subarray(0, -50),
      gzipSync(archive.subarray(0, -50)),
    ]) {
      writeFileSync(jobs.path('d.dump.gz'), damaged);
      const options = { inputPath: jobs.path('d.dump.gz'), level: 'fullRead' } as const;
      const handle = jobs.manager.startVerify({ options, manifest: false });
      assert.equal((await handle.finished).status, 'failed');
      assert.equal(jobs.manager.failure(handle.job.id)?.code, 'backupDamaged');
      assert.deepEqual(await jobs.leftovers(), []);
    }
  });
});
