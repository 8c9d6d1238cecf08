import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { manifestPath, type Manifest } from '../../../src/core/backups/manifest/manifest';
import { readManifest } from '../../../src/core/backups/manifest/readManifest';
import { readBackupEntry } from '../../../src/core/backups/list/readBackupEntry';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { BackupFormat, BackupOptions, VerifyLevel } from '../../../src/core/model/options';
import type { BackupJob } from '../../../src/core/model/job';
import type { StartTool } from '../../../src/core/jobs/job/startTool';
import { spawnTool } from '../../../src/core/jobs/tool/toolProcess';
import { adminQuery } from '../../support/machine/adminSession';
import { psql } from '../../support/machine/psql';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer, testServer, testServers } from '../../support/servers';
import { until } from '../../support/until';
import { JobHarness } from '../harness/jobHarness';

const database = 'verify_source';
const scratchSql = "SELECT datname FROM pg_database WHERE datname LIKE 'pgbackup_verify_%';";

const everyFormat: readonly BackupFormat[] = ['custom', 'directory', 'tar', 'plain'];
/** All formats with one major; with the others, the formats that differ most. */
const formatsOf: Readonly<Record<number, readonly BackupFormat[]>> = {
  13: ['custom', 'plain'],
  15: ['tar'],
  17: everyFormat,
  18: ['directory'],
};

function verify(
  jobs: JobHarness,
  inputPath: string,
  level: VerifyLevel,
  connectionId = 'main',
): Promise<BackupJob> {
  return jobs.verify({ options: { inputPath, level, connectionId } }).finished;
}

async function backUp(
  jobs: JobHarness,
  outputPath: string,
  more: Partial<BackupOptions> = {},
  workspaceDir: string | null = null,
): Promise<BackupJob> {
  const defaults = backupDefaults(more.format ?? 'custom');
  const options = { ...defaults, connectionId: 'main', outputPath, ...more };
  const job = await jobs.manager.startBackup({
    options,
    overwrite: true,
    manifest: { workspaceDir },
  }).finished;
  assert.equal(job.status, 'completed', JSON.stringify(job.errors));
  assert.equal(job.warnings, undefined);
  return job;
}

describe('verifying backups', function () {
  let server: ServerCoordinates;
  let jobs: JobHarness;

  before(async () => {
    server = testServer(17);
    for (const each of testServers()) {
      await dropDatabase(each, database);
      await createSampleDatabase(each, database, 'tiny');
    }
    jobs = await JobHarness.create([server.binDir]);
    jobs.connect('main', server, database);
    jobs.connect('guarded', server, database, { readOnly: true });
  });
  after(async () => {
    await jobs?.dispose();
    for (const each of testServers()) await dropDatabase(each, database);
  });

  async function manifestOf(backup: string): Promise<Manifest> {
    const manifest = await readManifest(backup);
    assert.ok(manifest);
    return manifest;
  }

  describe('the manifest of a new backup', () => {
    it('tells how it was made and what is in it, without secret or partial name', async () => {
      const repository = jobs.path('repository');
      mkdirSync(path.join(repository, '.git', 'refs', 'heads'), { recursive: true });
      writeFileSync(path.join(repository, '.git', 'HEAD'), 'ref: refs/heads/main\n');
      const commit = '0123456789abcdef0123456789abcdef01234567';
      writeFileSync(path.join(repository, '.git', 'refs', 'heads', 'main'), `${commit}\n`);
      const outputPath = jobs.path('told.dump');
      const job = await backUp(jobs, outputPath, {}, repository);

      const text = readFileSync(manifestPath(outputPath), 'utf8');
      assert.ok(!text.includes(server.password));
      assert.ok(!text.includes('.partial'));
      const { backup, files, ...rest } = await manifestOf(outputPath);
      assert.ok(backup);
      assert.equal(rest.format, 'custom');
      assert.deepEqual(backup.command, job.command);
      assert.equal(backup.connectionId, 'main');
      assert.equal(backup.database, database);
      assert.equal(backup.options['outputPath'], 'told.dump');
      assert.deepEqual(backup.tool, { name: 'pg_dump', version: server.version });
      assert.equal(backup.serverVersion, server.version);
      assert.ok(backup.started <= backup.finished);
      assert.deepEqual(backup.git, { branch: 'main', commit });
      const sha256 = createHash('sha256').update(readFileSync(outputPath)).digest('hex');
      assert.deepEqual(files, [{ name: 'told.dump', sizeBytes: job.sizeBytes, sha256 }]);
      const orders = backup.tables.find((t) => t.schema === 'app' && t.name === 'orders');
      assert.equal(orders?.rows, 100);
      const objects = await psql(server, database, 'SELECT count(*) FROM pg_largeobject_metadata;');
      assert.equal(backup.largeObjects, Number(objects));
      assert.deepEqual(await jobs.leftovers(), []);
    });

    it('tells when its snapshot was taken', async () => {
      // A dump that waits for a lock has begun its transaction, and can be asked about.
      const held = 'BEGIN; LOCK TABLE app.orders; SELECT pg_sleep(2); COMMIT;';
      const holding = psql(server, database, held);
      const waits = `SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'
        AND relation = 'app.orders'::regclass AND granted;`;
      assert.ok(await until(async () => (await psql(server, database, waits)).trim() === '1'));
      const outputPath = jobs.path('snapshot.dump');
      await backUp(jobs, outputPath);
      await holding;
      const { backup } = await manifestOf(outputPath);
      assert.ok(backup?.snapshot, 'known');
      assert.ok(backup.started <= backup.snapshot && backup.snapshot <= backup.finished);
    });

    it('has every member of a directory by its bare name', async () => {
      const outputPath = jobs.path('members');
      await backUp(jobs, outputPath, { format: 'directory', jobs: 2 });
      const { files } = await manifestOf(outputPath);
      assert.deepEqual(files.map((file) => file.name).sort(), readdirSync(outputPath).sort());
      for (const { name, sha256 } of files) {
        const bytes = readFileSync(path.join(outputPath, name));
        assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'));
      }
    });

    it('takes the place of the one of the backup that was overwritten', async () => {
      const outputPath = jobs.path('again.sql');
      await backUp(jobs, outputPath, { format: 'plain' });
      const first = await manifestOf(outputPath);
      await backUp(jobs, outputPath, { format: 'plain', includeData: false });
      const second = await manifestOf(outputPath);
      assert.notDeepEqual(second.files, first.files);
      assert.deepEqual(second.backup?.tables, []);
      // A backup without a manifest removes the old one, which describes another file.
      const more = { connectionId: 'main', outputPath, format: 'plain' } as const;
      assert.equal((await jobs.backup(more, true)).status, 'completed');
      assert.equal(await readManifest(outputPath), null);
    });

    it('that cannot be written is a warning, and the backup is there', async () => {
      const outputPath = jobs.path('blocked.dump');
      mkdirSync(manifestPath(outputPath));
      const options = { ...backupDefaults('custom'), connectionId: 'main', outputPath };
      const request = { options, overwrite: false, manifest: { workspaceDir: null } };
      const job = await jobs.manager.startBackup(request).finished;
      assert.equal(job.status, 'completed');
      assert.deepEqual(
        job.warnings?.map((warning) => warning.code),
        ['manifestNotWritten'],
      );
      assert.deepEqual(readdirSync(manifestPath(outputPath)), []);
    });
  });

  for (const each of testServers()) {
    it(`passes what pg_dump ${each.major} wrote, in all levels`, async () => {
      const own = await JobHarness.create([each.binDir]);
      try {
        own.connect('main', each, database);
        for (const format of formatsOf[each.major] ?? everyFormat) {
          const backup = own.path(`whole-${format}`);
          await backUp(own, backup, { format, compression: format === 'tar' ? 0 : 6 });
          const exact = await manifestOf(backup);
          for (const level of ['structure', 'fullRead', 'trialRestore'] as const) {
            const job = await verify(own, backup, level);
            const { verification } = job;
            const shown = `${format} ${level} ${JSON.stringify(verification)}`;
            assert.ok(verification, JSON.stringify(job.failure));
            assert.deepEqual(verification.problems, [], shown);
            assert.equal(job.status, 'completed', shown);
            assert.equal(verification.checksums, 'matched', shown);
            assert.equal(job.progress?.percent, 100);
            assert.equal(verification.blind, false);
            if (level !== 'structure') {
              const tables = exact.backup?.tables ?? [];
              const rows = tables.reduce((sum, table) => sum + (table.rows ?? 0), 0);
              assert.equal(verification.tables, tables.length, shown);
              assert.equal(verification.rows, rows, shown);
            }
            const byTool = level !== 'structure' && (format !== 'plain' || level !== 'fullRead');
            assert.equal(verification.tool !== null, byTool, shown);
            assert.deepEqual((await manifestOf(backup)).verifications[0], verification);
          }
          const entry = await readBackupEntry(backup, { records: own.records });
          assert.ok(entry !== null && entry !== 'directory');
          assert.equal(entry.manifest, 'fresh');
          assert.equal(entry.verified?.level, 'trialRestore');
          assert.deepEqual(entry.claims, {});
          assert.equal(entry.database, database);
          assert.ok((await own.records.find(backup))?.made, 'made here');
          // On another machine, which has only the backup and its manifest, the verifications are
          // unproven claims.
          const elsewhere = await readBackupEntry(backup);
          assert.ok(elsewhere !== null && elsewhere !== 'directory');
          assert.equal(elsewhere.verified, null);
          assert.equal(elsewhere.claims.trialRestore?.outcome, 'passed');
        }
        assert.equal(await adminQuery(each, scratchSql), '');
        assert.deepEqual(await own.leftovers(), []);
      } finally {
        await own.dispose();
      }
    });
  }

  describe('a trial restore', () => {
    it('counts against what the manifest says was copied', async () => {
      const backup = jobs.path('counted.dump');
      await backUp(jobs, backup);
      const manifest = await manifestOf(backup);
      const tables = manifest.backup?.tables ?? [];
      const orders = tables.find((table) => table.name === 'orders');
      assert.ok(orders);
      Object.assign(orders, { rows: 101, exact: true });
      writeFileSync(manifestPath(backup), JSON.stringify(manifest));
      const job = await verify(jobs, backup, 'trialRestore');
      assert.equal(job.status, 'failed');
      assert.deepEqual(
        job.verification?.problems.map(({ kind, object, detail }) => [kind, object, detail]),
        [['rowsDiffer', 'app.orders', '101 → 100']],
      );
      const stored = (await manifestOf(backup)).verifications[0];
      assert.deepEqual(stored, job.verification);
    });

    it('says what failed, though all rows are there', async () => {
      const other = newestServer();
      const backup = jobs.path('missing-role.dump');
      await psql(server, database, 'CREATE ROLE verify_gone; CREATE SCHEMA policies;');
      await psql(
        server,
        database,
        `CREATE TABLE policies.p (id int); INSERT INTO policies.p VALUES (1);
         ALTER TABLE policies.p ENABLE ROW LEVEL SECURITY;
         CREATE POLICY theirs ON policies.p TO verify_gone;`,
      );
      try {
        await backUp(jobs, backup, { schemas: ['policies'] });
      } finally {
        await psql(server, database, 'DROP SCHEMA policies CASCADE; DROP ROLE verify_gone;');
      }
      const own = await JobHarness.create([other.binDir]);
      try {
        own.connect('main', other, database);
        const job = await verify(own, backup, 'trialRestore');
        assert.equal(job.status, 'completedWithErrors', JSON.stringify(job.verification));
        assert.equal(job.verification?.outcome, 'passedWithErrors');
        assert.deepEqual(
          job.verification.problems.map((problem) => problem.kind),
          ['restoreError'],
        );
        assert.match(job.verification.problems[0]?.detail ?? '', /verify_gone/);
        assert.equal(job.verification.rows, 1);
      } finally {
        await own.dispose();
      }
    });

    it('is refused on a read-only connection, without one, and for a whole cluster', async () => {
      const backup = jobs.path('refused.dump');
      await backUp(jobs, backup);
      const guarded = await verify(jobs, backup, 'trialRestore', 'guarded');
      assert.equal(guarded.failure?.code, 'connectionReadOnly');
      const options = { inputPath: backup, level: 'trialRestore' } as const;
      const nowhere = await jobs.verify({ options }).finished;
      assert.equal(nowhere.failure?.code, 'optionInvalid');
      const cluster = jobs.path('cluster.sql');
      const mark = 'PostgreSQL database cluster dump';
      writeFileSync(
        cluster,
        `--\n-- ${mark}\n--\n\nCREATE ROLE verify_made;\n\n-- ${mark} complete\n`,
      );
      const whole = await verify(jobs, cluster, 'trialRestore');
      assert.equal(whole.failure?.code, 'trialRestoreImpossible');
      const roles = "SELECT rolname FROM pg_roles WHERE rolname = 'verify_made';";
      assert.equal(await psql(server, 'postgres', roles), '');
      assert.equal((await manifestOf(backup)).verifications.length, 0);
    });

    it('drops what an earlier one could not, and nothing else', async () => {
      const backup = jobs.path('sweeps.dump');
      await backUp(jobs, backup, { schemas: ['audit'] });
      const old = 'pgbackup scratch database of 2020-01-01T00:00:00Z';
      const comments: Record<string, string | null> = {
        pgbackup_verify_000000000001: old,
        pgbackup_verify_000000000002: 'pgbackup scratch database of 2999-01-01T00:00:00Z',
        pgbackup_verify_000000000003: 'pgbackup scratch database of yesterday',
        pgbackup_verify_000000000004: null,
        pgbackup_verify_mine: old,
      };
      try {
        for (const [name, comment] of Object.entries(comments)) {
          await psql(server, 'postgres', `CREATE DATABASE ${name};`);
          if (comment === null) continue;
          await psql(server, 'postgres', `COMMENT ON DATABASE ${name} IS '${comment}';`);
        }
        const job = await verify(jobs, backup, 'trialRestore');
        assert.notEqual(job.status, 'failed', JSON.stringify(job.verification));
        const left = (await adminQuery(server, scratchSql)).trim().split('\n');
        assert.deepEqual(left.sort(), Object.keys(comments).slice(1).sort());
      } finally {
        for (const name of Object.keys(comments)) await dropDatabase(server, name);
      }
    });

    it('that is cancelled leaves no database, no process and no result', async () => {
      const backup = jobs.path('cancelled.dump');
      await backUp(jobs, backup);
      let reached = (): void => undefined;
      const running = new Promise<void>((resolve) => (reached = resolve));
      const startTool: StartTool = (command, io) => {
        const tool = spawnTool(command, io);
        if (command.tool === 'pg_restore') reached();
        return tool;
      };
      const own = await JobHarness.create([server.binDir], { startTool });
      try {
        own.connect('main', server, database);
        const options = { inputPath: backup, level: 'trialRestore', connectionId: 'main' } as const;
        const { job } = own.verify({ options });
        await running;
        assert.notEqual(await adminQuery(server, scratchSql), '');
        const ended = await own.manager.cancel(job.id);
        assert.equal(ended.status, 'cancelled');
        assert.equal(await adminQuery(server, scratchSql), '');
        assert.equal((await manifestOf(backup)).verifications.length, 0);
        assert.deepEqual(await own.leftovers(), []);
      } finally {
        await own.dispose();
      }
    });
  });

  it('finds a replaced backup by its manifest, and keeps what the old one was', async () => {
    const backup = jobs.path('replaced.dump');
    await backUp(jobs, backup);
    const before = await manifestOf(backup);
    writeFileSync(backup, readFileSync(backup).subarray(0, -1));
    const job = await verify(jobs, backup, 'structure');
    assert.equal(job.verification?.checksums, 'mismatch');
    const after = await manifestOf(backup);
    assert.deepEqual(after.files, before.files);
    const entry = await readBackupEntry(backup, { records: jobs.records });
    assert.ok(entry !== null && entry !== 'directory');
    assert.equal(entry.manifest, 'stale');
    assert.equal(entry.verified?.outcome, 'failed');
    assert.equal((await jobs.records.find(backup))?.made, null);
  });

  it('says nothing of a backup that changes while it is verified', async () => {
    const backup = jobs.path('moving.dump');
    await backUp(jobs, backup);
    const before = await manifestOf(backup);
    // The file is touched while pg_restore reads it, long after its checksum was made.
    const startTool: StartTool = (command, options) => {
      utimesSync(backup, new Date(), new Date());
      return spawnTool(command, options);
    };
    const own = await JobHarness.create([server.binDir], { startTool });
    try {
      const job = await verify(own, backup, 'fullRead');
      assert.equal(job.failure?.code, 'inputChanged');
      assert.equal(await own.records.find(backup), null);
      assert.deepEqual(await manifestOf(backup), before);
    } finally {
      await own.dispose();
    }
  });
});
