import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { AppError } from '../../../src/core/errors';
import type { BackupJob } from '../../../src/core/model/job';
import { compareDatabases, tableChecksums } from '../../support/machine/compareDatabases';
import { ensurePostgres } from '../../support/install/postgres';
import { psql } from '../../support/machine/psql';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { backendsLeft, JobHarness } from '../harness/jobHarness';

describe('a restore job', function () {
  let server: PgServer;
  let old: PgServer;
  let jobs: JobHarness;
  before(async () => {
    const [install15, install17] = await ensurePostgres([15, 17]);
    assert.ok(install15 && install17);
    server = await startServer(install17);
    old = await startServer(install15);
    await createSampleDatabase(server, 'sample', 'tiny');
    // Only the newer tools.
    jobs = await JobHarness.create([install17.binDir]);
    jobs.connect('main', server, 'sample');
    jobs.connect('old', old, 'postgres');
    for (const format of ['custom', 'directory', 'plain'] as const) {
      const job = await jobs.backup({
        connectionId: 'main',
        outputPath: jobs.path(format),
        format,
      });
      assert.equal(job.status, 'completed');
    }
  });
  after(async () => {
    await jobs?.dispose();
    await server?.stop();
    await old?.stop();
  });

  const failureOf = (job: BackupJob): string => jobs.manager.failure(job.id)?.message ?? job.status;

  for (const workers of [1, 3]) {
    it(`into a full database goes through and lists every error, ${workers} jobs`, async () => {
      await createSampleDatabase(server, 'full', 'tiny');
      const job = await jobs.restore({
        connectionId: 'main',
        inputPath: jobs.path('custom'),
        targetDatabase: 'full',
        exitOnError: false,
        jobs: workers,
      });
      assert.equal(job.status, 'completedWithErrors', failureOf(job));
      assert.equal(job.exitCode, 1);
      assert.equal(job.targetState, null);
      assert.equal(jobs.manager.failure(job.id), null);
      // One for each line that pg_restore marks as an error.
      const log = job.output.filter((line) => line.startsWith('pg_restore: error: '));
      assert.ok(
        job.errors.length >= log.length && job.errors.length > 50,
        String(job.errors.length),
      );
      const table = job.errors.find((e) => e.object === 'TABLE app.orders');
      assert.match(table?.message ?? '', /^relation "orders" already exists/);
      assert.match(table?.sql ?? '', /^CREATE TABLE app\.orders/);
      assert.ok(job.errors.every((e) => e.message !== ''));
      // Lines of several workers can come between an error and the entry that it is about.
      const unnamed = job.errors.filter((e) => e.object === undefined).length;
      assert.ok(unnamed <= (workers > 1 ? job.errors.length / 10 : 0), `${unnamed} without object`);
      await dropDatabase(server, 'full');
    });
  }

  it('that stops at the first error says what is left', async () => {
    for (const singleTransaction of [false, true]) {
      await createDatabase(server, 'blocked');
      await psql(server, 'blocked', 'CREATE SCHEMA app; CREATE TABLE app.orders (mine int);');
      const job = await jobs.restore({
        connectionId: 'main',
        inputPath: jobs.path('custom'),
        targetDatabase: 'blocked',
        singleTransaction,
      });
      assert.equal(job.status, 'failed');
      assert.equal(job.targetState, singleTransaction ? 'rolledBack' : 'partial');
      assert.equal(job.errors.length, 1);
      assert.match(job.errors[0]?.message ?? '', /schema "app" already exists/);
      assert.equal((await psql(server, 'blocked', 'SELECT count(*) FROM app.orders;')).trim(), '0');
      await dropDatabase(server, 'blocked');
    }
  });

  it('of a script says what is left, as the server has it', async () => {
    const inputPath = jobs.path('left.sql');
    const count = "SELECT count(*) FROM pg_class WHERE relname = 'left_behind';";
    const create = 'CREATE TABLE left_behind ();\n';
    const config = "SET row_security = off;\nSELECT set_config('search_path', 'public', false);\n";
    for (const [script, singleTransaction, state, left] of [
      [`${config}SELECT nothing;\n${create}`, false, 'untouched', '0'],
      [`${config}SELECT nothing;\n${create}`, true, 'untouched', '0'],
      [`${create}SELECT nothing;\n`, false, 'partial', '1'],
      [`${create}SELECT nothing;\n`, true, 'rolledBack', '0'],
      [`BEGIN;\n${create}SELECT nothing;\nCOMMIT;\n`, false, 'rolledBack', '0'],
      [`${create}COMMIT;\nSELECT nothing;\n`, true, 'partial', '1'],
    ] as const) {
      await createDatabase(server, 'blocked');
      await writeFile(inputPath, script);
      const job = await jobs.restore({
        connectionId: 'main',
        inputPath,
        targetDatabase: 'blocked',
        singleTransaction,
        exitOnError: true,
      });
      assert.deepEqual([job.status, job.targetState], ['failed', state], script);
      assert.equal((await psql(server, 'blocked', count)).trim(), left, script);
      await dropDatabase(server, 'blocked');
    }
  });

  it('that fails at its very first statement has changed nothing, and says so', async () => {
    await createDatabase(server, 'firsts');
    await psql(server, 'firsts', 'CREATE SCHEMA a_first; CREATE SCHEMA b_next;');
    jobs.connect('firsts', server, 'firsts');
    const inputPath = jobs.path('firsts.dump');
    await jobs.backup({ connectionId: 'firsts', outputPath: inputPath });
    for (const [there, state, schemas] of [
      ['a_first', 'untouched', '1'],
      ['b_next', 'partial', '2'],
    ] as const) {
      await createDatabase(server, 'blocked');
      // An empty schema would not be in the way.
      await psql(server, 'blocked', `CREATE SCHEMA ${there}; CREATE TABLE ${there}.t ();`);
      const job = await jobs.restore({
        connectionId: 'main',
        inputPath,
        targetDatabase: 'blocked',
      });
      assert.equal(job.status, 'failed');
      assert.equal(job.targetState, state, JSON.stringify(job.errors));
      const sql = "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^(a_first|b_next)$';";
      assert.equal((await psql(server, 'blocked', sql)).trim(), schemas);
      await dropDatabase(server, 'blocked');
    }
    await dropDatabase(server, 'firsts');
  });

  it('of rows that the server refuses has changed nothing, unless triggers were disabled', async () => {
    await createDatabase(server, 'rows');
    await psql(server, 'rows', 'CREATE TABLE t (i int PRIMARY KEY); INSERT INTO t VALUES (1);');
    jobs.connect('rows', server, 'rows');
    const inputPath = jobs.path('rows.dump');
    await jobs.backup({ connectionId: 'rows', outputPath: inputPath });
    const again = { connectionId: 'rows', inputPath, dataOnly: true };
    const states: unknown[] = [];
    for (const disableTriggers of [false, true]) {
      states.push((await jobs.restore({ ...again, disableTriggers })).targetState);
    }
    await psql(server, 'rows', 'DROP TABLE t;');
    states.push((await jobs.restore(again)).targetState);
    assert.deepEqual(states, ['untouched', 'partial', 'untouched']);
    await dropDatabase(server, 'rows');
  });

  it('replaces what is there when told to clean', async () => {
    await createSampleDatabase(server, 'cleaned', 'tiny');
    await psql(
      server,
      'cleaned',
      'DELETE FROM app.order_details; DROP VIEW IF EXISTS app.nothing;',
    ).catch(() => psql(server, 'cleaned', 'TRUNCATE app.orders CASCADE;'));
    const job = await jobs.restore({
      connectionId: 'main',
      inputPath: jobs.path('custom'),
      targetDatabase: 'cleaned',
      clean: true,
      ifExists: true,
      exitOnError: false,
    });
    assert.equal(job.status, 'completed', failureOf(job));
    assert.deepEqual(job.errors, []);
    // Indexes of partitions cannot be dropped alone, but are dropped with their parents.
    assert.ok((job.harmlessErrors ?? 0) > 0);
    assert.ok(job.output.some((line) => line.includes('cannot drop inherited constraint')));
    assert.deepEqual(
      await compareDatabases(server, 'sample', server, 'cleaned', { schema: false }),
      [],
    );
    await dropDatabase(server, 'cleaned');
  });

  describe('by a newer pg_restore into an older server', () => {
    it('is complete: the one setting that the server does not know is no error', async () => {
      // Written for the old server, so that nothing else is unknown to it.
      await createSampleDatabase(old, 'sample', 'tiny');
      jobs.connect('oldsample', old, 'sample');
      for (const format of ['custom', 'plain'] as const) {
        const inputPath = jobs.path(`old.${format}`);
        const backup = await jobs.backup({
          connectionId: 'oldsample',
          outputPath: inputPath,
          format,
        });
        assert.equal(backup.status, 'completed', failureOf(backup));
        const job = await jobs.restore({
          connectionId: 'old',
          inputPath,
          targetDatabase: 'again',
          createDatabase: true,
          exitOnError: false,
        });
        assert.deepEqual(job.errors, []);
        assert.equal(job.status, 'completed', failureOf(job));
        if (format === 'custom') assert.equal(job.exitCode, 1);
        // In a script, the setting is left out.
        const tells = job.output.some((line) => line.includes('transaction_timeout'));
        assert.equal(tells, format === 'custom');
        assert.deepEqual(await compareDatabases(old, 'sample', old, 'again'), []);
        await dropDatabase(old, 'again');
      }
    });

    it('does not stop at it unless somebody insists, and then it says why not', async () => {
      const options = {
        connectionId: 'old',
        inputPath: jobs.path('old.custom'),
        targetDatabase: 'again',
        createDatabase: true,
        exitOnError: true,
      };
      const refused = await jobs.restore(options);
      const failure = jobs.manager.failure(refused.id);
      assert.ok(AppError.is(failure, 'optionInvalid'), failureOf(refused));
      assert.equal(failure.details.field, 'exitOnError');
      const settled = await jobs.restore(options, ['connectionId', 'inputPath']);
      assert.equal(settled.status, 'completed', failureOf(settled));
      assert.match(settled.output[0] ?? '', /does not stop at errors/);
      await dropDatabase(old, 'again');
      // A single transaction makes the restore stop at the first error, too.
      const stopped = await jobs.restore({
        ...options,
        exitOnError: false,
        toolOptions: { 'transaction-size': 100 },
      });
      assert.equal(stopped.status, 'failed');
      assert.match(stopped.errors[0]?.message ?? '', /transaction_timeout/);
      assert.equal(stopped.failure?.details['cause'], 'unknownSetting');
    });
  });

  it('takes a table with what belongs to it, into a new database and an existing one', async () => {
    const expected = (await tableChecksums(server, 'sample')).get('"app"."orders"');
    assert.ok((expected?.rows ?? 0) > 0);
    for (const existing of [false, true]) {
      if (existing) {
        await createDatabase(server, 'some');
        await psql(server, 'some', 'CREATE SCHEMA app;');
      }
      const job = await jobs.restore({
        connectionId: 'main',
        inputPath: jobs.path('custom'),
        targetDatabase: 'some',
        createDatabase: !existing,
        tables: ['app.orders'] as never,
      });
      assert.deepEqual(job.errors, []);
      assert.equal(job.status, 'completed', failureOf(job));
      assert.equal(job.progress?.objectsCompleted, job.progress?.objectsTotal);
      const sums = await tableChecksums(server, 'some');
      assert.deepEqual(sums.get('"app"."orders"'), expected);
      const count = async (database: string, from: string): Promise<string> =>
        psql(server, database, `SELECT count(*) FROM ${from} 'app.orders'::regclass;`);
      for (const from of ['pg_index WHERE indrelid =', 'pg_attrdef WHERE adrelid =']) {
        assert.equal(await count('some', from), await count('sample', from), from);
      }
      assert.deepEqual(await jobs.leftovers(), []);
      assert.ok(job.command.some((arg) => arg.startsWith('--use-list=')));
      await dropDatabase(server, 'some');
    }
  });

  it('takes a materialized view with the rows it is made of, or those that are there', async () => {
    const rows = (of: string): Promise<string> =>
      psql(server, of, 'SELECT * FROM app.mv_totals ORDER BY 1;');
    const restore = async (options: object): Promise<BackupJob> => {
      const job = await jobs.restore({
        connectionId: 'main',
        inputPath: jobs.path('custom'),
        targetDatabase: 'view',
        ...options,
      });
      assert.equal(job.status, 'completed', JSON.stringify(job.errors));
      return job;
    };
    const view = { tables: ['app.mv_totals'] as never };
    const { notes } = await restore({ ...view, createDatabase: true });
    assert.deepEqual([notes, await rows('view')], [undefined, await rows('sample')]);
    await psql(server, 'view', 'DROP MATERIALIZED VIEW app.mv_totals; DELETE FROM app.orders;');
    await restore(view);
    assert.equal(await rows('view'), '');
    await dropDatabase(server, 'view');
    // Entries chosen by number are restored exactly; a note says that the view will be empty.
    const toc = await readToc(jobs.path('custom'));
    const named = /^(SCHEMA app|TYPE .*|DOMAIN .*|TABLE (customer|orders)|MATERIALIZED VIEW.*)$/;
    const chosen = toc.listed().filter((i) => named.test(`${toc.desc(i)} ${toc.tag(i)}`));
    const dumpIds = chosen.map((i) => toc.dumpId(i));
    const told = await restore({ dumpIds, createDatabase: true });
    assert.deepEqual(told.notes, [{ code: 'refreshedEmpty', names: ['app.mv_totals'] }]);
    await dropDatabase(server, 'view');
  });

  it('takes schemas, schema only, data only', async () => {
    await createDatabase(server, 'parts');
    const restore = (options: object): Promise<BackupJob> =>
      jobs.restore({
        connectionId: 'main',
        inputPath: jobs.path('directory'),
        targetDatabase: 'parts',
        ...options,
      });
    const schema = await restore({ schemaOnly: true });
    assert.equal(schema.status, 'completed', JSON.stringify(schema.errors));
    assert.equal(schema.progress?.objectsCompleted, schema.progress?.objectsTotal);
    const empty = await tableChecksums(server, 'parts');
    assert.equal(empty.get('"app"."orders"')?.rows, 0);
    const data = await restore({ dataOnly: true, disableTriggers: true });
    assert.equal(data.status, 'completed', JSON.stringify(data.errors));
    // pg_restore counts their refreshing among the definitions.
    await psql(server, 'parts', 'REFRESH MATERIALIZED VIEW app.mv_totals;');
    assert.deepEqual(await compareDatabases(server, 'sample', server, 'parts'), []);
    await dropDatabase(server, 'parts');
  });

  it('makes the database with the encoding and locale of the archive', async () => {
    await psql(
      server,
      'postgres',
      `CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C';`,
    );
    await psql(
      server,
      'latin',
      `CREATE TABLE "café" (x text); INSERT INTO "café" VALUES ('naïve');`,
    );
    jobs.connect('latin', server, 'latin');
    const outputPath = jobs.path('latin');
    const backup = await jobs.backup({
      connectionId: 'latin',
      outputPath,
      tables: [{ schema: 'public', name: 'café' }],
    });
    assert.equal(backup.status, 'completed', failureOf(backup));
    const job = await jobs.restore({
      connectionId: 'main',
      inputPath: outputPath,
      targetDatabase: 'latin2',
      createDatabase: true,
    });
    assert.equal(job.status, 'completed', failureOf(job));
    const sql = `SELECT pg_encoding_to_char(encoding) || datcollate FROM pg_database WHERE datname = 'latin2';`;
    const made = (await psql(server, 'postgres', sql)).trim();
    assert.equal(made, 'LATIN1C');
    assert.deepEqual(await compareDatabases(server, 'latin', server, 'latin2'), []);
  });

  it('leaves nothing running and no files', async () => {
    assert.deepEqual(await jobs.leftovers(), []);
    assert.deepEqual(await backendsLeft(server), []);
    assert.deepEqual(await readdir(jobs.tempDir), []);
  });
});
