import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BackupOptions } from '../../../src/core/model/options';
import type { BackupProgress } from '../../../src/core/model/job';
import { GatedProxy } from '../../support/hold/gatedProxy';
import { ensurePostgres } from '../../support/install/postgres';
import { psql, psqlJson } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type ServerCoordinates } from '../../support/machine/server';
import { newestServer, testServer } from '../../support/servers';
import { until } from '../../support/until';
import { jobBackends, JobHarness } from '../harness/jobHarness';
import { checkForwards, passGate, percentsWhile, record } from './progressRecord';

/** Dumped one after the other, in this order. */
const databases = ['progress_all_a', `progress_all_b"'`] as const;
const [small, large] = databases;
const rowsOfLarge = 40_000;
/** A dump reads 16 MB: the gate stops it in both tables of the large database. */
const dumpSteps = { steps: 5, stepBytes: 3_000_000 };
/** A restore waits at each of these rows of the large table until a file of that name exists. */
const gates = [10_000, 20_000, 30_000];
/** … and at this one of the small one. */
const smallGate = 500;
const gated = (table: string, rows: readonly number[]): string => `
  CREATE FUNCTION gate(id integer) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN
       WHILE pg_stat_file(''gate-'' || id, true) IS NULL LOOP PERFORM pg_sleep(0.01); END LOOP;
       RETURN true;
     END';
  ALTER TABLE ${table} ADD CONSTRAINT stands
    CHECK (id NOT IN (${rows.join(', ')}) OR public.gate(id)) NOT VALID;
  UPDATE pg_constraint SET convalidated = true WHERE conname = 'stands';`;

describe('the progress of a whole server', function () {
  const made: JobHarness[] = [];
  const proxies: GatedProxy[] = [];
  let historyDir: string;
  const servers = (): ServerCoordinates[] => [testServer(13), newestServer()];

  before(async () => {
    historyDir = await mkdtemp(path.join(tmpdir(), 'pg-backup-history-'));
    for (const server of servers()) {
      for (const [i, database] of databases.entries()) {
        await createDatabase(server, database);
        const [table, rows] = i === 0 ? ['few', 1000] : ['big', rowsOfLarge];
        await psql(
          server,
          database,
          `CREATE TABLE ${table}_1 AS SELECT g AS id, repeat(md5(g::text), 6) AS t
             FROM generate_series(1, ${rows}) g;
           CREATE TABLE ${table}_2 AS SELECT * FROM ${table}_1;
           CREATE INDEX ON ${table}_1 (t); ANALYZE;`,
        );
        await psql(server, database, gated(`${table}_1`, i === 0 ? [smallGate] : gates));
      }
    }
  });
  after(async () => {
    await Promise.all(made.map((jobs) => jobs.dispose()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await rm(historyDir, { recursive: true, force: true });
    for (const server of servers()) {
      for (const database of databases) await dropDatabase(server, database);
    }
  });

  async function harness(server: ServerCoordinates): Promise<JobHarness> {
    const jobs = await JobHarness.create([server.binDir], { historyDir });
    made.push(jobs);
    // A socket of this machine holds little: the server is not far ahead of a tool that is held back.
    jobs.connect('main', { ...server, host: server.socketDir }, 'postgres');
    return jobs;
  }

  /** Options that leave out the databases of other tests. */
  async function options(server: ServerCoordinates): Promise<Partial<BackupOptions>> {
    const sql =
      'SELECT json_agg(datname) FROM pg_database WHERE datallowconn AND NOT datistemplate';
    const all = await psqlJson<string[]>(server, 'postgres', sql);
    const others = all.filter((name) => !(databases as readonly string[]).includes(name));
    return { scope: 'server', format: 'plain', compression: 0, excludeDatabases: others };
  }

  for (const major of [13, 0]) {
    const name = major === 0 ? 'the newest server' : `server ${major}`;
    it(`grows while one table of one database is dumped: ${name}`, async () => {
      const server = major === 0 ? newestServer() : testServer(major);
      const proxy = await GatedProxy.open(server);
      proxies.push(proxy);
      const jobs = await harness(proxy.server);
      const bases: unknown[] = [];
      const backup = async (file: string): Promise<BackupProgress[]> => {
        const seen = record(jobs);
        const outputPath = jobs.path(file);
        const all = { connectionId: 'main', outputPath, ...(await options(server)) };
        const { finished } = jobs.startBackup(all);
        await passGate(proxy, dumpSteps, () =>
          major === 0 ? seen.at(-1)?.rows : seen.at(-1)?.bytesWritten,
        );
        const job = await finished;
        proxy.shut();
        assert.equal(job.status, 'completed', JSON.stringify(job.errors));
        bases.push(job.estimate?.basis);
        checkForwards(seen);
        assert.ok(await until(async () => (await jobBackends(server)).length === 0));
        return seen;
      };
      const first = await backup('first.sql');
      assert.ok(new Set(first.map(({ percent }) => percent)).size >= 3, 'from the first run on');
      if (major === 0) {
        const rows = first.map((progress) => progress.rows ?? 0);
        // The server says so, for what it says goes once and for all: of both databases together.
        assert.ok(
          rows.some((count) => count > 0 && count < 2 * rowsOfLarge),
          rows.join(' '),
        );
      }
      // The estimate for the second run, before it has gone far, is the time of the first.
      const second = await backup('second.sql');
      assert.equal(bases.at(-1), 'sameBackup');
      // Percent follows the time of the first run, too, which may have been the quicker one.
      const percents = new Set(second.map(({ percent }) => percent));
      assert.ok(percents.size >= 3, `${[...percents].join(' ')} of ${second.length}`);
      const said = second.find(({ remainingMs }) => remainingMs !== null);
      const took = first.at(-1)?.elapsedMs ?? NaN;
      const expected = (said?.remainingMs ?? NaN) + (said?.elapsedMs ?? NaN);
      assert.ok(expected > took / 2 && expected < took * 2, `${expected} ms said, ${took} taken`);
    });
  }

  it('grows while a script restores one database after the other', async () => {
    const source = newestServer();
    const jobs = await harness(source);
    const inputPath = jobs.path('all.sql');
    const backup = { connectionId: 'main', outputPath: inputPath, ...(await options(source)) };
    assert.equal((await jobs.backup(backup)).status, 'completed');
    const [installed] = await ensurePostgres([source.major]);
    assert.ok(installed);
    const target = await startServer(installed);
    try {
      jobs.connect('target', { ...target, host: target.socketDir }, 'postgres');
      const seen = record(jobs);
      const restore = { connectionId: 'target', inputPath, wholeServer: true };
      const { finished } = jobs.startRestore(restore, ['wholeServer']);
      const names = (database: string): boolean =>
        seen.some(({ currentObject }) => currentObject === database);
      const bytesWhile = (database: string): number =>
        Math.max(
          0,
          ...seen
            .filter((one) => one.currentObject === database)
            .map(({ bytesWritten }) => bytesWritten),
        );
      await until(() => names(small), 'the small database is named');
      await writeFile(path.join(target.dataDir, `gate-${smallGate}`), '');
      // A machine that is slow to begin has most of the time behind it here, and at a gate nothing
      // but time passes: from one gate to the next, more bytes are all that is certain.
      let told = 0;
      for (const row of gates) {
        await until(() => bytesWhile(large) > told, `row ${row} is reached`);
        told = bytesWhile(large);
        await writeFile(path.join(target.dataDir, `gate-${row}`), '');
      }
      const job = await finished;
      // The only further objects on this server are roles of other tests.
      assert.match(job.status, /^completed/, JSON.stringify(job.failure));
      checkForwards(seen);
      assert.ok(names(large));
      const least = Math.min(...percentsWhile(seen, large));
      assert.ok(least > 0 && least >= Math.max(0, ...percentsWhile(seen, small)), `${least}`);
      assert.ok(new Set(seen.map(({ percent }) => percent)).size >= 3, 'more than begin and end');
    } finally {
      await target.stop();
    }
  });
});
