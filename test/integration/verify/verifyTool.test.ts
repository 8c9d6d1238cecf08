import assert from 'node:assert/strict';
import { readFileSync, rmSync, truncateSync } from 'node:fs';
import { VerifyProblems } from '../../../src/core/backups/manifest/problems';
import { LocalReservations, type JobRun } from '../../../src/core/jobs/job/jobContext';
import { JobRecord } from '../../../src/core/jobs/job/jobRecord';
import { spawnTool } from '../../../src/core/jobs/tool/toolProcess';
import { readByTool } from '../../../src/core/jobs/verify/verifyTool';
import { findTools } from '../../../src/core/pgtools/locate/locate';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { testServer } from '../../support/servers';
import { until } from '../../support/until';
import { JobHarness } from '../harness/jobHarness';

describe('pg_restore reading a whole backup', function () {
  const database = 'verify_tool';
  let server: ServerCoordinates;
  let jobs: JobHarness;

  before(async () => {
    server = testServer(17);
    await dropDatabase(server, database);
    await createSampleDatabase(server, database, 'tiny');
    jobs = await JobHarness.create([server.binDir]);
    jobs.connect('main', server, database);
  });
  after(async () => {
    await jobs?.dispose();
    await dropDatabase(server, database);
  });

  it('is ended when it says nothing any more', async () => {
    const backup = jobs.path('spins.tar');
    const job = await jobs.backup({
      connectionId: 'main',
      outputPath: backup,
      format: 'tar',
      compression: 0,
    });
    assert.equal(job.status, 'completed', JSON.stringify(job.failure));
    const size = readFileSync(backup).length;
    truncateSync(backup, Math.floor(size * 0.5));
    const record = new JobRecord(
      { id: 'spin', type: 'verify', options: { inputPath: backup, level: 'fullRead' } },
      {
        changed: () => undefined,
        lines: () => undefined,
      },
    );
    let pid: number | undefined;
    const tools = await findTools({
      env: {},
      platform: process.platform,
      homeDir: '/nonexistent',
      excludeDirs: [],
      places: [server.binDir],
    });
    const run: JobRun = {
      record,
      services: {
        connections: { get: () => ({ id: 'none' }) },
        passwords: {
          accepted: () => Promise.resolve(),
          get: () => Promise.resolve(undefined),
          request: () => Promise.resolve(undefined),
        },
        tools: { find: () => Promise.resolve(tools) },
        inherited: {},
        tempDir: jobs.tempDir,
        startTool: (command, io) => {
          const tool = spawnTool(command, io);
          pid = tool.pid;
          return tool;
        },
      },
      reservations: new LocalReservations(),
      runId: '000000000000',
      applicationName: 'pgbackup-000000000000',
      signal: new AbortController().signal,
      tunnelStarter: () => Promise.reject(new Error('no tunnel')),
      cleanups: [],
    };
    const problems = new VerifyProblems();
    const header = { archiveVersion: '1.16', pgDumpVersion: server.version };
    const reading = await readByTool(run, { path: backup, header }, problems, { stallMs: 700 });
    assert.equal(reading.bytes, null);
    assert.deepEqual(
      problems.items.map((problem) => problem.kind),
      ['toolStalled'],
    );
    const gone = (): boolean => {
      try {
        process.kill(pid ?? 0, 0);
        return false;
      } catch {
        return true;
      }
    };
    assert.ok(await until(gone));
    rmSync(backup);
  });
});
