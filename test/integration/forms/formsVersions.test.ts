import assert from 'node:assert/strict';
import { beginChoices, choose } from '../../../src/core/forms/form/choices';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { BackupFormat, RestoreOptions } from '../../../src/core/model/options';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import { hasErrors } from '../../support/forms/hasErrors';
import { backupCommand, restoreCommand } from '../../../src/core/plans/preview';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import {
  evaluateRestore,
  restoreOptionsOf,
  applyContextDefaults,
} from '../../../src/core/forms/restore/restoreForm';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { assertHabit, assertRefused } from '../../support/measure/measuredReleases';
import { newestServer, testServer, testServers } from '../../support/servers';
import { liveBackupContext, liveRestoreContext, runShown, runTool } from '../harness/formsHarness';

const source = 'forms versions';

describe('what the restore form says of other versions', function () {
  let dir: string;
  let target: string;
  let made: [ServerCoordinates, string][] = [];

  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'forms-'));
    target = 'forms versions target';
  });

  afterEach(async () => {
    for (const [server, name] of made) await dropDatabase(server, name);
    made = [];
  });

  after(() => rm(dir, { recursive: true, force: true }));

  async function create(server: ServerCoordinates, name: string): Promise<void> {
    await createDatabase(server, name);
    made.push([server, name]);
  }

  /** A dump of a database with what `sql` makes. */
  async function dump(
    server: ServerCoordinates,
    format: BackupFormat,
    sql: string,
    tools = server,
  ): Promise<string> {
    await create(server, source);
    await psql(server, source, sql);
    const context = await liveBackupContext(server, source);
    const outputPath = path.join(dir, `${server.major}-${tools.major}.${format}`);
    await rm(outputPath, { recursive: true, force: true });
    const options = { ...backupDefaults(format), connectionId: 'test', outputPath };
    const [, ...args] = backupCommand(options, context, { file: '', connectionArgs: [] }).argv;
    const result = await runTool(server, source, 'pg_dump', args, tools);
    assert.equal(result.code, 0, result.stderr);
    return outputPath;
  }

  async function restore(
    server: ServerCoordinates,
    tools: ServerCoordinates,
    options: RestoreOptions,
    into = target,
  ): ReturnType<typeof runTool> {
    const context = await liveRestoreContext(server, into, options.inputPath, tools);
    const shown = restoreCommand(options, context, {
      file: '',
      connectionArgs: [`--dbname=${into}`],
    });
    const tool = context.info.format === 'plain' ? 'psql' : 'pg_restore';
    return runShown(server, into, tool, shown, tools);
  }

  const optionsFor = (inputPath: string, more: Partial<RestoreOptions> = {}): RestoreOptions => ({
    ...restoreDefaults(),
    connectionId: 'test',
    inputPath,
    ...more,
  });

  const table = 'CREATE TABLE t AS SELECT n FROM generate_series(1, 3) n;';

  it('goes on after the certain error in a target before 17', async () => {
    const old = testServer(15);
    const newest = newestServer();
    assert.ok(newest.major >= 17);
    const file = await dump(old, 'custom', table, newest);
    await create(old, target);
    const context = await liveRestoreContext(old, target, file, newest);
    const stopping = optionsFor(file);
    assert.ok(hasErrors(evaluateRestore(stopping, context)));
    const stopped = await restore(old, newest, stopping);
    assert.notEqual(stopped.code, 0);
    assert.match(stopped.stderr, /transaction_timeout/);

    const settled = applyContextDefaults(stopping, [], context);
    assert.ok(!hasErrors(evaluateRestore(settled, context)));
    const finished = await restore(old, newest, settled);
    // pg_restore counts the ignored error.
    assert.equal(finished.code, 1, finished.stderr);
    assert.equal(finished.stderr.match(/ERROR: /g)?.length, 1, finished.stderr);
    assert.equal((await psql(old, target, 'SELECT count(*) FROM t')).trim(), '3');
  });

  it('stops at errors of a script in a target before 17: what that does not know is left out', async () => {
    const old = testServer(15);
    const file = await dump(old, 'plain', table, newestServer());
    await create(old, target);
    const context = await liveRestoreContext(old, target, file, newestServer());
    assert.ok(!hasErrors(evaluateRestore(optionsFor(file), context)));
    const job = await restore(old, newestServer(), optionsFor(file));
    assert.deepEqual([job.code, job.stderr], [0, '']);
    assert.equal((await psql(old, target, 'SELECT count(*) FROM t')).trim(), '3');
  });

  it('knows which archives a pg_restore reads', async () => {
    const servers = testServers();
    const results: string[] = [];
    for (const writer of servers) {
      const file = await dump(servers[0] ?? writer, 'custom', table, writer);
      for (const reader of servers) {
        const [server] = servers;
        assert.ok(server);
        const context = await liveRestoreContext(server, source, file, reader);
        const refused = evaluateRestore(optionsFor(file), context).problems.some(
          (problem) => problem.field === 'inputPath' && problem.severity === 'error',
        );
        const listed = await runTool(server, source, 'pg_restore', ['--list', file], reader);
        const what = `an archive of ${writer.version} read by ${reader.version}`;
        if (refused) assertRefused(reader, what, listed, /unsupported version/);
        else assert.equal(listed.code, 0, `${what}: ${listed.stderr}`);
        results.push(`${writer.major}${refused ? '✗' : '✓'}${reader.major}`);
      }
      for (const [server, name] of made) await dropDatabase(server, name);
      made = [];
    }
    assert.ok(results.some((result) => result.includes('✗')));
  });

  const partitioned = `
    CREATE TABLE log (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE TABLE log_2023 PARTITION OF log FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
    INSERT INTO log VALUES (1, '2023-05-05');`;

  for (const { major } of [{ major: 13 }, { major: 17 }]) {
    it(`does not stop when partitions are cleaned (${major})`, async () => {
      const server = testServer(major);
      const file = await dump(server, 'custom', partitioned);
      const context = await liveRestoreContext(server, source, file);
      assert.ok(context.info.warnings.includes('attachedIndexes'));
      const cleaning = restoreOptionsOf(
        choose(beginChoices(optionsFor(file)), { clean: true }),
        context,
      );
      assert.equal(cleaning.exitOnError, false);
      const insisting = { ...cleaning, exitOnError: true };
      const warned = evaluateRestore(insisting, context).problems.map((problem) => problem.field);
      assert.deepEqual(warned, ['clean']);

      const stopped = await restore(server, server, insisting, source);
      const finished = await restore(server, server, cleaning, source);
      assertHabit(server, 'pg_restore drops attached indexes, which fails', () => {
        assert.equal(stopped.code, 1);
        assert.doesNotMatch(stopped.stderr, /errors ignored/);
        assert.equal(finished.code, 1);
        assert.match(finished.stderr, /errors ignored on restore/);
      });
      assert.equal((await psql(server, source, 'SELECT count(*) FROM log')).trim(), '1');
    });
  }

  it('stops at what is not there when it cleans without "if exists"', async () => {
    const server = newestServer();
    const file = await dump(server, 'custom', table);
    await create(server, target);
    const bare = optionsFor(file, { clean: true });
    const stopped = await restore(server, server, bare);
    assertRefused(server, 'pg_restore --clean of what is not there', stopped, /does not exist/);
    assert.equal((await restore(server, server, { ...bare, ifExists: true })).code, 0);
  });

  it('knows that a script with large objects is not undone', async () => {
    const server = newestServer();
    const file = await dump(server, 'plain', `${table} SELECT lo_from_bytea(4242, 'x');`);
    const failing = path.join(dir, 'failing.sql');
    await writeFile(failing, `${await readFile(file, 'utf8')}\nSELECT 1 / 0;\n`);
    await create(server, target);
    const context = await liveRestoreContext(server, target, failing);
    const options = optionsFor(failing, { singleTransaction: true });
    const { problems } = evaluateRestore(options, context);
    assert.ok(problems.some((problem) => problem.field === 'singleTransaction'));
    assert.notEqual((await restore(server, server, options)).code, 0);
    const left = await psql(server, target, "SELECT count(*) FROM pg_class WHERE relname = 't'");
    assert.equal(left.trim(), '1');
  });

  it('undoes a script without large objects', async () => {
    const server = newestServer();
    const file = await dump(server, 'plain', table);
    const failing = path.join(dir, 'failing.sql');
    // Before the line that ends pg_dump's own restriction, so that it still counts as whole.
    await writeFile(failing, `${await readFile(file, 'utf8')}\nSELECT 1 / 0;\n`);
    await create(server, target);
    const context = await liveRestoreContext(server, target, failing);
    const options = optionsFor(failing, { singleTransaction: true });
    assert.ok(
      !evaluateRestore(options, context).problems.some((p) => p.field === 'singleTransaction'),
    );
    assert.notEqual((await restore(server, server, options)).code, 0);
    const left = await psql(server, target, "SELECT count(*) FROM pg_class WHERE relname = 't'");
    assert.equal(left.trim(), '0');
  });

  it('refuses a server that is newer than pg_dump, as pg_dump does', async () => {
    const [oldest] = testServers();
    const newest = newestServer();
    assert.ok(oldest);
    const context = await liveBackupContext(newest, 'postgres');
    const older = await liveBackupContext(oldest, 'postgres');
    const outputPath = path.join(dir, 'refused.sql');
    const options = { ...backupDefaults('plain'), connectionId: 'test', outputPath };
    const [, ...args] = backupCommand(options, older, { file: '', connectionArgs: [] }).argv;
    const result = await runTool(newest, 'postgres', 'pg_dump', args, oldest);
    assert.equal(result.code, 1);
    assert.match(result.stderr, /server version mismatch/);
    const { problems } = evaluateBackup(options, { ...context, tool: older.tool });
    assert.deepEqual(
      problems.map((problem) => problem.field),
      ['connectionId'],
    );
  });
});
