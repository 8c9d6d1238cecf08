import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { manifestPath } from '../../../src/core/backups/manifest/manifest';
import type { VerifyProblemKind } from '../../../src/core/model/backups';
import type { VerifyLevel } from '../../../src/core/model/options';
import type { BackupJob } from '../../../src/core/model/job';
import { libpqEnv, psql } from '../../support/machine/psql';
import { run } from '../../support/machine/run';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { assertHabit } from '../../support/measure/measuredReleases';
import { testServer } from '../../support/servers';
import { until } from '../../support/until';
import { JobHarness } from '../harness/jobHarness';
import { change, damageCases, every, row } from './verifyDamageCases';

const levels: readonly VerifyLevel[] = ['structure', 'fullRead', 'trialRestore'];
for (const major of every) {
  describe(`damage that the tools of ${major} pass over`, function () {
    const database = 'verify_damage';
    const dir = mkdtempSync(path.join(tmpdir(), 'pgbackup-damage-'));
    const dumps = new Map<string, string>();
    let server: ServerCoordinates;
    let jobs: JobHarness;

    before(async () => {
      server = testServer(major);
      await dropDatabase(server, database);
      await createDatabase(server, database);
      await psql(
        server,
        database,
        `CREATE TABLE numbered (id int PRIMARY KEY, body text NOT NULL);
         INSERT INTO numbered SELECT g, md5(g::text) FROM generate_series(1, 2000) g;
         SELECT lo_from_bytea(4242, convert_to('large', 'UTF8'));`,
      );
      jobs = await JobHarness.create([server.binDir]);
      jobs.connect('main', server, database);
    });
    after(async () => {
      await jobs?.dispose();
      if (server) await dropDatabase(server, database);
      rmSync(dir, { recursive: true, force: true });
    });

    /** A dump of its own for a case; pg_dump runs once for the same arguments. */
    async function dumped(args: readonly string[], name: string): Promise<string> {
      const key = args.join(' ');
      let made = dumps.get(key);
      if (made === undefined) {
        made = path.join(dir, `made-${dumps.size}`);
        const env = libpqEnv(server, database);
        await run(path.join(server.binDir, 'pg_dump'), [...args, '-f', made], { env });
        dumps.set(key, made);
      }
      const copy = path.join(dir, name);
      cpSync(made, copy, { recursive: true });
      return copy;
    }

    const verify = (inputPath: string, level: VerifyLevel): Promise<BackupJob> =>
      jobs.verify({
        options: { inputPath, level, connectionId: 'main' },
        manifest: level === 'structure',
      }).finished;

    function assertCaught(job: BackupJob, kind: VerifyProblemKind): void {
      const found = job.verification?.problems.map((problem) => problem.kind);
      assert.ok(found?.includes(kind), `${kind} is among ${JSON.stringify(job.verification)}`);
      assert.equal(job.verification?.outcome, 'failed');
      assert.equal(job.status, 'failed');
      assert.equal(job.failure?.code, 'backupDamaged');
    }

    for (const [index, each] of damageCases.entries()) {
      if (!each.majors.includes(major)) continue;
      const [caughtBy, kind] = each.caught;

      it(`${each.what}: ${caughtBy}, and structure with a manifest`, async () => {
        const backup = await dumped(each.dump, `case-${index}`);
        // A structural check that finds nothing begins the manifest.
        const whole = await verify(backup, 'structure');
        assert.equal(whole.status, 'completed', JSON.stringify(whole.verification));
        assert.ok(existsSync(manifestPath(backup)));
        await each.damage(backup);

        const tool = path.join(server.binDir, 'pg_restore');
        if (each.silent?.majors.includes(major)) {
          const args = each.silent.of === 'list' ? ['-l', backup] : ['-f', '/dev/null', backup];
          const { status } = spawnSync(tool, args, { stdio: 'ignore' });
          const habit = `pg_restore ${args[0] ?? ''} is silent about ${each.what}`;
          assertHabit(server, habit, () => assert.equal(status, 0, habit));
        }
        const withManifest = await verify(backup, 'structure');
        assertCaught(withManifest, each.byManifest);
        assert.equal(withManifest.verification?.checksums, 'mismatch');

        rmSync(manifestPath(backup));
        for (const level of levels) {
          const job = await verify(backup, level);
          rmSync(manifestPath(backup), { force: true });
          if (level === caughtBy) {
            assertCaught(job, kind);
            assert.equal(job.verification?.checksums, 'none');
            break;
          }
          assert.equal(job.status, 'completed', `${level} ${JSON.stringify(job.verification)}`);
          assert.equal(
            job.verification?.blind,
            level === 'structure' || !each.dump.includes('-Z6') || !each.dump.includes('-Fp'),
          );
        }
        assert.deepEqual(await jobs.leftovers(), []);
      });
    }

    if (major === every.at(-1)) {
      it('a dump that was killed, which lists without an error', async () => {
        await psql(
          server,
          database,
          `CREATE TABLE filling AS
             SELECT g, repeat(md5(g::text), 30) AS body FROM generate_series(1, 40000) g;`,
        );
        const file = path.join(dir, 'killed.dump');
        const dump = spawn(path.join(server.binDir, 'pg_dump'), ['-Fc', '-Z0', '-f', file], {
          env: { ...process.env, ...libpqEnv(server, database) },
          stdio: 'ignore',
        });
        const ended = new Promise((resolve) => dump.once('exit', (_, signal) => resolve(signal)));
        // pg_restore has written 1 MB of about 40 MB.
        const written = (): boolean => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 1e6;
        assert.ok(await until(written));
        dump.kill('SIGKILL');
        assert.equal(await ended, 'SIGKILL');
        await psql(server, database, 'DROP TABLE filling;');
        const tool = path.join(server.binDir, 'pg_restore');
        const { status } = spawnSync(tool, ['-l', file], { stdio: 'ignore' });
        const habit = 'pg_restore -l is silent about a killed dump';
        assertHabit(server, habit, () => assert.equal(status, 0));
        const job = await verify(file, 'structure');
        assert.equal(job.verification?.outcome, 'failed', JSON.stringify(job.verification));
        assert.equal(job.failure?.code, 'backupDamaged');
      });
    }

    it('a letter that became another one: by a manifest alone, and others say so', async () => {
      const backup = await dumped(['-Fc', '-Z0'], 'blind');
      await verify(backup, 'structure');
      change(backup, row, 0, (byte) => (byte === 0x61 ? 0x62 : 0x61));
      assertCaught(await verify(backup, 'structure'), 'checksumMismatch');
      rmSync(manifestPath(backup));
      const job = await verify(backup, 'trialRestore');
      assert.equal(job.verification?.outcome, 'passed');
      assert.equal(job.verification.blind, true);
    });
  });
}
