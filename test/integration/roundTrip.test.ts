import assert from 'node:assert/strict';
import type { BackupFormat } from '../../src/core/forms/options';
import { compareDatabases } from '../support/machine/compareDatabases';
import { ensurePostgres, testedMajors } from '../support/machine/postgres';
import { createSampleDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../support/machine/server';
import { jobBackends, JobHarness } from './jobHarness';

/** Names that somebody's shell, libpq or pattern language would take apart. */
const oddName = `odd "db"=1 'x' postgres://ü *.$`;

for (const major of testedMajors) {
  describe(`round trip on PostgreSQL ${major} with its own tools`, function () {
    this.timeout(120_000);
    let server: PgServer;
    let jobs: JobHarness;
    before(async () => {
      const [install] = await ensurePostgres([major]);
      assert.ok(install);
      server = await startServer(install);
      await createSampleDatabase(server, oddName, 'small');
      jobs = await JobHarness.create([install.binDir]);
      jobs.connect('odd', server, oddName);
    });
    after(async () => {
      await jobs?.dispose();
      await server?.stop();
    });

    const cases: { format: BackupFormat; jobs?: number; compression?: number; single?: boolean }[] =
      [
        { format: 'custom' },
        { format: 'custom', compression: 0, single: true },
        { format: 'directory' },
        { format: 'directory', jobs: 2 },
        { format: 'tar' },
        { format: 'plain' },
        { format: 'plain', compression: 6 },
      ];
    for (const { format, jobs: workers = 1, compression, single = false } of cases) {
      const more = [
        ...(workers > 1 ? [`${workers} jobs`] : []),
        ...(compression === undefined ? [] : [`compression ${compression}`]),
        ...(single ? ['one transaction'] : []),
      ];
      it(`${format} ${more.join(', ')}`.trim(), async () => {
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
        assert.ok((backup.progress?.objectsTotal ?? 0) > 20);
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
        assert.deepEqual(await compareDatabases(server, oddName, server, targetDatabase), []);
        assert.deepEqual(await jobs.leftovers(), []);
        assert.deepEqual(await jobBackends(server), []);
        assert.ok(!JSON.stringify([backup, restore]).includes(server.password));
        await dropDatabase(server, targetDatabase);
      });
    }
  });
}
