import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { readToc } from '../../src/core/archive/tocReader';
import type { FailureCause } from '../../src/core/errors';
import type { TableRef } from '../../src/core/forms/options';
import { buildDumpArgs, type DumpOptions } from '../../src/core/pgtools/browser/dumpArgs';
import { parseVersion } from '../../src/core/pgtools/browser/parseVersion';
import { buildQueryArgs, buildScriptArgs } from '../../src/core/pgtools/browser/psqlArgs';
import { buildRestoreArgs } from '../../src/core/pgtools/browser/restoreArgs';
import { ErrorCollector } from '../../src/core/pgtools/errorCollector';
import { findTools } from '../../src/core/pgtools/locate';
import { classifyFailure } from '../../src/core/pgtools/stderr/failureCause';
import { startsEntry } from '../../src/core/pgtools/stderr/toolEvents';
import { StderrParser } from '../../src/core/pgtools/stderrParser';
import type { DumpSelection, ToolName, ToolVersion } from '../../src/core/pgtools/types';
import { libpqEnv, psql, psqlJson, quoteIdent } from '../support/machine/psql';
import type { ServerCoordinates } from '../support/machine/server';
import { testServer, testServers } from '../support/servers';

const options: DumpOptions = {
  format: 'custom',
  compression: 1,
  includeSchema: true,
  includeData: true,
  includePrivileges: true,
  includeOwnership: true,
  jobs: 1,
  lockWaitTimeout: 0,
  noSync: true,
  encoding: null,
  toolOptions: {},
  extraArgs: [],
};

const everything: DumpSelection = {
  schemas: [],
  tables: [],
  excludeSchemas: [],
  excludeTables: [],
  excludeTableData: [],
  largeObjects: null,
  extensions: null,
};

/** Names that mean something else as patterns, each next to one that such a pattern would match. */
const oddNames = [
  ...['star*tab', 'starXtab', 'q?tab', 'qXtab', 'dot.tab', 'dotXtab', 'dollar$tab', 'paren(tab)'],
  ...['pipe|tab', 'pipe', 'back\\slash', 'backslash', 'plus+tab', 'pluss', 'br[ack]et', 'bra'],
  ...['"quoted"', 'quoted', "it's", 'MixedCase', 'mixedcase', 'new\nline', ' lead', 'lead'],
  ...['trail ', 'trail', 'tab\ttab', '-dash', 'semi;colon', 'select', 'таблица', 'табXица', 'é😀'],
  ...['under_score', 'underXscore', '^caret', '{brace}', '*', '%', '=', 'a,b'],
];

const restoreOptions = {
  schemaOnly: false,
  dataOnly: false,
  clean: false,
  ifExists: false,
  noOwner: false,
  noPrivileges: false,
  exitOnError: false,
  singleTransaction: false,
  jobs: 1,
  disableTriggers: false,
  toolOptions: {},
  extraArgs: [],
};

describe('the tools, run as built', function () {
  this.timeout(120_000);
  let dir = '';
  const created: [ServerCoordinates, string][] = [];
  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'pgtools-'));
  });
  after(async () => {
    await rm(dir, { recursive: true, force: true });
    for (const [server, name] of created) {
      await psql(server, 'postgres', `DROP DATABASE IF EXISTS ${quoteIdent(name)}`);
    }
  });

  async function createDatabase(
    server: ServerCoordinates,
    name: string,
    more = '',
  ): Promise<string> {
    created.push([server, name]);
    await psql(server, 'postgres', `CREATE DATABASE ${quoteIdent(name)} ${more}`);
    return name;
  }

  function versionOf(server: ServerCoordinates): ToolVersion {
    const parsed = parseVersion(`pg_dump (PostgreSQL) ${server.version}`);
    assert.ok(parsed);
    return parsed.version;
  }

  async function run(
    server: ServerCoordinates,
    tool: ToolName,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<{ exitCode: number | undefined; stderr: string; stdout: string }> {
    const result = await execa(path.join(server.binDir, tool), args, {
      reject: false,
      stdin: 'ignore',
      // libpq and patterns take the client encoding from the arguments alone.
      env: { ...libpqEnv(server, 'postgres'), PGCLIENTENCODING: undefined, LC_ALL: 'C', ...env },
      timeout: 60_000,
    });
    return { exitCode: result.exitCode, stderr: result.stderr, stdout: result.stdout };
  }

  async function dump(
    server: ServerCoordinates,
    database: string,
    file: string,
    selection: Partial<DumpSelection> = {},
    changes: Partial<DumpOptions> = {},
    databaseEncoding: string | null = 'UTF8',
  ): Promise<{ exitCode: number | undefined; stderr: string }> {
    const args = buildDumpArgs(
      {
        options: { ...options, ...changes },
        selection: { ...everything, ...selection },
        file,
        connectionArgs: [`--dbname=${database}`],
        databaseEncoding,
      },
      versionOf(server),
    );
    return run(server, 'pg_dump', args);
  }

  async function restore(
    server: ServerCoordinates,
    database: string,
    archive: string,
    changes: Partial<typeof restoreOptions> = {},
  ): Promise<{ exitCode: number | undefined; stderr: string }> {
    const args = buildRestoreArgs(
      {
        options: { ...restoreOptions, ...changes },
        listFile: null,
        archive,
        connectionArgs: [`--dbname=${database}`],
      },
      versionOf(server),
    );
    return run(server, 'pg_restore', args);
  }

  function read(stderr: string): { collector: ErrorCollector; entries: number } {
    const collector = new ErrorCollector();
    let entries = 0;
    const parser = new StderrParser((_line, events) => {
      for (const event of events) {
        collector.add(event);
        if (startsEntry(event)) entries++;
      }
    });
    parser.push(Buffer.from(stderr));
    parser.end();
    collector.end();
    return { collector, entries };
  }

  function tablesOf(server: ServerCoordinates, database: string): Promise<TableRef[]> {
    return psqlJson<TableRef[]>(
      server,
      database,
      `SELECT coalesce(json_agg(json_build_object('schema', schemaname, 'name', tablename)
         ORDER BY schemaname COLLATE "C", tablename COLLATE "C"), '[]')
       FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
  }

  /** The tables that an archive defines, ordered as by `tablesOf`. */
  async function tablesIn(archive: string): Promise<TableRef[]> {
    const toc = await readToc(archive);
    const found: TableRef[] = [];
    for (const entry of toc.entries()) {
      if (entry.desc === 'TABLE') found.push({ schema: entry.schema ?? '', name: entry.tag });
    }
    return sorted(found);
  }

  function sorted(tables: TableRef[]): TableRef[] {
    const bytes = (t: TableRef): Buffer => Buffer.from(`${t.schema}\0${t.name}`);
    return tables.sort((a, b) => Buffer.compare(bytes(a), bytes(b)));
  }

  async function oddDatabase(server: ServerCoordinates): Promise<string> {
    const name = await createDatabase(server, 'pgtools odd');
    const statements = oddNames.flatMap((table) => [
      `CREATE TABLE ${quoteIdent(table)} (a int);`,
      `CREATE SCHEMA ${quoteIdent(`s ${table}`)};`,
      `CREATE TABLE ${quoteIdent(`s ${table}`)}."T" (a int);`,
    ]);
    await psql(server, name, statements.join('\n'));
    return name;
  }

  it('finds these tools', async () => {
    const dirs = testServers().map((s) => s.binDir);
    const { installs, rejected } = await findTools({
      env: { PATH: dirs.join(':') },
      platform: process.platform,
      homeDir: '/nonexistent',
      excludeDirs: [],
      places: dirs,
    });
    assert.deepEqual(rejected, []);
    assert.deepEqual(
      installs.map((i) => [i.dir, i.version.text, Object.keys(i.tools).length]),
      testServers().map((s) => [s.binDir, s.version, 4]),
    );
  });

  it('dumps exactly the tables and schemas that are named, whatever the names', async () => {
    for (const server of testServers()) {
      const database = await oddDatabase(server);
      // Each name is once among the chosen and once among the others.
      for (const half of [0, 1]) {
        const chosen = oddNames.filter((_, i) => i % 2 === half);
        const tables = chosen.map((name) => ({ schema: 'public', name }));
        const schemas = chosen.map((name) => `s ${name}`);
        const runs: [string, Partial<DumpSelection>, TableRef[]][] = [
          ['tables', { tables }, tables],
          ['schemas', { schemas }, schemas.map((schema) => ({ schema, name: 'T' }))],
          [
            'exclusions',
            { schemas: ['public'], excludeTables: tables },
            oddNames.filter((n) => !chosen.includes(n)).map((name) => ({ schema: 'public', name })),
          ],
        ];
        for (const [what, selection, expected] of runs) {
          const file = path.join(dir, `${String(server.major)}.${what}.${String(half)}`);
          const dumped = await dump(server, database, file, selection);
          assert.equal(dumped.exitCode, 0, dumped.stderr);
          assert.deepEqual(await tablesIn(file), sorted(expected), `${server.version} ${what}`);
        }
      }
      await psql(server, 'postgres', 'DROP DATABASE "pgtools odd"');
    }
  });

  it('finds names beyond ASCII in a database of another encoding', async () => {
    for (const server of testServers()) {
      const database = await createDatabase(
        server,
        'pgtools_latin1',
        `ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
      );
      await psql(server, database, 'CREATE TABLE "café" (a int); CREATE TABLE cafe (a int)');
      const file = path.join(dir, `${String(server.major)}.latin1`);
      const tables = [{ schema: 'public', name: 'café' }];
      const dumped = await dump(server, database, file, { tables }, {}, 'LATIN1');
      assert.equal(dumped.exitCode, 0, dumped.stderr);
      const target = await createDatabase(server, 'pgtools_from_latin1');
      assert.equal((await restore(server, target, file)).exitCode, 0);
      assert.deepEqual(await tablesOf(server, target), tables);
    }
  });

  it('says one line for each entry that pg_restore goes through, and every error once', async () => {
    for (const server of testServers()) {
      const database = await createDatabase(server, 'pgtools_entries');
      await psql(
        server,
        database,
        `CREATE SCHEMA app;
         CREATE TABLE app.parent (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
         CREATE TABLE app.child (id int REFERENCES app.parent, t text);
         CREATE INDEX ON app.child (t);
         COMMENT ON TABLE app.child IS 'x';
         CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'select 1';
         INSERT INTO app.parent DEFAULT VALUES;
         INSERT INTO app.child VALUES (1, 'a');
         SELECT lo_from_bytea(0, 'x');`,
      );
      const file = path.join(dir, `${String(server.major)}.entries`);
      assert.equal((await dump(server, database, file)).exitCode, 0);
      const listed = (await run(server, 'pg_restore', ['--list', file])).stdout;
      const entries = listed.split('\n').filter((line) => /^\d+;/.test(line)).length;

      const target = await createDatabase(server, 'pgtools_entries_copy');
      const first = await restore(server, target, file);
      assert.equal(first.exitCode, 0, first.stderr);
      assert.equal(read(first.stderr).entries, entries, server.version);

      const again = await restore(server, target, file);
      assert.equal(again.exitCode, 1);
      const { collector } = read(again.stderr);
      assert.equal(collector.total, collector.ignored);
      assert.ok(collector.total >= 8, String(collector.total));
      assert.ok(collector.errors.every((e) => e.dumpId !== undefined && e.object !== undefined));
      const table = collector.errors.find((e) => e.message === 'relation "child" already exists');
      assert.match(table?.sql ?? '', /^CREATE TABLE app\.child \(\n.*\);$/s);

      const parallel = await restore(server, target, file, { jobs: 3 });
      // Workers write prefix and text by themselves: a line can be torn beyond recognition.
      const { total } = read(parallel.stderr).collector;
      assert.ok(total <= collector.total && total >= collector.total - 1, parallel.stderr);
      await psql(server, 'postgres', 'DROP DATABASE pgtools_entries_copy');
    }
  });

  it('takes only the one harmless error of a newer pg_restore for harmless', async () => {
    const old = testServer(15);
    const database = await createDatabase(old, 'pgtools_harmless');
    const file = path.join(dir, 'harmless');
    await psql(old, database, 'CREATE TABLE a (i int)');
    assert.equal((await dump(old, database, file)).exitCode, 0);
    for (const newer of [testServer(17), testServer(18)]) {
      const target = await createDatabase(old, `pgtools_harmless_${String(newer.major)}`);
      const args = buildRestoreArgs(
        {
          options: restoreOptions,
          listFile: null,
          archive: file,
          connectionArgs: [`--dbname=${target}`],
        },
        versionOf(newer),
      );
      const env = { PGHOST: old.host, PGPORT: String(old.port), PGPASSWORD: old.password };
      const result = await run(newer, 'pg_restore', args, env);
      assert.equal(result.exitCode, 1);
      const { collector } = read(result.stderr);
      assert.deepEqual([collector.total, collector.harmless, collector.ignored], [0, 1, 1]);
    }
  });

  it("reads psql's errors, and its statements", async () => {
    const file = path.join(dir, 'a script: 1.sql');
    await writeFile(
      file,
      `CREATE TABLE a (i int);\nCREATE TABLE a (i int);\nSELECT\n  nosuch;\n` +
        `DO $$ BEGIN RAISE NOTICE 'x'; RAISE WARNING 'y'; END $$;\n\\nosuch\n`,
    );
    for (const server of testServers()) {
      const database = await createDatabase(server, 'pgtools_script');
      const args = (exitOnError: boolean): string[] =>
        buildScriptArgs(
          {
            options: { exitOnError, singleTransaction: false, toolOptions: {}, extraArgs: [] },
            file,
            connectionArgs: [`--dbname=${database}`],
          },
          versionOf(server),
        );
      const result = await run(server, 'psql', args(false));
      assert.equal(result.exitCode, 0);
      assert.deepEqual(result.stdout.split('\n'), ['CREATE TABLE', 'DO']);
      assert.deepEqual(
        read(result.stderr).collector.errors.map((e) => [e.line, e.message.split('\n')[0], e.sql]),
        [
          [2, 'relation "a" already exists', 'CREATE TABLE a (i int);'],
          [4, 'column "nosuch" does not exist', 'SELECT\n  nosuch;'],
          [6, 'invalid command \\nosuch', undefined],
        ],
        server.version,
      );
      assert.equal((await run(server, 'psql', args(true))).exitCode, 3);
      await psql(server, 'postgres', 'DROP DATABASE pgtools_script');
    }
  });

  it('asks one question and prints the bare answer', async () => {
    for (const server of testServers()) {
      const args = buildQueryArgs(`select 'a|b', 1`, ['--dbname=postgres'], versionOf(server));
      const result = await run(server, 'psql', args);
      assert.deepEqual([result.exitCode, result.stdout, result.stderr], [0, 'a|b|1', '']);
    }
  });

  it('tells why tools fail, in the words of every version', async () => {
    const newest = testServer(18);
    for (const server of testServers()) {
      const database = await createDatabase(server, 'pgtools_failures');
      await psql(
        server,
        database,
        `CREATE TABLE a AS SELECT generate_series(1, 20000) AS i, md5('x') AS t;
         DROP ROLE IF EXISTS pgtools_nobody; CREATE ROLE pgtools_nobody LOGIN PASSWORD 'p'`,
      );
      const file = path.join(dir, `${String(server.major)}.failures`);
      const args = [`--file=${file}`, '--no-password', '--verbose', '--lock-wait-timeout=200'];
      const cases: [FailureCause, args: string[], env?: Record<string, string>][] = [
        ['databaseMissing', ['--dbname=nosuch']],
        ['connection', ['--dbname=postgres'], { PGPORT: '1' }],
        ['connection', ['--dbname=postgres'], { PGHOST: 'nosuch.invalid' }],
        ['connection', ['--dbname=postgres'], { PGSERVICE: 'nosuch' }],
        ['authentication', ['--dbname=postgres'], { PGPASSWORD: 'wrong' }],
        ['passwordMissing', ['--dbname=postgres'], { PGPASSWORD: '' }],
        ['permission', [`--dbname=${database}`], { PGUSER: 'pgtools_nobody', PGPASSWORD: 'p' }],
        ['nothingMatches', [`--dbname=${database}`, '--table=nosuch']],
        ['roleMissing', [`--dbname=${database}`, '--role=nosuch']],
        ['snapshotMissing', [`--dbname=${database}`, '--snapshot=00000003-0000001B-1']],
        ['encoding', [`--dbname=${database}`, '--encoding=nosuch']],
      ];
      for (const [cause, more, env] of cases) {
        const result = await run(server, 'pg_dump', [...args, ...more], env);
        const what = `${server.version} ${more.join(' ')} ${JSON.stringify(env)}: ${result.stderr}`;
        assert.equal(result.exitCode, 1, what);
        assert.equal(classifyFailure(result.stderr), cause, what);
      }
      if (server.major < newest.major) {
        const env = {
          PGHOST: newest.host,
          PGPORT: String(newest.port),
          PGPASSWORD: newest.password,
        };
        const result = await run(server, 'pg_dump', [...args, '--dbname=postgres'], env);
        assert.equal(classifyFailure(result.stderr), 'serverNewer', result.stderr);
      }
      await withLock(server, database, async () => {
        const result = await run(server, 'pg_dump', [...args, `--dbname=${database}`]);
        assert.equal(classifyFailure(result.stderr), 'lockTimeout', result.stderr);
      });

      assert.equal((await dump(server, database, file)).exitCode, 0);
      await truncate(file, Math.floor((await readFile(file)).length * 0.8));
      const target = await createDatabase(server, 'pgtools_failures_copy');
      const truncated = await restore(server, target, file);
      assert.equal(classifyFailure(truncated.stderr), 'archiveDamaged', truncated.stderr);
      await writeFile(
        file,
        Buffer.concat([Buffer.from('PGDMP'), Buffer.from([1, 99, 0, 4, 8, 1])]),
      );
      const newer = await restore(server, target, file);
      assert.equal(classifyFailure(newer.stderr), 'archiveVersion', newer.stderr);
      await psql(server, database, 'DROP ROLE pgtools_nobody');
    }
  });

  /** Runs something while another session keeps the table `a` locked. */
  async function withLock(
    server: ServerCoordinates,
    database: string,
    action: () => Promise<void>,
  ): Promise<void> {
    const env = { ...process.env, ...libpqEnv(server, database) };
    const holder = spawn(path.join(server.binDir, 'psql'), ['-X', '-q', '-A', '-t'], { env });
    try {
      const locked = new Promise<void>((resolve, reject) => {
        holder.stdout.once('data', () => resolve());
        holder.once('exit', () => reject(new Error('the lock could not be taken')));
      });
      holder.stdin.write(`BEGIN;\nLOCK TABLE a;\nSELECT 'locked';\n`);
      await locked;
      await action();
    } finally {
      holder.removeAllListeners('exit');
      const gone = new Promise((resolve) => holder.once('exit', resolve));
      holder.stdin.end();
      await gone;
    }
  }
});
