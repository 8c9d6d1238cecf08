import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import type { BackupContext } from '../../../src/core/forms/form/context';
import { hasErrors } from '../../support/forms/hasErrors';
import type { BackupOptions, OptionValue, RestoreOptions } from '../../../src/core/model/options';
import { backupCommand, restoreCommand } from '../../../src/core/plans/preview';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { evaluateRestore } from '../../../src/core/forms/restore/restoreForm';
import { tableOf } from '../../../src/core/pgtools/catalogue/catalogue';
import { dumpOptions } from '../../../src/core/pgtools/catalogue/dump';
import { offeredRows } from '../../../src/core/pgtools/catalogue/offeredRows';
import { restoreOptions } from '../../../src/core/pgtools/catalogue/restore';
import type { OptionRow } from '../../../src/core/pgtools/catalogue/types';
import { availableMethods } from '../../../src/core/pgtools/args/compression';
import { filterFileText, relationPatterns } from '../../../src/core/pgtools/args/longSelection';
import { readToolAbilities } from '../../../src/core/pgtools/locate/toolHelp';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { assertHabit } from '../../support/measure/measuredReleases';
import { seededRandom } from '../../support/seededRandom';
import { newestServer, testServer, testServers } from '../../support/servers';
import {
  liveBackupContext,
  liveRestoreContext,
  runTool,
  toolVersion,
} from '../harness/formsHarness';

const seed = 20261122;
const database = 'tool options';
const schema = `
  CREATE SCHEMA app;
  CREATE TABLE app.orders (id int PRIMARY KEY, state text);
  INSERT INTO app.orders VALUES (1, 'new');
  CREATE TABLE app."a|b" (id int); CREATE TABLE app."(c)" (id int); CREATE TABLE app."d""e" (id int);
  CREATE VIEW app.totals AS SELECT count(*) FROM app.orders;
  CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER far FOREIGN DATA WRAPPER nothing;
`;

/** A change of the options that can be had together with others. */
interface Setting<T> {
  name: string;
  apply(options: T): T;
}

describe('options of the tools in the forms', function () {
  let dir = '';
  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'pgbackup-options-'));
    await writeFile(path.join(dir, 'pg_dump.filter'), 'exclude table "app"."totals"\n');
    // Plain names, because pg_restore knows neither schemas nor patterns in its filter file.
    await writeFile(path.join(dir, 'pg_restore.filter'), 'include table orders\n');
    for (const server of testServers()) {
      await createDatabase(server, database);
      await psql(server, database, schema);
    }
  });
  after(async () => {
    await rm(dir, { recursive: true, force: true });
    for (const server of testServers()) await dropDatabase(server, database);
  });

  function abilities(server: ServerCoordinates, tool: 'pg_dump' | 'pg_restore') {
    const env = { PATH: process.env['PATH'] };
    const file = path.join(server.binDir, tool);
    return readToolAbilities(file, tableOf(tool), toolVersion(server), env);
  }

  /** What the tool takes for the option on this database; null = it needs more than that. */
  function sample(row: OptionRow): OptionValue | null {
    switch (row.kind.kind) {
      case 'flag':
        return true;
      case 'number':
        return Math.max(row.kind.min, 1);
      case 'choice': {
        const values = row.kind.choices.map((choice) => choice.value);
        return row.kind.many ? values : (values[0] ?? null);
      }
      case 'text':
        return { encoding: 'UTF8', role: 'postgres', snapshot: null, key: 'abc', free: null }[
          row.kind.of
        ];
      case 'patternList':
        return row.kind.of === 'foreignServer' ? ['far'] : ['plpgsql'];
      case 'nameList':
        return null;
      case 'file':
        return row.kind.direction === 'in' ? path.join(dir, `${row.tool}.filter`) : null;
      case 'compression':
        return 'gzip:1';
    }
  }

  function settingsOf<T extends { toolOptions: Record<string, OptionValue> }>(
    rows: readonly OptionRow[],
  ): Setting<T>[] {
    return rows.flatMap((row) => {
      const value = sample(row);
      if (value === null) return [];
      const apply = (options: T): T => ({
        ...options,
        toolOptions: { ...options.toolOptions, [row.id]: value },
      });
      return [{ name: row.id, apply }];
    });
  }

  /**
   * Groups of settings in which every pair that `fine` accepts occurs; each group is as large as
   * possible.
   */
  function groupsOf<T>(
    settings: readonly Setting<T>[],
    start: T,
    fine: (options: T) => boolean,
  ): { groups: { names: string[]; options: T }[]; pairs: number } {
    const random = seededRandom(seed);
    const key = (a: string, b: string): string => [a, b].sort().join(' ');
    const missing = new Map<string, [Setting<T>, Setting<T>]>();
    settings.forEach((a, i) => {
      for (const b of settings.slice(i + 1)) {
        if (fine(b.apply(a.apply(start)))) missing.set(key(a.name, b.name), [a, b]);
      }
    });
    const pairs = missing.size;
    const groups: { names: string[]; options: T }[] = [];
    for (const [a, b] of missing.values()) {
      const names = [a.name, b.name];
      let options = b.apply(a.apply(start));
      if (!missing.has(key(a.name, b.name))) continue;
      const others = settings
        .map((setting) => ({ setting, order: random() }))
        .sort((x, y) => x.order - y.order);
      for (const { setting } of others) {
        if (names.includes(setting.name)) continue;
        const gains = names.some((name) => missing.has(key(name, setting.name)));
        const next = setting.apply(options);
        if (!gains || !fine(next)) continue;
        names.push(setting.name);
        options = next;
      }
      for (const one of names) for (const two of names) missing.delete(key(one, two));
      groups.push({ names, options });
    }
    return { groups, pairs };
  }

  const backupFields: Setting<BackupOptions>[] = [
    { name: '(directory, 2 jobs)', apply: (o) => ({ ...o, format: 'directory', jobs: 2 }) },
    { name: '(plain)', apply: (o) => ({ ...o, format: 'plain', compression: 0 }) },
    { name: '(tar)', apply: (o) => ({ ...o, format: 'tar', compression: 0 }) },
    { name: '(no data)', apply: (o) => ({ ...o, includeData: false }) },
    { name: '(no schema)', apply: (o) => ({ ...o, includeSchema: false }) },
    { name: '(no privileges)', apply: (o) => ({ ...o, includePrivileges: false }) },
    { name: '(no sync)', apply: (o) => ({ ...o, noSync: true }) },
    { name: '(encoding)', apply: (o) => ({ ...o, encoding: 'LATIN1' }) },
    { name: '(schema app)', apply: (o) => ({ ...o, schemas: ['app'] }) },
    { name: '(a table)', apply: (o) => ({ ...o, tables: [{ schema: 'app', name: 'orders' }] }) },
  ];
  const restoreFields: Setting<RestoreOptions>[] = [
    { name: '(clean)', apply: (o) => ({ ...o, clean: true, ifExists: true }) },
    { name: '(schema only)', apply: (o) => ({ ...o, schemaOnly: true }) },
    { name: '(data only)', apply: (o) => ({ ...o, dataOnly: true }) },
    {
      name: '(data only, no triggers)',
      apply: (o) => ({ ...o, dataOnly: true, disableTriggers: true }),
    },
    { name: '(one transaction)', apply: (o) => ({ ...o, singleTransaction: true }) },
    { name: '(2 jobs)', apply: (o) => ({ ...o, jobs: 2 }) },
    { name: '(no owner)', apply: (o) => ({ ...o, noOwner: true, noPrivileges: true }) },
  ];

  for (const { major } of [13, 15, 17, 18].map((each) => ({ major: each }))) {
    it(`pg_dump ${major} accepts every pair that the form allows`, async () => {
      const server = testServer(major);
      const live = await liveBackupContext(server, database);
      const context: BackupContext = {
        ...live,
        tool: { version: toolVersion(server), ...(await abilities(server, 'pg_dump')) },
      };
      const start: BackupOptions = {
        ...backupDefaults(),
        connectionId: 'test',
        outputPath: path.join(dir, `${major}.out`),
      };
      const rows = offeredRows(dumpOptions, toolVersion(server));
      const settings = [...backupFields, ...settingsOf<BackupOptions>(rows)];
      const { groups, pairs } = groupsOf(
        settings,
        start,
        (options) => !hasErrors(evaluateBackup(options, context)),
      );
      assert.ok(pairs > 300, `${pairs} pairs`);
      for (const [i, { names, options }] of groups.entries()) {
        const outputPath = path.join(dir, `${major}.${i}`);
        const [, ...args] = backupCommand({ ...options, outputPath }, context, {
          file: 'pg_dump',
          connectionArgs: [],
        }).argv;
        const { code, stderr } = await runTool(server, database, 'pg_dump', args);
        const what = `seed ${seed}, ${names.join(' ')}: ${stderr
          .split('\n')
          .filter((l) => l.includes('error'))
          .join('; ')}`;
        assert.equal(code, 0, what);
        await rm(outputPath, { recursive: true, force: true });
      }
    });

    it(`pg_restore ${major} accepts every pair that the form allows`, async () => {
      const server = testServer(major);
      const archive = path.join(dir, `${major}.dump`);
      await runTool(server, database, 'pg_dump', ['-Fc', '-f', archive]);
      const live = await liveRestoreContext(server, database, archive);
      const context = {
        ...live,
        tool: { version: toolVersion(server), ...(await abilities(server, 'pg_restore')) },
      };
      const start: RestoreOptions = {
        ...restoreDefaults(),
        connectionId: 'test',
        inputPath: archive,
        exitOnError: true,
      };
      const settings = [
        ...restoreFields,
        ...settingsOf<RestoreOptions>(offeredRows(restoreOptions, toolVersion(server))),
      ];
      const { groups, pairs } = groupsOf(
        settings,
        start,
        (options) => !hasErrors(evaluateRestore(options, context)),
      );
      assert.ok(pairs > 60, `${pairs} pairs`);
      for (const { names, options } of groups) {
        // Only whether it takes the command counts: it refuses before it connects.
        const [, ...args] = restoreCommand(options, context, {
          file: 'pg_restore',
          connectionArgs: ['--host=/nowhere', '--dbname=none'],
        }).argv;
        const { stderr } = await runTool(server, database, 'pg_restore', args);
        assert.match(stderr, /connection to|could not connect/, `${names.join(' ')}: ${stderr}`);
      }
      if (major !== newestServer().major) return;
      // The newest release really restores: pairs of options that it accepts could still fail
      // together.
      const definitions = `${database} definitions`;
      await createDatabase(server, definitions);
      const schemaOnly = ['--schema-only', `--dbname=${definitions}`, archive];
      assert.equal((await runTool(server, definitions, 'pg_restore', schemaOnly)).code, 0);
      // Dropping the table that the filter file names would fail for the view on it.
      await psql(server, definitions, 'DROP VIEW app.totals');
      const failed: string[] = [];
      for (const { names, options } of groups) {
        const target = `${database} target`;
        const template = options.dataOnly || options.clean ? definitions : 'template0';
        await createDatabase(server, target, `TEMPLATE "${template}"`);
        const [, ...args] = restoreCommand(options, context, {
          file: 'pg_restore',
          connectionArgs: [`--dbname=${target}`],
        }).argv;
        const { code, stderr } = await runTool(server, target, 'pg_restore', args);
        if (code !== 0)
          failed.push(
            `${names.join(' ')} [${args.join(' ')}]: ${/error: .*/.exec(stderr)?.[0] ?? stderr}`,
          );
        await dropDatabase(server, target);
      }
      await dropDatabase(server, definitions);
      assert.deepEqual(failed, [], `seed ${seed}`);
    });
  }

  it('knows what each tool was built with, and nothing that its help does not list', async () => {
    for (const server of testServers()) {
      for (const tool of ['pg_dump', 'pg_restore'] as const) {
        const found = await abilities(server, tool);
        assertHabit(server, `${tool} has only the options of the catalogue`, () =>
          assert.deepEqual(found.unknownOptions, [], `${tool} ${server.version}`),
        );
        assert.deepEqual(found.missingOptions, [], `${tool} ${server.version}`);
      }
      const { compressionMethods: built } = await abilities(server, 'pg_dump');
      if (server.major < 16) assert.equal(built, undefined);
      else assert.deepEqual(built, ['none', 'gzip', 'lz4', 'zstd']);
      const offered = availableMethods(toolVersion(server), built).map((each) => each.method);
      assert.deepEqual(offered, server.major < 16 ? ['none', 'gzip'] : built);
    }
  });

  it('finds by groups and by a filter file what single names find', async () => {
    const tables = ['a|b', '(c)', 'd"e', 'orders'].map((name) => ({ schema: 'app', name }));
    const selection = {
      schemas: [],
      tables,
      excludeSchemas: [],
      excludeTables: [],
      excludeTableData: [],
      largeObjects: null,
      extensions: null,
    };
    for (const server of testServers()) {
      const dumped = async (args: string[]): Promise<string[]> => {
        const { code, stdout, stderr } = await runTool(server, database, 'pg_dump', [
          '-s',
          ...args,
        ]);
        assert.equal(code, 0, stderr);
        return stdout.match(/^CREATE TABLE .*$/gm) ?? [];
      };
      const table = (pattern: string): string => `--table=${pattern}`;
      const names = await dumped(relationPatterns(tables, 'names').map(table));
      assert.equal(names.length, 4);
      const groups = relationPatterns(tables, 'groups');
      assert.equal(groups.length, 1);
      assert.deepEqual(await dumped([...groups.map(table), '--strict-names']), names);
      if (server.major < 17) continue;
      const file = path.join(dir, 'selection.filter');
      await writeFile(file, filterFileText(selection));
      assert.deepEqual(await dumped([`--filter=${file}`, '--strict-names']), names);
    }
  });

  it('says in the words of the tool what only the server can know', async () => {
    const server = testServer(17);
    const bad = path.join(dir, 'bad.filter');
    await writeFile(bad, 'exclude table app.totals\ninclude nonsense x\n');
    const cases: [string[], RegExp][] = [
      [['--role=nobody at all'], /role "nobody at all" does not exist/],
      [['--snapshot=00000003-00000001-1'], /snapshot|invalid/],
      [[`--filter=${bad}`], /on line 2/],
      [['--strict-names', '--table="app"."gone"'], /no matching tables were found for pattern/],
    ];
    for (const [args, text] of cases) {
      const { code, stderr } = await runTool(server, database, 'pg_dump', args);
      assert.equal(code, 1, args.join(' '));
      assert.match(stderr, text);
    }
  });
});
