import assert from 'node:assert/strict';
import type { BackupFormat, VerifyLevel } from '../../../src/core/model/options';
import type { StartTool } from '../../../src/core/jobs/job/startTool';
import { spawnTool } from '../../../src/core/jobs/tool/toolProcess';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { newestServer } from '../../support/servers';
import { until } from '../../support/until';
import { jobBackends, JobHarness } from '../harness/jobHarness';
import { checkForwards, heldBackFrom, record } from './progressRecord';

const database = 'progress_verified';

describe('the progress of a verification', function () {
  const server = newestServer();
  const made: JobHarness[] = [];

  before(async () => {
    await createDatabase(server, database);
    await psql(
      server,
      database,
      `CREATE TABLE first AS SELECT g AS id, (SELECT string_agg(md5((g * i)::text), '')
         FROM generate_series(1, 6) i) AS t FROM generate_series(1, 60000) g;
       CREATE TABLE second AS SELECT * FROM first;
       CREATE INDEX ON first (t); ANALYZE;`,
    );
  });
  after(async () => {
    await Promise.all(made.map((jobs) => jobs.dispose()));
    await dropDatabase(server, database);
  });

  async function harness(startTool: StartTool): Promise<JobHarness> {
    const jobs = await JobHarness.create([server.binDir], { startTool });
    made.push(jobs);
    jobs.connect('main', { ...server, host: server.socketDir }, database);
    return jobs;
  }

  /** What is held back, by what it says when it begins with the rows. */
  const cases: [VerifyLevel, BackupFormat, string][] = [
    ['fullRead', 'custom', 'COPY '],
    ['trialRestore', 'directory', 'processing data for table "public.first"'],
    ['trialRestore', 'plain', 'CREATE TABLE'],
  ];
  for (const [level, format, words] of cases) {
    it(`grows while a tool reads the backup, to its end and not before: ${level} of ${format}`, async () => {
      const jobs = await harness(spawnTool);
      const inputPath = jobs.path(format);
      const backup = await jobs.backup({ connectionId: 'main', outputPath: inputPath, format });
      assert.equal(backup.status, 'completed', JSON.stringify(backup.errors));

      const slow = await harness(heldBackFrom(words));
      const seen = record(slow);
      const options = { inputPath, level, connectionId: 'main' };
      const job = await slow.verify({ options }).finished;
      assert.equal(job.status, 'completed', JSON.stringify(job.failure));
      checkForwards(seen);
      const percents = new Set(seen.map(({ percent }) => percent));
      assert.ok(percents.size >= 4, [...percents].join(' '));
      if (level !== 'trialRestore') return;
      const counting = seen.find(({ phase }) => phase === 'countingRows');
      assert.ok((counting?.percent ?? 0) < 99, 'counting is part of it');
      assert.ok(await until(async () => (await jobBackends(server)).length === 0));
    });
  }
});
