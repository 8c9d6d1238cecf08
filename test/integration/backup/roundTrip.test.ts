import assert from 'node:assert/strict';
import type { BackupFormat } from '../../../src/core/model/options';
import type { BackupJob, BackupProgress } from '../../../src/core/model/job';
import {
  type DatabaseContent,
  differences,
  readContent,
} from '../../support/machine/compareDatabases';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { isBetween, testServers } from '../../support/servers';
import { backendsLeft, JobHarness } from '../harness/jobHarness';

/** A name that a shell, libpq or a pattern language would misread. */
const oddName = `odd "db"=1 'x' postgres://ü *.$`;

interface RoundTrip {
  format: BackupFormat;
  jobs?: number;
  compression?: number;
  single?: boolean;
}

/** Records the updates of jobs. */
class Watch {
  private readonly progress: [string, BackupProgress][] = [];
  private readonly lines: [string, string][] = [];
  private readonly stops: (() => void)[];

  constructor(jobs: JobHarness) {
    this.stops = [
      jobs.manager.onUpdate((job) => {
        if (job.progress) this.progress.push([job.id, job.progress]);
      }),
      jobs.manager.onLines((id, lines) =>
        this.lines.push(...lines.map((l) => [id, l] as [string, string])),
      ),
    ];
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  /** How many lines of the job match. */
  count(job: BackupJob, pattern: RegExp): number {
    return this.lines.filter(([id, line]) => id === job.id && pattern.test(line)).length;
  }

  neverWentBack(job: BackupJob): void {
    const steps = this.progress.filter(([id]) => id === job.id).map(([, progress]) => progress);
    assert.ok(steps.length > 1);
    steps.forEach((step, i) => {
      const before = steps[i - 1] ?? step;
      for (const key of ['objectsCompleted', 'bytesWritten', 'elapsedMs'] as const) {
        assert.ok(step[key] >= before[key], `${key}: ${before[key]} then ${step[key]}`);
      }
      assert.ok(step.objectsTotal === null || step.objectsCompleted <= step.objectsTotal);
      assert.ok(before.objectsTotal === null || before.objectsTotal === step.objectsTotal);
    });
  }
}

for (const server of testServers()) {
  const { major } = server;
  describe(`round trip on PostgreSQL ${major} with its own tools`, function () {
    let jobs: JobHarness;
    let original: DatabaseContent;
    before(async () => {
      await createSampleDatabase(server, oddName, 'small');
      original = await readContent(server, oddName);
      jobs = await JobHarness.create([server.binDir]);
      jobs.connect('odd', server, oddName);
    });
    after(async () => {
      await jobs?.dispose();
      await dropDatabase(server, oddName);
    });

    const cases: RoundTrip[] = [
      { format: 'custom' },
      { format: 'directory', jobs: 2 },
      { format: 'plain' },
    ];
    if (!isBetween(major)) {
      cases.push(
        { format: 'custom', compression: 0, single: true },
        { format: 'custom', jobs: 2 },
        { format: 'tar' },
        { format: 'plain', compression: 6 },
      );
    }
    for (const { format, jobs: workers = 1, compression, single = false } of cases) {
      const more = [
        ...(workers > 1 ? [`${workers} jobs`] : []),
        ...(compression === undefined ? [] : [`compression ${compression}`]),
        ...(single ? ['one transaction'] : []),
      ];
      it(`${format} ${more.join(', ')}`.trim(), async () => {
        const watch = new Watch(jobs);
        const outputPath = jobs.path(`-a ${format} 'ü' ${workers}${compression ?? ''}`);
        const backup = await jobs.backup({
          connectionId: 'odd',
          outputPath,
          format,
          jobs: workers,
          ...(compression === undefined ? {} : { compression }),
        });
        assert.deepEqual(backup.errors, []);
        assert.equal(backup.status, 'completed');
        assert.equal(backup.progress?.objectsCompleted, backup.progress?.objectsTotal);
        // Each table's rows, and the large objects.
        const dumped = watch.count(backup, /dumping contents of table "/);
        assert.equal(backup.progress?.objectsTotal, dumped + 1);
        assert.ok(dumped > 20);
        watch.neverWentBack(backup);
        assert.ok((backup.sizeBytes ?? 0) > 1000);
        const targetDatabase = `restored ${format} "${workers}"`;
        const restore = await jobs.restore({
          connectionId: 'odd',
          inputPath: outputPath,
          targetDatabase,
          createDatabase: true,
          jobs: workers,
          singleTransaction: single,
        });
        assert.deepEqual(restore.errors, []);
        assert.equal(restore.status, 'completed');
        watch.neverWentBack(restore);
        watch.stop();
        if (format !== 'plain' && workers === 1) {
          const started = watch.count(
            restore,
            /^pg_restore: (creating [A-Z]|processing data for table|processing BLOBS|executing (?!SELECT))/,
          );
          assert.equal(restore.progress?.objectsTotal, started);
        }
        const restored = await readContent(server, targetDatabase);
        assert.deepEqual(differences(original, restored), []);
        assert.deepEqual(await jobs.leftovers(), []);
        assert.deepEqual(await backendsLeft(server), []);
        assert.ok(!JSON.stringify([backup, restore]).includes(server.password));
        await dropDatabase(server, targetDatabase);
      });
    }
  });
}
