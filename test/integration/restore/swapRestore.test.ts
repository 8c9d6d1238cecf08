/**
 * Restores beside a database whose name the restored one takes, and where both databases are
 * afterwards.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { dropCopy, exchangeDatabases } from '../../../src/core/jobs/restore/swap/exchangeDatabases';
import type { DatabaseSwap } from '../../../src/core/model/ways/databaseSwap';
import type { BackupJob } from '../../../src/core/model/job';
import { tableChecksums } from '../../support/machine/compareDatabases';
import { holdLock } from '../../support/machine/heldLock';
import { psql, quoteIdent } from '../../support/machine/psql';
import type { ServerCoordinates } from '../../support/machine/server';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { testServer, testServers } from '../../support/servers';
import { JobHarness } from '../harness/jobHarness';
import { databasesLike, LATER, orders, SHOP, swapServer, wish } from './swapHarness';

const DATABASE = 'swap shop';
describe('a restore that takes the place of a database', function () {
  this.timeout(120_000);
  const harnesses: JobHarness[] = [];
  const made = new Set<string>();

  afterEach(async () => {
    for (const server of testServers()) await removeAll(server);
  });
  after(async () => {
    for (const each of harnesses) await each.dispose();
  });

  async function removeAll(server: ServerCoordinates): Promise<void> {
    for (const name of await namesOf(server)) await dropDatabase(server, name);
    if (made.delete(`${server.major}`)) {
      await psql(server, 'postgres', 'DROP ROLE IF EXISTS swap_owner, swap_reader;');
    }
  }

  const namesOf = (server: ServerCoordinates): Promise<string[]> => databasesLike(server, DATABASE);

  /** A database, its backup, and what was done in it afterwards. */
  async function shop(server: ServerCoordinates): Promise<{ jobs: JobHarness; inputPath: string }> {
    await createDatabase(server, DATABASE);
    await psql(server, DATABASE, SHOP);
    const jobs = await JobHarness.create([server.binDir]);
    harnesses.push(jobs);
    jobs.connect('main', server, DATABASE);
    const inputPath = jobs.path(`shop${server.major}.dump`);
    const { finished } = jobs.manager.startBackup({
      options: {
        ...backupDefaults('custom'),
        connectionId: 'main',
        outputPath: inputPath,
      },
      overwrite: false,
      manifest: { workspaceDir: null },
    });
    assert.equal((await finished).status, 'completed');
    await psql(server, DATABASE, LATER);
    return { jobs, inputPath };
  }

  function swapOf(job: BackupJob): DatabaseSwap {
    assert.ok(job.swap, JSON.stringify(job, null, 1));
    return job.swap;
  }

  for (const { major } of testServers()) {
    it(`exchanges both, and back, and drops on demand (${major})`, async () => {
      const server = testServer(major);
      const { jobs, inputPath } = await shop(server);
      const before = await tableChecksums(server, DATABASE);
      const job = await jobs.restore({ connectionId: 'main', inputPath, swapIn: true });
      assert.equal(job.status, 'completed', job.output.join('\n'));
      const swap = swapOf(job);
      assert.equal(swap.state, 'swapped');
      assert.match(swap.aside, /^swap shop_before_\d{8}_\d{6}$/);
      assert.deepEqual(await namesOf(server), [DATABASE, swap.aside]);
      assert.equal(await orders(server, DATABASE), '100');
      assert.deepEqual(await tableChecksums(server, swap.aside), before, 'the old one is whole');

      const there = swapServer(server);
      const back = await exchangeDatabases(there, swap, wish('swapBack'));
      assert.equal(back.state, 'ready');
      assert.deepEqual(await tableChecksums(server, DATABASE), before);
      assert.equal(await orders(server, back.copy), '100');
      // A second request changes nothing.
      assert.equal((await exchangeDatabases(there, swap, wish('swapBack'))).state, 'ready');
      const again = await exchangeDatabases(there, back, wish('swapIn'));
      assert.equal(again.state, 'swapped');
      assert.equal((await dropCopy(there, again)).state, 'dropped');
      assert.deepEqual(await namesOf(server), [DATABASE]);
      assert.equal(await orders(server, DATABASE), '100');
      assert.deepEqual(await jobs.leftovers(), []);
    });
  }

  it('gives the new database the owner, settings, privileges and comment of the old one', async () => {
    const server = testServer(17);
    const { jobs, inputPath } = await shop(server);
    made.add('17');
    const database = quoteIdent(DATABASE);
    await psql(
      server,
      'postgres',
      `CREATE ROLE swap_owner; CREATE ROLE swap_reader LOGIN;
       ALTER DATABASE ${database} OWNER TO swap_owner;
       ALTER DATABASE ${database} SET search_path TO "$user", 'odd, "name', public;
       ALTER DATABASE ${database} SET work_mem TO '7MB';
       ALTER DATABASE ${database} SET "my.setting" TO 'it''s \\ here';
       ALTER ROLE swap_reader IN DATABASE ${database} SET statement_timeout TO '5s';
       REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
       GRANT CONNECT ON DATABASE ${database} TO swap_reader WITH GRANT OPTION;
       COMMENT ON DATABASE ${database} IS 'the shop''s own';
       ALTER DATABASE ${database} CONNECTION LIMIT 7;`,
    );
    const properties = (name: string): Promise<string> =>
      psql(
        server,
        'postgres',
        `SELECT pg_get_userbyid(datdba), datconnlimit, shobj_description(oid, 'pg_database'),
           (SELECT string_agg(x::text, ' ' ORDER BY x::text) FROM unnest(datacl) x),
           (SELECT string_agg(setrole::regrole || array_to_string(setconfig, ';'), ' ' ORDER BY setrole)
            FROM pg_db_role_setting WHERE setdatabase = d.oid)
         FROM pg_database d WHERE datname = '${name}';`,
      );
    const before = await properties(DATABASE);
    const job = await jobs.restore({ connectionId: 'main', inputPath, swapIn: true });
    assert.equal(job.status, 'completed', job.output.join('\n'));
    assert.equal(await properties(DATABASE), before);
    assert.equal(await properties(swapOf(job).aside), before);
  });

  it('waits beside a database that somebody is connected to, until their sessions may be ended', async () => {
    const server = testServer(17);
    const { jobs, inputPath } = await shop(server);
    const somebody = await holdLock(server, DATABASE, 'SELECT 1;', 'night shift');
    try {
      const job = await jobs.restore({ connectionId: 'main', inputPath, swapIn: true });
      assert.equal(job.status, 'failed');
      assert.equal(job.failure?.code, 'databaseInUse');
      assert.match(JSON.stringify(job.failure), /night shift/);
      assert.equal(job.targetState, 'untouched');
      const swap = swapOf(job);
      assert.equal(swap.state, 'ready');
      assert.equal(await orders(server, DATABASE), '10');
      assert.equal(await orders(server, swap.copy), '100');
      await assert.rejects(exchangeDatabases(swapServer(server), swap, wish('swapIn')), {
        code: 'databaseInUse',
      });
      const done = await exchangeDatabases(swapServer(server), swap, wish('swapIn', true));
      assert.equal(done.state, 'swapped');
      assert.equal(await orders(server, DATABASE), '100');
    } finally {
      await somebody.release();
    }
    // Sessions are ended at the exchange, where the restore was started with that option.
    const other = await holdLock(server, DATABASE, 'SELECT 1;');
    const options = { connectionId: 'main', inputPath, swapIn: true, endSessions: true };
    const second = await jobs.restore(options);
    await other.release();
    assert.equal(second.status, 'completed', second.output.join('\n'));
  });

  it('leaves the old database alone when the restore fails, and keeps nothing', async () => {
    const server = testServer(17);
    const { jobs } = await shop(server);
    const before = await tableChecksums(server, DATABASE);
    const script = jobs.path('fails.sql');
    await writeFile(script, 'CREATE TABLE a (i int);\nCREATE TABLE a (i int);\n');
    const job = await jobs.restore({ connectionId: 'main', inputPath: script, swapIn: true });
    assert.equal(job.status, 'failed', job.output.join('\n'));
    assert.equal(job.targetState, 'untouched');
    assert.equal(job.swap, undefined);
    assert.deepEqual(await namesOf(server), [DATABASE]);
    assert.deepEqual(await tableChecksums(server, DATABASE), before);
  });

  it('does not put a database in place whose rows are not those of the backup', async () => {
    const server = testServer(17);
    const { jobs, inputPath } = await shop(server);
    const manifest = `${inputPath}.backup.json`;
    const text = await readFile(manifest, 'utf8');
    const counted = /"rows": \w+,\s+"exact": \w+/;
    assert.match(text, counted);
    await writeFile(manifest, text.replace(counted, '"rows": 101, "exact": true'));
    const job = await jobs.restore({ connectionId: 'main', inputPath, swapIn: true });
    assert.equal(job.status, 'completedWithErrors');
    assert.equal(swapOf(job).state, 'ready');
    assert.equal(await orders(server, DATABASE), '10');
    assert.equal(await orders(server, swapOf(job).copy), '100');
    assert.equal((await dropCopy(swapServer(server), swapOf(job))).state, 'dropped');
    assert.deepEqual(await namesOf(server), [DATABASE]);
  });

  it('refuses at once what would fail at the end', async () => {
    const server = testServer(17);
    const { jobs, inputPath } = await shop(server);
    made.add('17');
    await psql(server, 'postgres', `CREATE ROLE swap_owner LOGIN CREATEDB PASSWORD 'x';`);
    jobs.connect('other', server, DATABASE, { user: 'swap_owner' });
    jobs.setPassword('other', 'x');
    const job = await jobs.restore({ connectionId: 'other', inputPath, swapIn: true });
    assert.equal(job.status, 'failed');
    assert.deepEqual(job.failure?.details['reason'], 'notOwner');
    assert.deepEqual(await namesOf(server), [DATABASE]);
  });
});
