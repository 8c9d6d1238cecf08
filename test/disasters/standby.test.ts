/** A backup of a real standby, whose replay needs what is being read. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { jobProblems } from '../../src/core/pgtools/stderr/problems/jobProblems';
import { errorProblemText } from '../../src/core/text/problems/errorProblemText';
import { coreDoor } from '../integration/preflight/coreDoor';
import { JobHarness } from '../integration/harness/jobHarness';
import { GatedProxy } from '../support/hold/gatedProxy';
import { ensurePostgres } from '../support/install/postgres';
import { adminQuery } from '../support/machine/adminSession';
import { psql } from '../support/machine/psql';
import { createDatabase } from '../support/machine/sampleDatabase';
import { type PgServer, startServer } from '../support/machine/server';
import { until } from '../support/until';

const DATABASE = 'standby_shop';
/** About 60 MB: more than passes before the gate holds pg_dump, and than sockets take. */
const SQL = `CREATE TABLE t AS SELECT n, repeat(md5(n::text), 30) AS pad FROM generate_series(1, 60000) n;
  CREATE TABLE small AS SELECT 1 AS a;`;

/** Milliseconds after which a replay that goes on is elsewhere. */
const AGAIN_MS = 500;

describe('A standby', function () {
  for (const major of [15, 18]) {
    it(`of ${major} ends the backup of what its replay needs, and takes no restore`, async () => {
      const [install] = await ensurePostgres([major]);
      assert.ok(install);
      const primary = await startServer(install);
      const servers: PgServer[] = [primary];
      const jobs = await JobHarness.create([install.binDir]);
      try {
        await createDatabase(primary, DATABASE);
        await psql(primary, DATABASE, SQL);
        const standby = await startServer(install, {
          standbyOf: primary,
          settings: { max_standby_streaming_delay: '0' },
        });
        servers.push(standby);
        const there = `SELECT count(*) FROM pg_database WHERE datname = '${DATABASE}';`;
        await until(async () => (await adminQuery(standby, there)).trim() === '1', 'its databases');
        const gate = await GatedProxy.open(standby);
        jobs.connect('standby', gate.server, DATABASE);
        const outputPath = jobs.path('standby.dump');
        const handle = jobs.startBackup({
          connectionId: 'standby',
          outputPath,
          compression: 0,
        });
        await until(() => gate.holds, 'pg_dump reads the rows');
        await psql(primary, DATABASE, 'DELETE FROM small; VACUUM small;');
        // The replay has stopped, or pg_dump's session was cancelled already.
        const stopped = `SELECT pg_last_wal_replay_lsn() || CASE
          WHEN EXISTS (SELECT FROM pg_stat_activity WHERE state = 'idle in transaction (aborted)')
            OR pg_last_wal_replay_lsn() < pg_last_wal_receive_lsn() THEN ' stopped' ELSE '' END;`;
        let last = '';
        const conflict = async (): Promise<boolean> => {
          const before = last;
          last = await adminQuery(standby, stopped);
          await delay(AGAIN_MS);
          return last === before && last.includes('stopped');
        };
        await until(conflict, 'the replay needs what the backup reads');
        gate.letThrough(Number.MAX_SAFE_INTEGER / 2);
        const job = await handle.finished;
        await gate.close();
        assert.equal(job.status, 'failed');
        const problem = jobProblems(job).find(({ kind }) => kind === 'standbyConflict');
        assert.ok(problem, JSON.stringify([job.errors, job.failure]));
        assert.match(errorProblemText(problem), /standby.*: use the primary/);
        assert.equal(existsSync(outputPath), false);
        assert.deepEqual(await jobs.leftovers(), []);

        // A restore is refused before it starts.
        jobs.connect('primary', primary, DATABASE);
        const inputPath = jobs.path('primary.dump');
        const backup = await jobs.backup({ connectionId: 'primary', outputPath: inputPath });
        assert.equal(backup.status, 'completed', backup.output.join('\n'));
        const door = await coreDoor(standby);
        const { host, port, user } = standby;
        await door.connect({ id: 'standby', host, port, user, database: DATABASE });
        const ahead = await door.preflight({ connectionId: 'standby', inputPath });
        const found = ahead.findings.find(({ code }) => code === 'serverReadOnly');
        assert.equal(found?.details['why'], 'standby');
        const restore = await door.restore({ connectionId: 'standby', inputPath });
        assert.equal(restore.status, 'failed');
        assert.equal(restore.targetState, 'untouched');
        await door.dispose();
      } finally {
        await jobs.dispose();
        for (const server of servers.reverse()) await server.stop();
      }
    });
  }
});
