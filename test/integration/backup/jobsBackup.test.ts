import assert from 'node:assert/strict';
import { lstatSync, readdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buildConnection } from '../../../src/core/connections/libpq';
import type { PasswordProvider } from '../../../src/core/connections/passwords';
import { isLeftoverOutput } from '../../../src/core/archive/file/unfinished';
import { AppError } from '../../../src/core/errors';
import type { StartTool } from '../../../src/core/jobs/job/startTool';
import { spawnTool } from '../../../src/core/jobs/tool/toolProcess';
import { jobProblems } from '../../../src/core/pgtools/stderr/problems/jobProblems';
import { psql } from '../../support/machine/psql';
import { ensurePostgres } from '../../support/install/postgres';
import { createSampleDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { until } from '../../support/until';
import { JobHarness, processesWith } from '../harness/jobHarness';

describe('a backup job', function () {
  let server: PgServer;
  let jobs: JobHarness;
  before(async () => {
    const [install] = await ensurePostgres([17]);
    assert.ok(install);
    server = await startServer(install);
    await createSampleDatabase(server, 'sample', 'small');
    jobs = await JobHarness.create([install.binDir]);
    jobs.connect('main', server, 'sample');
  });
  after(async () => {
    await jobs?.dispose();
    await server?.stop();
  });

  it('tells what it did, in plain JSON and without the password', async () => {
    const outputPath = jobs.path('told.dump');
    const job = await jobs.backup({ connectionId: 'main', outputPath, compression: 0 });
    assert.equal(job.status, 'completed');
    assert.equal(job.type, 'backup');
    assert.equal(job.outputPath, outputPath);
    assert.equal(job.sizeBytes, (await stat(outputPath)).size);
    assert.equal(job.exitCode, 0);
    assert.ok(job.command[0]?.endsWith('/pg_dump'));
    assert.ok(job.command.includes('--compress=0'));
    assert.ok(job.command.includes(`--file=${outputPath}`));
    assert.ok(job.command.includes('--dbname=sample'));
    assert.ok(job.startTime && job.endTime && job.startTime <= job.endTime);
    assert.match(job.startTime, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.ok(job.output.some((line) => line.includes('dumping contents of table "app.orders"')));
    assert.deepEqual(JSON.parse(JSON.stringify(job)), job);
    assert.deepEqual(jobs.manager.get(job.id), job);
    assert.ok(!JSON.stringify(jobs.manager.list()).includes(server.password));
  });

  it('takes another database of the server by its name', async () => {
    const outputPath = jobs.path('other.dump');
    const job = await jobs.backup({ connectionId: 'main', database: 'postgres', outputPath });
    assert.equal(job.status, 'completed', JSON.stringify(job.failure));
    assert.ok(job.command.includes('--dbname=postgres'));
    const missing = await jobs.backup({
      connectionId: 'main',
      database: 'nowhere',
      outputPath: jobs.path('nowhere.dump'),
    });
    assert.equal(missing.failure?.code, 'databaseMissing');
    const server = await jobs.backup({
      connectionId: 'main',
      database: 'postgres',
      scope: 'globals',
      format: 'plain',
      compression: 0,
      outputPath: jobs.path('globals.sql'),
    });
    assert.equal(server.failure?.code, 'optionInvalid', 'pg_dumpall takes no database');
  });

  it('goes through a link to where that leads, and says so', async () => {
    await mkdir(jobs.path('far'));
    await symlink('far/real.dump', jobs.path('link.dump'));
    const [outputPath, real] = [jobs.path('link.dump'), jobs.path('far/real.dump')];
    const refused = await jobs.backup({ connectionId: 'main', outputPath });
    assert.equal(refused.failure?.code, 'outputExists');
    const job = await jobs.backup({ connectionId: 'main', outputPath }, true);
    assert.equal(job.status, 'completed', JSON.stringify(job.failure));
    assert.equal(job.outputPath, real);
    assert.ok(job.command.includes(`--file=${real}`));
    assert.ok(job.output.some((line) => line.includes('link.dump') && line.includes(real)));
    assert.ok((await lstat(outputPath)).isSymbolicLink());
    assert.deepEqual(await readdir(jobs.path('far')), ['real.dump']);
    assert.ok((await jobs.records.find(outputPath))?.made, 'known by either path');
    assert.deepEqual(await jobs.leftovers(), []);
  });

  it('calls a disk full on which only the file did not fit that it joins of the members', async () => {
    const startTool: StartTool = (command, io) => {
      for (const name of readdirSync(full.dir).filter(isLeftoverOutput)) {
        const partial = full.path(name);
        if (!lstatSync(partial).isFile()) continue;
        rmSync(partial);
        symlinkSync('/dev/full', partial);
      }
      return spawnTool(command, io);
    };
    const full = await JobHarness.create([server.binDir], { startTool });
    try {
      full.connect('main', server, 'sample');
      const outputPath = full.path('joined.dump');
      await writeFile(outputPath, 'older');
      const job = await full.backup({ connectionId: 'main', outputPath, jobs: 2 }, true);
      assert.equal(job.failure?.code, 'outputNotWritable', job.status);
      const [problem, ...more] = jobProblems(job);
      assert.deepEqual([problem?.kind, more], ['outputFull', []], JSON.stringify(job.errors));
      assert.deepEqual(
        problem?.remedies.map(({ id }) => id),
        ['otherOutput'],
      );
      assert.equal(await readFile(outputPath, 'utf8'), 'older');
      assert.deepEqual(await full.leftovers(), []);
    } finally {
      await full.dispose();
    }
  });

  it('gives the password to the tool by its environment alone', async () => {
    const seen: string[] = [];
    const startTool: StartTool = (command, io) => {
      const tool = spawnTool(command, io);
      seen.push(...processesWith('pg_dump'));
      assert.equal(command.env['PGPASSWORD'], server.password);
      return tool;
    };
    const watched = await JobHarness.create([server.binDir], { startTool });
    try {
      watched.connect('main', server, 'sample');
      const job = await watched.backup({ connectionId: 'main', outputPath: watched.path('x') });
      assert.equal(job.status, 'completed');
      assert.ok(seen.length > 0);
      assert.ok(!seen.join('\n').includes(server.password));
    } finally {
      await watched.dispose();
    }
  });

  it('asks for a password when the server wants one, and again when it was wrong', async () => {
    const answers = ['wrong', server.password];
    const asked: string[] = [];
    const passwords: PasswordProvider = {
      accepted: () => Promise.resolve(),
      get: async () => undefined,
      request: async (profile, reason) => {
        asked.push(`${profile.id} ${reason}`);
        return answers.shift();
      },
    };
    const asking = await JobHarness.create([server.binDir], { passwords });
    try {
      asking.connect('main', server, 'sample');
      const job = await asking.backup({ connectionId: 'main', outputPath: asking.path('x') });
      assert.equal(job.status, 'completed', asking.manager.failure(job.id)?.message);
      assert.deepEqual(asked, ['main missing', 'main rejected']);
    } finally {
      await asking.dispose();
    }
  });

  it('can be cancelled while it asks for a password', async () => {
    let asking = false;
    const passwords: PasswordProvider = {
      accepted: () => Promise.resolve(),
      get: async () => undefined,
      request: (_profile, _reason, signal) =>
        new Promise((resolve) => {
          asking = true;
          signal?.addEventListener('abort', () => resolve(undefined));
        }),
    };
    const harness = await JobHarness.create([server.binDir], { passwords });
    try {
      harness.connect('main', server, 'sample');
      const outputPath = harness.path('x');
      const { job } = harness.startBackup({ connectionId: 'main', outputPath });
      assert.ok(await until(() => asking));
      assert.equal((await harness.manager.cancel(job.id)).status, 'cancelled');
      assert.deepEqual(await readdir(harness.dir), []);
    } finally {
      await harness.dispose();
    }
  });

  it('replaces an older file only when told to, and a directory too', async () => {
    for (const format of ['custom', 'directory'] as const) {
      const outputPath = jobs.path(`twice.${format}`);
      const options = { connectionId: 'main', outputPath, format };
      assert.equal((await jobs.backup(options)).status, 'completed');
      const before = await stat(outputPath);
      const refused = await jobs.backup(options);
      assert.ok(AppError.is(jobs.manager.failure(refused.id), 'outputExists'));
      assert.equal((await stat(outputPath)).ino, before.ino);
      assert.equal((await jobs.backup(options, true)).status, 'completed');
      assert.notEqual((await stat(outputPath)).ino, before.ino);
      assert.deepEqual(await jobs.leftovers(), []);
    }
  });

  it('takes tables as strings, looked up in the live catalog', async () => {
    const outputPath = jobs.path('strings.sql');
    const job = await jobs.backup({
      connectionId: 'main',
      outputPath,
      format: 'plain',
      tables: [
        'Sales Dept.Order Details',
        'public.star*tab',
        { schema: 'public', name: 'dot.tab' },
      ] as never,
    });
    assert.equal(job.status, 'completed', jobs.manager.failure(job.id)?.message);
    const tables = [...(await readFile(outputPath, 'utf8')).matchAll(/^CREATE TABLE (.*) \($/gm)];
    assert.deepEqual(tables.map(([, name]) => name).sort(), [
      '"Sales Dept"."Order Details"',
      'public."dot.tab"',
      'public."star*tab"',
    ]);
    assert.deepEqual((job.options as { tables: unknown }).tables, [
      { schema: 'Sales Dept', name: 'Order Details' },
      { schema: 'public', name: 'star*tab' },
      { schema: 'public', name: 'dot.tab' },
    ]);
    assert.equal(job.progress?.objectsTotal, 3);
  });

  it('gives nothing a final name that is not whole, even after exit 0', async () => {
    for (const format of ['custom', 'tar', 'plain'] as const) {
      const cutting: StartTool = (command, io) => {
        const tool = spawnTool(command, io);
        const file = command.args.find((arg) => arg.startsWith('--file='))?.slice(7) ?? '';
        const exit = tool.exit.then((how) => {
          truncateSync(file, 20_000);
          return how;
        });
        return { ...tool, exit };
      };
      const broken = await JobHarness.create([server.binDir], { startTool: cutting });
      try {
        broken.connect('main', server, 'sample');
        const outputPath = broken.path('x');
        await writeFile(outputPath, 'older');
        const job = await broken.backup({ connectionId: 'main', outputPath, format }, true);
        assert.equal(job.status, 'failed', format);
        assert.ok(AppError.is(broken.manager.failure(job.id), 'archiveDamaged'));
        assert.deepEqual(await readdir(broken.dir), ['x']);
        assert.equal(await readFile(outputPath, 'utf8'), 'older');
      } finally {
        await broken.dispose();
      }
    }
  });

  it('does several at once', async () => {
    const handles = Array.from({ length: 4 }, (_, i) =>
      jobs.startBackup({ connectionId: 'main', outputPath: jobs.path(`many.${i}`) }),
    );
    for (const { finished } of handles) assert.equal((await finished).status, 'completed');
    assert.deepEqual(await jobs.leftovers(), []);
  });

  it('is not harmed by a listener that throws', async () => {
    const stop = jobs.manager.onUpdate(() => {
      throw new Error('listener');
    });
    const stopLines = jobs.manager.onLines(() => {
      throw new Error('listener');
    });
    const job = await jobs.backup({ connectionId: 'main', outputPath: jobs.path('listener') });
    stop();
    stopLines();
    assert.equal(job.status, 'completed');
  });

  it('runs beside inherited variables that would lead elsewhere', async () => {
    const astray = await JobHarness.create([server.binDir], {
      inherited: {
        PGHOSTADDR: '192.0.2.1',
        PGOPTIONS: '-c default_transaction_read_only=bad',
        PGSSLMODE: 'disable',
      },
    });
    try {
      astray.connect('main', server, 'sample');
      const job = await astray.backup({ connectionId: 'main', outputPath: astray.path('x') });
      assert.equal(job.status, 'completed', astray.manager.failure(job.id)?.message);
    } finally {
      await astray.dispose();
    }
  });

  describe('its tool', () => {
    /** psql that sleeps on the server, as an example of a tool that runs. */
    const sleeping = (sql: string): Parameters<StartTool>[0] => {
      const { host, port, user } = server;
      const connection = buildConnection(
        { id: 'x', host, port, user, database: 'sample' },
        {
          password: server.password,
          applicationName: 'tool-test',
          inherited: {},
          connectTimeoutSeconds: 5,
        },
      );
      const args = ['-X', '-w', '-c', sql, ...connection.args];
      return { tool: 'psql', file: `${server.binDir}/psql`, args, env: connection.env };
    };

    it('hands over its output and how it ended', async () => {
      const chunks: string[] = [];
      const tool = spawnTool(sleeping(`SELECT 'out'; DO $$ BEGIN RAISE NOTICE 'err'; END $$`), {
        onChunk: (chunk, from) => chunks.push(`${from}: ${chunk.toString()}`),
      });
      assert.ok(tool.pid !== undefined);
      assert.deepEqual(await tool.exit, { code: 0, signal: null, startFailure: null });
      assert.match(chunks.join(''), /stdout: .*\n.*\n out/);
      assert.match(chunks.join(''), /stderr: NOTICE: {2}err/);
      tool.interrupt();
      tool.kill();
    });

    it('stops when interrupted, and when killed', async () => {
      const io = { onChunk: () => undefined };
      const polite = spawnTool(sleeping('SELECT pg_sleep(60)'), io);
      await until(() => processesWith('pg_sleep').length > 0);
      polite.interrupt();
      assert.notEqual((await polite.exit).code, 0);
      const stubborn = spawnTool(sleeping('SELECT pg_sleep(61)'), io);
      stubborn.kill();
      assert.equal((await stubborn.exit).signal, 'SIGKILL');
    });

    it('never takes an input that fails for one that has ended', async () => {
      async function* script(): AsyncGenerator<string> {
        yield 'CREATE TABLE public.half ();\n';
        // Until psql has run it.
        await until(() => output.includes('CREATE TABLE'));
        throw new Error('damaged');
      }
      let output = '';
      const command = sleeping('');
      const args = ['-X', '-w', '-1', '-f', '-', ...command.args.slice(4)];
      const tool = spawnTool(
        { ...command, args },
        { onChunk: (chunk) => (output += chunk.toString()), stdin: Readable.from(script()) },
      );
      assert.equal((await tool.exit).signal, 'SIGKILL');
      assert.match(output, /CREATE TABLE/);
      const sql = `SELECT count(*) FROM pg_class WHERE relname = 'half';`;
      assert.equal((await psql(server, 'sample', sql)).trim(), '0');
    });

    it('that cannot be started says why', async () => {
      const tool = spawnTool(
        { ...sleeping(''), file: '/nonexistent' },
        { onChunk: () => undefined },
      );
      assert.equal(tool.pid, undefined);
      assert.deepEqual(await tool.exit, { code: null, signal: null, startFailure: 'ENOENT' });
    });
  });
});
