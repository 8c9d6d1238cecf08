import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FirstAnswer } from '../../../src/core/jobs/job/jobContext';
import type { BackupJob, BackupProgress } from '../../../src/core/model/job';
import { GatedProxy } from '../../support/hold/gatedProxy';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { newestServer, testServer } from '../../support/servers';
import { until } from '../../support/until';
import { jobBackends, JobHarness, processesWith, STAYS_OPEN } from '../harness/jobHarness';
import { checkForwards, passGate, percentsWhile, record } from './progressRecord';

const database = 'progress';
const rowsOfLarge = 30_000;
const rowsOfSlow = 500;
/** A large table has 6 MB: the gate stops the dump several times in the first one. */
const dumpSteps = { steps: 4, stepBytes: 1_200_000 };

/**
 * Two tables whose dump takes long, and two whose restore takes long: each row by a check, and each
 * row again in an index.
 */
const schema = `
  CREATE SCHEMA big;
  CREATE TABLE big.one AS SELECT g AS id,
    concat(md5(g::text), md5('a' || g), md5('b' || g), md5('c' || g), md5('d' || g), md5('e' || g)) AS t
    FROM generate_series(1, ${rowsOfLarge}) g;
  CREATE TABLE big."two.three" AS SELECT * FROM big.one;
  CREATE SCHEMA slow;
  CREATE FUNCTION slow.wait(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql
    AS 'BEGIN PERFORM pg_catalog.pg_sleep(0.003); RETURN $1; END';
  CREATE TABLE slow.a (id integer, t text);
  INSERT INTO slow.a SELECT g, (SELECT string_agg(md5((g * i)::text), '')
    FROM generate_series(1, 50) i) FROM generate_series(1, ${rowsOfSlow}) g;
  CREATE TABLE slow.b AS SELECT * FROM slow.a LIMIT 200;
  ALTER TABLE slow.a ADD CHECK (slow.wait(id) > 0) NOT VALID;
  ALTER TABLE slow.b ADD CHECK (slow.wait(id) > 0) NOT VALID;
  UPDATE pg_constraint SET convalidated = true WHERE connamespace = 'slow'::regnamespace;
  ANALYZE;`;

describe('the progress of a job', function () {
  const made: JobHarness[] = [];
  const proxies: GatedProxy[] = [];
  let historyDir: string;
  const servers = (): ServerCoordinates[] => [testServer(13), newestServer()];

  before(async () => {
    historyDir = await mkdtemp(path.join(tmpdir(), 'pg-backup-history-'));
    for (const server of servers()) {
      await createDatabase(server, database);
      await psql(server, database, schema);
    }
  });
  after(async () => {
    await Promise.all(made.map((jobs) => jobs.dispose()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await rm(historyDir, { recursive: true, force: true });
    for (const server of servers()) await dropDatabase(server, database);
  });

  async function gate(server: ServerCoordinates): Promise<GatedProxy> {
    const proxy = await GatedProxy.open(server);
    proxies.push(proxy);
    return proxy;
  }

  async function harness(server: ServerCoordinates, askedAhead?: FirstAnswer): Promise<JobHarness> {
    const services = { historyDir, ...(askedAhead && { askedAhead }) };
    const jobs = await JobHarness.create([server.binDir], services);
    made.push(jobs);
    // A socket of this machine holds little: the server is not far ahead of a tool that is held back.
    jobs.connect('main', { ...server, host: server.socketDir }, database);
    return jobs;
  }

  for (const major of [13, 0]) {
    const name = major === 0 ? 'the newest server' : `server ${major}`;
    it(`grows while one table is dumped: ${name}`, async () => {
      const server = major === 0 ? newestServer() : testServer(major);
      const proxy = await gate(server);
      const jobs = await harness(proxy.server);
      const seen = record(jobs);
      const start = (file: string): Promise<BackupJob> => {
        proxy.shut();
        seen.length = 0;
        const outputPath = jobs.path(file);
        return jobs.backup({ connectionId: 'main', outputPath, schemas: ['big'] });
      };
      const pass = (): Promise<void> =>
        passGate(proxy, dumpSteps, () =>
          major === 13 ? seen.at(-1)?.bytesWritten : seen.at(-1)?.rows,
        );
      const first = start('first.dump');
      await until(() => proxy.holds, 'the dump is in the middle of a table');
      // The session that polls the server runs the tool's own release, without a secret in its
      // arguments.
      if (major !== 13) {
        const looks = (backend: string): boolean => backend.includes('-watch');
        await until(async () => (await jobBackends(server)).some(looks), 'a session that looks');
      }
      for (const process of processesWith(`--dbname=${database} `)) {
        assert.ok(!process.includes(server.password), process);
      }
      await pass();
      const { status, estimate } = await first;
      assert.equal(status, 'completed');
      assert.equal(estimate?.basis, 'tables', 'nothing has run on this server yet');
      checkForwards(seen);
      // From the second run on the durations are known: before, a dump that is stopped seems
      // further than it is.
      const second = start('second.dump');
      await pass();
      const job = await second;
      assert.equal(job.status, 'completed', JSON.stringify(job.errors));
      assert.equal(job.estimate?.basis, 'sameBackup');
      const size = job.sizeBytes ?? 0;
      assert.ok(
        Math.abs((job.estimate.bytes ?? 0) - size) < size / 20,
        JSON.stringify(job.estimate),
      );
      checkForwards(seen);
      const percents = percentsWhile(seen, 'big.one');
      assert.ok(percents.size >= 2, `${[...percents].join(' ')} of ${seen.length}`);
      const rows = seen.map((progress) => progress.rows);
      if (major === 13) assert.ok(rows.every((count) => count === null));
      else {
        assert.ok(
          rows.some((count) => count !== null && count > 0 && count < rowsOfLarge),
          'rows of a table that is not done yet',
        );
        assert.ok(seen.some(({ bytesPerSecond }) => (bytesPerSecond ?? 0) > 0));
      }
      assert.ok(await until(async () => (await jobBackends(server)).length === 0));
      assert.deepEqual(processesWith(`--dbname=${database} `), []);
    });
  }

  it('names every table in flight', async () => {
    const server = newestServer();
    const proxy = await gate(server);
    const jobs = await harness(proxy.server);
    const seen = record(jobs);
    const { finished } = jobs.startBackup({
      connectionId: 'main',
      outputPath: jobs.path('parallel'),
      format: 'directory',
      jobs: 2,
      schemas: ['big'],
    });
    const both = (): BackupProgress[] =>
      seen.filter(({ currentObjects }) => currentObjects.length === 2);
    await until(() => both().some(({ rows }) => rows !== null && rows > 0), 'both are told');
    proxy.letThrough(Infinity);
    const job = await finished;
    assert.equal(job.status, 'completed', JSON.stringify(job.errors));
    checkForwards(seen);
    assert.ok(both().some((progress) => progress.currentObjects.includes('big.one')));
    assert.ok(both().some((progress) => progress.currentObjects.includes('big.two.three')));
  });

  for (const workers of [1, 2]) {
    it(`grows while rows are loaded and while indexes are built, ${workers} at a time`, async () => {
      const server = newestServer();
      const jobs = await harness(server);
      await psql(server, database, 'CREATE INDEX slow_index ON slow.a (slow.wait(id));');
      const inputPath = jobs.path('slow.dump');
      const options = { connectionId: 'main', outputPath: inputPath, schemas: ['slow'] };
      assert.equal((await jobs.backup(options)).status, 'completed');
      await psql(server, database, 'DROP INDEX slow.slow_index;');
      const seen = record(jobs);
      const restore = (): ReturnType<JobHarness['restore']> =>
        jobs.restore({
          ...{ connectionId: 'main', inputPath, jobs: workers },
          ...{ targetDatabase: 'progress_restored', createDatabase: true },
        });
      try {
        const job = await restore();
        assert.equal(job.status, 'completed', JSON.stringify(job.errors));
        checkForwards(seen);
        const named = new Set(seen.flatMap(({ currentObjects }) => currentObjects));
        for (const name of ['slow.a', 'slow.b', 'slow.slow_index'])
          assert.ok(named.has(name), name);
        const rows = seen.map((progress) => progress.rows ?? 0);
        assert.ok(
          rows.some((count) => count > 0 && count < rowsOfSlow + 200),
          `rows on the way: ${[...new Set(rows)].join(' ')}`,
        );
        const together = Math.max(...seen.map(({ currentObjects }) => currentObjects.length));
        assert.equal(together, workers);

        if (workers > 1) return;
        // In the next run, the durations are known from the start.
        await dropDatabase(server, 'progress_restored');
        seen.length = 0;
        const again = await restore();
        assert.equal(again.status, 'completed');
        checkForwards(seen);
        const { basis, milliseconds } = again.estimate ?? {};
        assert.equal(basis, 'sameBackup');
        const error = (milliseconds ?? 0) / (job.progress?.elapsedMs ?? NaN);
        assert.ok(error > 0.8 && error < 1.1, `${milliseconds} ms expected`);
        const loaded = percentsWhile(seen, 'slow.a');
        assert.ok(loaded.size >= 2, `while rows are loaded: ${[...loaded].join(' ')}`);
        // Where rows took less than the last time, percent was ahead, and waits: the time left goes on.
        const indexed = percentsWhile(seen, 'slow.slow_index');
        const left = seen
          .filter(({ currentObjects }) => currentObjects.includes('slow.slow_index'))
          .map(({ remainingMs }) => remainingMs);
        const moves = Math.max(indexed.size, new Set(left).size);
        assert.ok(moves >= 2, `while the index is built: ${[...indexed, ...left].join(' ')}`);
        // The estimate is as long as the first run took, however busy the machine is meanwhile.
        const begun = seen.find(({ remainingMs }) => remainingMs !== null);
        const took = job.progress?.elapsedMs ?? NaN;
        const said = (begun?.remainingMs ?? NaN) + (begun?.elapsedMs ?? NaN);
        assert.ok(said > took * 0.6 && said < took * 1.6, `${said} ms said, ${took} ms taken`);
      } finally {
        await dropDatabase(server, 'progress_restored');
      }
      assert.ok(await until(async () => (await jobBackends(server)).length === 0));
    });
  }

  it('needs no connection that the tool could miss', async () => {
    const server = newestServer();
    await psql(
      server,
      database,
      `CREATE ROLE progress_alone LOGIN SUPERUSER PASSWORD '${server.password.replaceAll("'", "''")}';
       REVOKE ALL ON SCHEMA big FROM progress_alone;
       ALTER ROLE progress_alone NOSUPERUSER CONNECTION LIMIT 1;
       GRANT USAGE ON SCHEMA big TO progress_alone;
       GRANT SELECT ON ALL TABLES IN SCHEMA big TO progress_alone;`,
    );
    try {
      const jobs = await harness(server, STAYS_OPEN);
      jobs.connect('alone', { ...server, user: 'progress_alone' }, database);
      const job = await jobs.backup({
        connectionId: 'alone',
        outputPath: jobs.path('alone.dump'),
        schemas: ['big'],
      });
      assert.equal(job.status, 'completed', JSON.stringify(job.errors));
      assert.equal(job.progress?.percent, 100);
    } finally {
      await psql(server, database, 'DROP OWNED BY progress_alone; DROP ROLE progress_alone;');
    }
  });

  it('leaves nothing behind but what runs took', () => {
    const names = readdirSync(historyDir);
    assert.ok(
      names.length > 0 && names.every((name) => /\.(times|runs|speeds)\.json$/.test(name)),
      names.join(' '),
    );
  });
});
