import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readManifest } from '../../../src/core/backups/manifest/readManifest';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { BackupRequest } from '../../../src/core/jobs/backup/backupRequest';
import type { BackupProgress } from '../../../src/core/model/job';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer } from '../../support/servers';
import { repoPaths } from '../../support/repoPaths';
import { until } from '../../support/until';
import { SupervisorHarness, windowScript } from '../harness/supervisorHarness';

const database = 'supervised_clock';
const HOUR_MS = 3_600_000;

/**
 * Runs a program on a clock that can be set: as many milliseconds back as a file says. Only the
 * wall clock is set back; the monotonic clock goes on, as it does on a real machine.
 */
function onClock(file: string, program: string): string {
  return `
    const { readFileSync } = require('node:fs');
    const RealDate = Date;
    const back = () => Number(readFileSync(${JSON.stringify(file)}, 'utf8'));
    globalThis.Date = class Date extends RealDate {
      constructor(...args) {
        super(...(args.length > 0 ? args : [RealDate.now() - back()]));
      }
      static now() {
        return RealDate.now() - back();
      }
    };
    import(${JSON.stringify(program)});`;
}

describe('a job while the clock is set back', function () {
  let server: ServerCoordinates;
  let harness: SupervisorHarness;
  let clock: string;

  before(async () => {
    server = newestServer();
    await createSampleDatabase(server, database, 6);
  });
  after(() => dropDatabase(server, database));
  beforeEach(async () => {
    harness = await SupervisorHarness.create(server, database);
    clock = harness.path('clock');
    setBack(0);
  });
  afterEach(() => harness.dispose());

  function setBack(ms: number): void {
    writeFileSync(clock, String(ms));
  }

  function onSetClock(name: string, program: string): string {
    const script = harness.path(name);
    writeFileSync(script, onClock(clock, program));
    return script;
  }

  const supervisor = (): string =>
    onSetClock('supervisor.cjs', path.join(repoPaths.root, 'dist/supervisor.js'));

  const backupTo = (outputPath: string): BackupRequest => ({
    options: { ...backupDefaults('custom'), connectionId: 'main', outputPath },
    overwrite: false,
    manifest: { workspaceDir: null },
  });

  it('counts its time on, and ends after it began: an hour back in its middle', async () => {
    const jobs = await harness.open({ script: supervisor() });
    const seen: BackupProgress[] = [];
    jobs.onUpdate(({ progress }) => {
      if (progress) seen.push(progress);
    });
    const outputPath = harness.path('back.dump');
    harness.stopNextTool();
    const { job, finished } = jobs.startBackup(backupTo(outputPath));
    const tool = await harness.stoppedTool(job.id);
    const before = seen.length;
    setBack(HOUR_MS);
    process.kill(tool, 'SIGCONT');
    const ended = await finished;
    assert.equal(ended.status, 'completed', JSON.stringify(ended.failure));
    assert.ok(seen.length > before, 'it went on being told');
    let last: BackupProgress | undefined;
    for (const progress of seen) {
      assert.ok(progress.elapsedMs >= (last?.elapsedMs ?? 0), 'elapsed');
      assert.ok((progress.percent ?? Infinity) >= (last?.percent ?? 0), 'percent');
      assert.ok((progress.remainingMs ?? 0) >= 0, 'left');
      last = progress;
    }
    assert.equal(last?.percent, 100);
    const { startTime, endTime, progress } = ended;
    const took = Date.parse(endTime ?? '') - Date.parse(startTime ?? '');
    assert.ok(Math.abs(took - (progress?.elapsedMs ?? NaN)) < 1000, `${took} ms`);
    // The record is whole, also for whoever comes later.
    assert.deepEqual((await harness.open()).get(job.id), ended);
    const { backup } = (await readManifest(outputPath)) ?? {};
    assert.ok(backup && backup.started <= backup.finished, 'the manifest');
    await harness.nothingIsLeft(job.id, server);

    // What is found later is told as later than the backup, whatever the clock says.
    setBack(0);
    const options = { inputPath: outputPath, level: 'fullRead' } as const;
    const verifying = jobs.startVerify({ options });
    assert.ok(await until(() => jobs.get(verifying.job.id)?.status === 'running'));
    setBack(HOUR_MS);
    const { verification } = await verifying.finished;
    assert.equal(verification?.outcome, 'passed');
    assert.ok(verification.at >= backup.finished, `${verification.at} after ${backup.finished}`);
  });

  it('is not taken for lost, and stands behind the job before it', async () => {
    const script = supervisor();
    const window = await harness.window({ script }, [onSetClock('window.js', windowScript)]);
    const first = window.startBackup({ outputPath: harness.path('first.dump') });
    assert.ok(await until(() => window.jobs.get(first)?.status === 'completed'));
    setBack(HOUR_MS);
    harness.stopNextTool();
    const second = window.startBackup({ outputPath: harness.path('second.dump') });
    const tool = await harness.stoppedTool(second);
    const later = await harness.open();
    assert.equal(later.get(second)?.status, 'running');
    const started = (id: string): number => Date.parse(later.get(id)?.startTime ?? '');
    assert.ok(started(second) < started(first), 'that clock was set back');
    assert.deepEqual(
      later.list().map(({ id }) => id),
      [first, second],
    );
    process.kill(tool, 'SIGCONT');
    const ended = await later.handle(second)?.finished;
    assert.equal(ended?.status, 'completed', JSON.stringify(ended?.failure));
    await window.close();
    await harness.nothingIsLeft(second, server);
  });
});
