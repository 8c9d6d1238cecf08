import assert from 'node:assert/strict';
import path from 'node:path';
import type { BackupOptions } from '../../../src/core/model/options';
import { psql } from '../../support/machine/psql';
import { dropDatabase } from '../../support/machine/sampleDatabase';
import { repoPaths } from '../../support/repoPaths';
import { testServer } from '../../support/servers';
import { JobHarness } from '../harness/jobHarness';

const database = 'verify_large_objects';

describe('verifying backups with an empty large object', function () {
  this.timeout(120_000);
  const server = testServer(18);
  let jobs: JobHarness;

  before(async () => {
    await dropDatabase(server, database);
    await psql(server, 'postgres', `CREATE DATABASE ${database};`);
    await psql(
      server,
      database,
      `CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2);
       SELECT lo_create(11), lo_create(13), lo_from_bytea(12, 'abc'::bytea);`,
    );
    jobs = await JobHarness.create([server.binDir]);
    jobs.connect('main', server, database);
  });
  after(async () => {
    await jobs?.dispose();
    await dropDatabase(server, database);
  });

  async function passes(inputPath: string): Promise<void> {
    for (const level of ['structure', 'fullRead', 'trialRestore'] as const) {
      const options = { inputPath, level, connectionId: 'main' };
      const job = await jobs.verify({ options, manifest: false }).finished;
      const { verification } = job;
      assert.deepEqual(verification?.problems, [], `${level} ${JSON.stringify(job.failure)}`);
      assert.equal(verification.outcome, 'passed', level);
    }
  }

  const forms: [BackupOptions['format'], string][] = [
    ['directory', 'none'],
    ['directory', 'gzip'],
    ['directory', 'lz4'],
    ['directory', 'zstd'],
    ['custom', 'none'],
    ['custom', 'zstd'],
    ['tar', 'none'],
  ];
  for (const [format, compress] of forms) {
    it(`passes all levels: ${format}, ${compress}`, async () => {
      const outputPath = jobs.path(`${format}-${compress}`);
      const to = { connectionId: 'main', outputPath, format };
      const job = await jobs.backup(
        format === 'tar' ? { ...to, compression: 0 } : { ...to, toolOptions: { compress } },
      );
      assert.equal(job.status, 'completed', JSON.stringify(job.errors));
      await passes(outputPath);
    });
  }

  it('passes what somebody else’s pg_dump has written', async () => {
    await passes(path.join(repoPaths.fixtures, 'cases', 'empty-lo.none.dir'));
  });
});
