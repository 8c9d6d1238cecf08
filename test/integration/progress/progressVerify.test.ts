import assert from 'node:assert/strict';
import type { StartTool } from '../../../src/core/jobs/job/startTool';
import type { BackupProgress } from '../../../src/core/model/job';
import type { BackupFormat, VerifyLevel } from '../../../src/core/model/options';
import { GatedProxy } from '../../support/hold/gatedProxy';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer } from '../../support/servers';
import { until } from '../../support/until';
import { jobBackends, JobHarness } from '../harness/jobHarness';
import { checkForwards, inParts, passGate, record } from './progressRecord';

const database = 'progress_verified';
/** Each of the two tables has 6 MB: the gate stops the restore several times in the first. */
const STEPS = 4;
const stepBytes = 1_000_000;

describe('the progress of a verification', function () {
  const server = newestServer();
  const made: JobHarness[] = [];
  const gates: GatedProxy[] = [];

  before(async () => {
    await createDatabase(server, database);
    await psql(
      server,
      database,
      `CREATE TABLE first AS SELECT g AS id, (SELECT string_agg(md5((g * i)::text), '')
         FROM generate_series(1, 6) i) AS t FROM generate_series(1, 30000) g;
       CREATE TABLE second AS SELECT * FROM first;
       CREATE INDEX ON first (t); ANALYZE;`,
    );
  });
  after(async () => {
    await Promise.all(made.map((jobs) => jobs.dispose()));
    await Promise.all(gates.map((gate) => gate.close()));
    await dropDatabase(server, database);
  });

  async function harness(reached: ServerCoordinates, startTool?: StartTool): Promise<JobHarness> {
    const services = startTool === undefined ? {} : { startTool };
    const jobs = await JobHarness.create([server.binDir], services);
    made.push(jobs);
    jobs.connect('main', { ...reached, host: reached.socketDir }, database);
    return jobs;
  }

  const cases: [VerifyLevel, BackupFormat][] = [
    ['fullRead', 'custom'],
    ['trialRestore', 'directory'],
    ['trialRestore', 'plain'],
  ];
  for (const [level, format] of cases) {
    it(`grows while a tool reads the backup, to its end and not before: ${level} of ${format}`, async () => {
      const jobs = await harness(server);
      const inputPath = jobs.path(format);
      const backup = await jobs.backup({ connectionId: 'main', outputPath: inputPath, format });
      assert.equal(backup.status, 'completed', JSON.stringify(backup.errors));

      const gate = await GatedProxy.open(server, 'requests');
      gates.push(gate);
      let seen: BackupProgress[] = [];
      // Each step is told as a percent of its own; should one not be, the next comes all the same.
      const told = (): number =>
        new Set(seen.map(({ percent }) => percent)).size + (seen.length >> 4);
      const held = await harness(gate.server, inParts(STEPS, told));
      seen = record(held);
      const options = { inputPath, level, connectionId: 'main' };
      const { finished } = held.verify({ options });
      if (level === 'trialRestore') await passGate(gate, { steps: STEPS, stepBytes }, told);
      const job = await finished;
      assert.equal(job.status, 'completed', JSON.stringify(job.failure));
      checkForwards(seen);
      const percents = new Set(seen.map(({ percent }) => percent));
      // null at first: under load, time is most of what the first percent goes by.
      assert.ok(percents.size >= 3, [...percents].join(' '));
      if (level !== 'trialRestore') return;
      // The last is the job's end. Counting may be over before anybody is told of it.
      const counting = seen.slice(0, -1).filter(({ phase }) => phase === 'countingRows');
      for (const { percent } of counting) assert.ok((percent ?? 0) < 100, 'counting is part of it');
      assert.ok(await until(async () => (await jobBackends(server)).length === 0));
    });
  }
});
