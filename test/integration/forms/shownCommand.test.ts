import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildConnection } from '../../../src/core/connections/libpq';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { restoreListText } from '../../../src/core/jobs/restore/leaveOut';
import { inputPipe } from '../../../src/core/plans/inputPipe';
import {
  backupCommand,
  KEY_PLACEHOLDER,
  LIST_PLACEHOLDER,
  restoreCommand,
} from '../../../src/core/plans/preview';
import type { BackupJob } from '../../../src/core/model/job';
import type { BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import { run } from '../../support/machine/run';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { testServer } from '../../support/servers';
import { liveBackupContext, liveRestoreContext } from '../harness/formsHarness';
import { JobHarness } from '../harness/jobHarness';

describe('the command that a form shows', function () {
  const server = testServer(17);
  const database = 'shown source';
  const target = 'shown target';
  let jobs: JobHarness;

  before(async () => {
    jobs = await JobHarness.create([server.binDir]);
    for (const name of [database, target]) await createDatabase(server, name);
    await psql(
      server,
      database,
      `CREATE SCHEMA app; CREATE TABLE app.orders (n int); CREATE TABLE app."Odd, name" (n int);
       INSERT INTO app.orders VALUES (1);`,
    );
    jobs.connect('source', server, database);
    jobs.connect('target', server, target);
  });
  after(async () => {
    await jobs.dispose();
    for (const name of [database, target]) await dropDatabase(server, name);
  });

  const connectionArgs = (name: string, kind: 'args' | 'dumpallArgs'): string[] => {
    const { host, port, user } = server;
    const profile = { id: 'x', host, port, user, database: name };
    const input = { password: undefined, applicationName: 'x', connectTimeoutSeconds: 15 };
    return buildConnection(profile, { ...input, inherited: {}, database: undefined })[kind];
  };
  const tool = (name: string): string => path.join(server.binDir, name);
  const ended = (job: BackupJob): void => {
    assert.equal(job.status, 'completed', JSON.stringify([job.errors, job.failure]));
  };

  const backups: Record<string, Partial<BackupOptions>> = {
    'of everything, custom': {},
    'plain, compressed': { format: 'plain', compression: 6 },
    'a directory, with workers': { format: 'directory', jobs: 2 },
    tar: { format: 'tar', compression: 0 },
    'of some tables': { tables: [{ schema: 'app', name: 'Odd, name' }], schemas: null },
    'without some': { excludeTables: [{ schema: 'app', name: 'orders' }] },
    'of the whole server': { format: 'plain', compression: 0, scope: 'server' },
    'of globals': { format: 'plain', compression: 0, scope: 'globals' },
  };
  for (const [name, options] of Object.entries(backups)) {
    it(`is what runs: a backup ${name}`, async () => {
      const outputPath = jobs.path(name.replaceAll(/\W/g, '-'));
      const format = options.format ?? 'custom';
      const whole = { ...backupDefaults(format), ...options, connectionId: 'source', outputPath };
      const cluster = whole.scope !== 'database';
      const job = await jobs.backup(whole);
      ended(job);
      const shown = backupCommand(whole, await liveBackupContext(server, database), {
        file: tool(cluster ? 'pg_dumpall' : 'pg_dump'),
        connectionArgs: connectionArgs(database, cluster ? 'dumpallArgs' : 'args'),
      });
      assert.deepEqual(shown.argv, job.command);
      assert.deepEqual([shown.stdin, shown.madeLater], [null, null]);
    });
  }

  const restore = async (
    inputPath: string,
    options: Partial<RestoreOptions> = {},
  ): Promise<[ReturnType<typeof restoreCommand>, BackupJob]> => {
    await psql(server, target, 'DROP SCHEMA IF EXISTS app CASCADE;');
    const whole = { ...restoreDefaults(), ...options, connectionId: 'target', inputPath };
    const context = await liveRestoreContext(server, target, inputPath);
    const script = context.info.format === 'plain';
    const shown = restoreCommand(whole, context, {
      file: tool(script ? 'psql' : 'pg_restore'),
      connectionArgs: connectionArgs(target, 'args'),
    });
    const job = await jobs.restore(whole);
    ended(job);
    return [shown, job];
  };
  const dump = async (name: string, options: Partial<BackupOptions>): Promise<string> => {
    const outputPath = jobs.path(name);
    ended(await jobs.backup({ ...options, connectionId: 'source', outputPath }, true));
    return outputPath;
  };
  /** The command without names that are new in each run. */
  const withoutMade = (argv: readonly string[]): string[] =>
    argv.map((arg) =>
      arg
        .replace(/^(--command=\\restrict )\w+$/, `$1${KEY_PLACEHOLDER}`)
        .replace(/^--use-list=.*$/, `--use-list=${LIST_PLACEHOLDER}`),
    );

  it('is what runs: a restore of an archive, whole and of some tables', async () => {
    const archive = await dump('x.dump', {});
    const [whole, wholeJob] = await restore(archive);
    assert.deepEqual(whole.argv, wholeJob.command);
    assert.equal(whole.madeLater, null);
    const [some, job] = await restore(archive, { tables: [{ schema: 'app', name: 'orders' }] });
    assert.deepEqual(some.argv, withoutMade(job.command));
    assert.equal(some.madeLater, LIST_PLACEHOLDER);
  });

  it('runs when it is pasted: with the list that is saved for it', async () => {
    const inputPath = await dump('listed.dump', {});
    await psql(server, target, 'DROP SCHEMA IF EXISTS app CASCADE;');
    const tables = [{ schema: 'app', name: 'orders' }];
    const options = { ...restoreDefaults(), connectionId: 'target', inputPath, tables };
    const context = await liveRestoreContext(server, target, inputPath);
    const { host, port, user, password } = server;
    const connection = buildConnection(
      { id: 'x', host, port, user, database: target },
      { password, applicationName: 'x', connectTimeoutSeconds: 15, inherited: {} },
    );
    assert.ok(context.server);
    const text = await restoreListText({
      ...{ options, info: context.info, server: context.server },
      ...{ psql: tool('psql'), target: connection, created: false },
    });
    const listFile = jobs.path('saved.list');
    await writeFile(listFile, text ?? '');
    const shown = restoreCommand(options, context, {
      ...{ file: tool('pg_restore'), connectionArgs: connection.args, listFile },
    });
    assert.equal(shown.madeLater, null);
    const [file = '', ...args] = shown.argv;
    await run(file, args, { env: connection.env });
    assert.equal(
      await psql(
        server,
        target,
        `SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'app';`,
      ),
      'orders',
    );
  });

  it('is what runs: scripts as they are, compressed, and with commands of pg_dump', async () => {
    const withCommands = await dump('x.sql', { format: 'plain', compression: 0 });
    const text = await readFile(withCommands, 'utf8');
    assert.match(text, /^\\restrict /m);
    const bare = jobs.path('bare.sql');
    await writeFile(bare, text.replaceAll(/^\\(?:un)?restrict .*$/gm, ''));
    const packed = jobs.path('packed.sql.gz');
    await writeFile(packed, gzipSync(await readFile(bare)));
    const inputs: Record<string, string | null> = {
      [bare]: null,
      [packed]: 'unpacked',
      [withCommands]: 'without commands',
    };
    for (const [file, expected] of Object.entries(inputs)) {
      const [{ argv, stdin }, job] = await restore(file);
      assert.deepEqual(argv, withoutMade(job.command), file);
      assert.equal(argv.includes('--file=-'), expected !== null);
      const told = stdin && (stdin.edits ? 'without commands' : 'unpacked');
      assert.equal(told, expected, file);
      const pipe = stdin && inputPipe(stdin, 'bash');
      if (expected !== 'unpacked') assert.equal(pipe, null);
      else {
        const unpacked = await run('bash', ['-c', `${pipe ?? ''} cat`]);
        assert.equal(`${unpacked}\n`, await readFile(bare, 'utf8'));
      }
    }
  });
});
