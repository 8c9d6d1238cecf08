import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { backupDefaults, evaluateBackup } from '../../src/core/forms/backupForm';
import type { BackupContext, RestoreContext } from '../../src/core/forms/context';
import { hasErrors } from '../../src/core/forms/evaluation';
import type { BackupFormat, BackupOptions, RestoreOptions } from '../../src/core/forms/options';
import { backupCommand, restoreCommand } from '../../src/core/forms/preview';
import { evaluateRestore, restoreDefaults } from '../../src/core/forms/restoreForm';
import { isFiltered, resolveSelection } from '../../src/core/forms/selection';
import { computeTicks } from '../../src/core/forms/ticks';
import { psql, quoteIdent } from '../support/machine/psql';
import { testedMajors } from '../support/machine/postgres';
import { dropDatabase } from '../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../support/machine/server';
import { seededRandom } from '../support/seededRandom';
import { testServer } from '../support/servers';
import { liveBackupContext, liveRestoreContext, runTool, type ToolResult } from './formsHarness';
import { pairwiseRows, type Values } from './formsPairwise';

const seed = 20261122;
const database = 'forms pairs';
const orders = { schema: 'app', name: 'orders' };
const totals = { schema: 'app', name: 'totals' };
const events = { schema: 'log', name: 'events' };
const formats: BackupFormat[] = ['custom', 'plain', 'directory', 'tar'];

/** Every kind of thing that an option of the forms is about, few rows. */
const schema = `
  CREATE SCHEMA app; CREATE SCHEMA log;
  CREATE EXTENSION pg_trgm;
  CREATE TYPE app.status AS ENUM ('new', 'done');
  CREATE TABLE app.customers (id serial PRIMARY KEY, name text);
  CREATE TABLE app.orders (id int PRIMARY KEY, customer int REFERENCES app.customers,
    state app.status DEFAULT 'new');
  CREATE VIEW app.totals AS SELECT count(*) FROM app.orders;
  CREATE TABLE log.events (at date) PARTITION BY RANGE (at);
  CREATE TABLE log.events_2023 PARTITION OF log.events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
  INSERT INTO app.customers (name) SELECT 'c' || n FROM generate_series(1, 5) n;
  INSERT INTO app.orders SELECT n, n FROM generate_series(1, 5) n;
  INSERT INTO log.events SELECT '2023-05-05';
  SELECT lo_from_bytea(424242, 'large');
  GRANT SELECT ON app.orders TO PUBLIC;
  COMMENT ON TABLE app.orders IS 'what was ordered';
  CREATE PUBLICATION pub FOR TABLE app.orders;
`;

type BackupFields = Omit<BackupOptions, 'connectionId' | 'outputPath'>;
type RestoreFields = Omit<
  RestoreOptions,
  'connectionId' | 'inputPath' | 'targetDatabase' | 'createDatabase' | 'schemas' | 'tables'
> & { format: BackupFormat };

const both = [true, false];
const backupValues: Values<BackupFields> = {
  scope: ['database'],
  excludeDatabases: [[]],
  format: formats,
  compression: [0, 1, 9],
  includeSchema: both,
  includeData: both,
  includePrivileges: both,
  includeOwnership: both,
  schemas: [null, ['app'], ['app', 'log', 'public']],
  tables: [null, [orders], [events]],
  excludeSchemas: [[], ['log']],
  excludeTables: [[], [totals]],
  excludeTableData: [[], [events]],
  largeObjects: [null, true, false],
  extensions: [null, ['pg_trgm']],
  jobs: [1, 2],
  lockWaitTimeout: [0, 5],
  noSync: both,
  encoding: [null, 'LATIN1', 'UTF8'],
  toolOptions: [{}],
  toolDir: [null],
  extraArgs: [[], ['--no-comments']],
};
const restoreValues: Values<RestoreFields> = {
  wholeServer: [false],
  format: formats,
  schemaOnly: both,
  dataOnly: both,
  clean: both,
  ifExists: both,
  noOwner: both,
  noPrivileges: both,
  exitOnError: both,
  singleTransaction: both,
  jobs: [1, 2],
  disableTriggers: both,
  dumpIds: [null],
  toolOptions: [{}],
  toolDir: [null],
  extraArgs: [[], ['--no-comments']],
};

/** Pairs that the forms refuse, whatever else is chosen; the tests below show why. */
const refusedBackups = (major: number): string[] => [
  ...['custom', 'directory', 'tar'].map((f) => `format="${f}" includeOwnership=false`),
  ...['custom', 'plain', 'tar'].map((f) => `format="${f}" jobs=2`),
  ...[1, 9].map((level) => `format="tar" compression=${level}`),
  'includeSchema=false includeData=false',
  // What is left out of everything is nothing to choose from.
  ...['schemas=["app"]', 'schemas=["app","log","public"]'].map(
    (schemas) => `${schemas} excludeSchemas=["log"]`,
  ),
  ...[orders, events].map((table) => `tables=${JSON.stringify([table])} excludeSchemas=["log"]`),
  'includeData=false largeObjects=true',
  // Parallel means directory, without ownership means plain.
  'includeOwnership=false jobs=2',
  // Tables together with all schemas are no filter, so they can be had.
  ...(major < 14 ? ['schemas=["app"] extensions=["pg_trgm"]'] : []),
];
const refusedRestores: string[] = [
  ...[
    'schemaOnly',
    'dataOnly',
    'clean',
    'ifExists',
    'noOwner',
    'noPrivileges',
    'disableTriggers',
  ].map((field) => `format="plain" ${field}=true`),
  ...['plain', 'tar'].map((format) => `format="${format}" jobs=2`),
  'format="plain" extraArgs=["--no-comments"]',
  'schemaOnly=true dataOnly=true',
  'dataOnly=true clean=true',
  'clean=false ifExists=true',
  'exitOnError=false singleTransaction=true',
  'singleTransaction=true jobs=2',
  'dataOnly=false disableTriggers=true',
  // Each needs what the other excludes.
  'schemaOnly=true disableTriggers=true',
  'dataOnly=true ifExists=true',
  'clean=true disableTriggers=true',
  'ifExists=true disableTriggers=true',
];

for (const major of testedMajors) {
  describe(`combinations of the forms with the tools of PostgreSQL ${major}`, function () {
    this.timeout(300_000);
    let server: ServerCoordinates;
    let dir: string;
    let context: BackupContext;
    const made: string[] = [];

    before(async () => {
      server = testServer(major);
      dir = await mkdtemp(path.join(os.tmpdir(), 'forms-'));
      await create(database);
      await psql(server, database, schema);
      await create(`${database} empty`);
      context = await liveBackupContext(server, database);
    });

    after(async () => {
      for (const name of made) await dropDatabase(server, name);
      await rm(dir, { recursive: true, force: true });
    });

    async function create(name: string, template = 'template0'): Promise<string> {
      await psql(
        server,
        'postgres',
        `CREATE DATABASE ${quoteIdent(name)} TEMPLATE ${quoteIdent(template)};`,
      );
      made.push(name);
      return name;
    }

    const run = (
      tool: 'pg_dump' | 'pg_restore' | 'psql',
      args: readonly string[],
      into = database,
    ): Promise<ToolResult> => runTool(server, into, tool, ['--no-password', ...args]);

    async function backup(fields: BackupFields, name: string): Promise<[ToolResult, string]> {
      const outputPath = path.join(dir, name);
      const options = { ...fields, connectionId: 'test', outputPath };
      const [, ...args] = backupCommand(options, context, { file: 'pg_dump', connectionArgs: [] });
      return [await runTool(server, database, 'pg_dump', args), outputPath];
    }

    /** The dump as SQL, whatever its format. */
    async function sqlOf(file: string, format: BackupFormat): Promise<string> {
      if (format !== 'plain') {
        const result = await run('pg_restore', ['--file=-', file]);
        assert.equal(result.code, 0, result.stderr);
        return result.stdout;
      }
      const bytes = await readFile(file);
      return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('latin1');
    }

    it(`pg_dump takes and obeys every pair of options that the form allows (seed ${seed})`, async () => {
      const complete = (row: BackupFields): BackupOptions => ({
        ...row,
        connectionId: 'test',
        outputPath: '/backups/x',
      });
      const { rows, impossible } = pairwiseRows(
        backupValues,
        (row) => !hasErrors(evaluateBackup(complete(row), context)),
        seededRandom(seed),
        backupDefaults(),
      );
      assert.deepEqual(impossible.sort(), refusedBackups(major).sort());
      for (const [n, row] of rows.entries()) {
        const told = `seed ${seed}, row ${n}: ${JSON.stringify(row)}`;
        const [result, file] = await backup(row, `dump${n}`);
        assert.equal(result.code, 0, `${told}\n${result.stderr}`);
        assert.doesNotMatch(result.stderr, /warning:/, told);
        const sql = await sqlOf(file, row.format);
        const has = (pattern: RegExp, expected: boolean): void =>
          assert.equal(pattern.test(sql), expected, `${told}: ${pattern.source}`);

        const options = complete(row);
        assert.ok(context.catalog);
        const selection = resolveSelection(options, context.catalog);
        const filtered = isFiltered(options, context.catalog);
        const { dumped } = computeTicks(options, context.catalog);
        const ordersIn = dumped.has('["app","orders"]');
        const eventsIn = dumped.has('["log","events_2023"]');
        const eventRows = row.includeData && eventsIn && row.excludeTableData.length === 0;
        has(/CREATE TABLE app\.orders /, row.includeSchema && ordersIn);
        has(/CREATE VIEW app\.totals/, row.includeSchema && dumped.has('["app","totals"]'));
        has(/^COPY app\.orders /m, row.includeData && ordersIn);
        has(/^COPY log\.events_2023 /m, eventRows);
        has(
          /GRANT SELECT ON TABLE app\.orders/,
          row.includeSchema && ordersIn && row.includePrivileges,
        );
        has(
          /ALTER (TABLE|VIEW) .* OWNER TO/,
          row.includeSchema && row.includeOwnership && dumped.size > 0,
        );
        has(
          /COMMENT ON TABLE app\.orders/,
          row.includeSchema && ordersIn && row.extraArgs.length === 0,
        );
        has(
          /424242/,
          row.includeData && (filtered ? row.largeObjects === true : row.largeObjects !== false),
        );
        has(
          /CREATE EXTENSION IF NOT EXISTS pg_trgm/,
          row.includeSchema && (!filtered || selection.extensions !== null),
        );
        has(/CREATE PUBLICATION pub/, row.includeSchema && !filtered);
        has(/client_encoding = 'LATIN1'/, row.encoding === 'LATIN1');
      }
    });

    it(`pg_restore and psql take every pair of options that the form allows (seed ${seed})`, async () => {
      const files = {} as Record<BackupFormat, string>;
      const contexts = {} as Record<BackupFormat, RestoreContext>;
      for (const format of formats) {
        const file = await archive(format);
        files[format] = file;
        contexts[format] = await liveRestoreContext(server, `${database} empty`, file);
      }
      // A database with the definitions only, for rows that are restored alone.
      const definitions = await create(`${database} definitions`);
      const prepared = await run(
        'pg_restore',
        ['--schema-only', `--dbname=${definitions}`, files.custom],
        definitions,
      );
      assert.equal(prepared.code, 0, prepared.stderr);

      const complete = ({ format, ...row }: RestoreFields): RestoreOptions => ({
        ...restoreDefaults(),
        ...row,
        connectionId: 'test',
        inputPath: files[format],
      });
      const { rows, impossible } = pairwiseRows(
        restoreValues,
        (row) => !hasErrors(evaluateRestore(complete(row), contexts[row.format])),
        seededRandom(seed),
        { format: 'plain', ...restoreDefaults() },
      );
      assert.deepEqual(impossible.sort(), [...refusedRestores].sort());
      for (const [n, row] of rows.entries()) {
        const told = `seed ${seed}, row ${n}: ${JSON.stringify(row)}`;
        const options = complete(row);
        const template = row.dataOnly ? definitions : row.clean ? database : 'template0';
        const target = await create(`${database} ${n}`, template);
        const [, ...args] = restoreCommand(options, contexts[row.format], {
          file: '',
          connectionArgs: [`--dbname=${target}`],
        });
        const tool = row.format === 'plain' ? 'psql' : 'pg_restore';
        const result = await runTool(server, target, tool, args);
        const { problems } = evaluateRestore(options, contexts[row.format]);
        const warned = problems.some(({ field }) => field === 'dataOnly');
        assert.equal(warned, row.dataOnly && row.jobs > 1 && !row.disableTriggers, told);
        if (warned && result.code !== 0) {
          // Of two jobs either may be the first; the form has said so.
          assert.match(result.stderr, /violates foreign key constraint/, told);
          await dropDatabase(server, target);
          continue;
        }
        assert.equal(result.code, 0, `${told}\n${result.stderr}`);
        const count = await psql(server, target, 'SELECT count(*) FROM app.orders');
        assert.equal(count.trim(), row.schemaOnly ? '0' : '5', told);
        const facts = await psql(
          server,
          target,
          `SELECT relacl IS NOT NULL, obj_description(oid) IS NOT NULL FROM pg_class WHERE oid = 'app.orders'::regclass`,
        );
        const [granted, commented] = facts.trim().split('|');
        if (!row.dataOnly) {
          assert.equal(granted, row.noPrivileges ? 'f' : 't', told);
          assert.equal(commented, row.extraArgs.length === 0 ? 't' : 'f', told);
        }
        await dropDatabase(server, target);
      }
    });

    const archives = new Map<BackupFormat, string>();

    /** A dump of everything, made once. */
    async function archive(format: BackupFormat): Promise<string> {
      const before = archives.get(format);
      if (before !== undefined) return before;
      const [result, file] = await backup(backupDefaults(format), `full-${format}`);
      assert.equal(result.code, 0, result.stderr);
      archives.set(format, file);
      return file;
    }

    /** Restore keys differ from run to run. */
    const normal = (sql: string): string => sql.replaceAll(/^\\(un)?restrict .*$/gm, '');

    describe('pg_dump', () => {
      const out = (name: string): string => `--file=${path.join(dir, name)}`;
      const refused: [string, string[], RegExp][] = [
        ['compressed tar', ['--format=tar', '--compress=1'], /compress/],
        ['compression 10', ['--format=custom', '--compress=10'], /compress/],
        ['2 jobs, custom', ['--format=custom', '--jobs=2'], /parallel backup/],
        ['2 jobs, plain', ['--format=plain', '--jobs=2'], /parallel backup/],
        ['2 jobs, tar', ['--format=tar', '--jobs=2'], /parallel backup/],
        ['no jobs', ['--format=directory', '--jobs=0'], /jobs/],
        ['neither schema nor data', ['--schema-only', '--data-only'], /cannot be used together/],
        ['an unknown encoding', ['--encoding=utf9'], /client encoding/],
        ['a negative timeout', ['--lock-wait-timeout=-1000'], /statement_timeout/],
        ['a timeout beyond 32 bits', ['--lock-wait-timeout=2147484000'], /statement_timeout/],
        ['only unknown tables', ['--table="app"."nosuch"'], /no matching tables/],
        ['only unknown schemas', ['--schema="nosuch"'], /no matching schemas/],
        ...(major < 14
          ? [
              ['extensions', ['--extension=pg_trgm'], /unrecognized option/] as [
                string,
                string[],
                RegExp,
              ],
            ]
          : []),
      ];
      for (const [name, args, message] of refused) {
        it(`refuses ${name}`, async () => {
          const result = await run('pg_dump', [out('refused'), ...args]);
          assert.equal(result.code, 1, result.stderr);
          assert.match(result.stderr, message);
        });
      }

      it('refuses an encoding without conversion', async () => {
        const latin = `${database} latin`;
        await psql(
          server,
          'postgres',
          `CREATE DATABASE ${quoteIdent(latin)} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C';`,
        );
        made.push(latin);
        await psql(server, latin, 'CREATE TABLE "café" ();');
        const result = await run('pg_dump', [out('latin'), '--encoding=WIN1252'], latin);
        assert.equal(result.code, 1);
        assert.match(result.stderr, /WIN1252/);
        // Names beyond ASCII are found in UTF8 only.
        const named = ['--table="public"."café"', out('latin')];
        assert.equal((await run('pg_dump', named, latin)).code, 1);
        assert.equal((await run('pg_dump', [...named, '--encoding=UTF8'], latin)).code, 0);
      });

      it('ignores ownership in archives', async () => {
        for (const format of ['custom', 'directory', 'tar'] as const) {
          const plainly = await archive(format);
          const without = path.join(dir, `unowned-${format}`);
          const result = await run('pg_dump', [
            `--format=${format}`,
            '--no-owner',
            `--file=${without}`,
          ]);
          assert.equal(result.code, 0);
          const [a, b] = [await sqlOf(plainly, format), await sqlOf(without, format)];
          assert.match(b, /OWNER TO/);
          assert.equal(normal(b), normal(a));
        }
      });

      it('ignores that large objects are wanted without data', async () => {
        const result = await run('pg_dump', ['--schema-only', '--blobs', out('no-lo.sql')]);
        assert.equal(result.code, 0);
        assert.doesNotMatch(await sqlOf(path.join(dir, 'no-lo.sql'), 'plain'), /424242/);
      });

      it('ignores a name that matches nothing among others', async () => {
        const result = await run('pg_dump', [
          '--table="app"."orders"',
          '--table="app"."nosuch"',
          out('one.sql'),
        ]);
        assert.equal(result.code, 0);
      });

      it('dumps nothing of a table that is both ticked and excluded', async () => {
        const args = ['--table="app"."orders"', '--exclude-table="app"."orders"', out('none.sql')];
        assert.equal((await run('pg_dump', args)).code, 0);
        assert.doesNotMatch(await sqlOf(path.join(dir, 'none.sql'), 'plain'), /orders/);
      });

      it('ignores schemas next to tables', async () => {
        const result = await run('pg_dump', [
          '--schema="log"',
          '--table="app"."orders"',
          out('both.sql'),
        ]);
        assert.equal(result.code, 0);
        assert.doesNotMatch(await sqlOf(path.join(dir, 'both.sql'), 'plain'), /log\.events/);
      });
    });

    describe('pg_restore', () => {
      const refused: [string, BackupFormat, string[], RegExp][] = [
        [
          'schema only with data only',
          'custom',
          ['--schema-only', '--data-only'],
          /cannot be used together/,
        ],
        ['clean with data only', 'custom', ['--clean', '--data-only'], /cannot be used together/],
        ['if exists without clean', 'custom', ['--if-exists'], /requires option/],
        [
          'a single transaction of several jobs',
          'custom',
          ['--single-transaction', '--jobs=2'],
          /single-transaction/,
        ],
        ['several jobs on tar', 'tar', ['--jobs=2'], /parallel restore/],
        ['no jobs', 'custom', ['--jobs=0'], /jobs/],
        ['a script', 'plain', [], /text format dump/],
        ['a database that is not there', 'custom', ['--dbname=nosuch'], /does not exist/],
      ];
      for (const [name, format, args, message] of refused) {
        it(`refuses ${name}`, async () => {
          const file = await archive(format);
          const target = `${database} empty`;
          const result = await run('pg_restore', [`--dbname=${target}`, ...args, file], target);
          assert.equal(result.code, 1);
          assert.match(result.stderr, message);
        });
      }

      it('ignores that triggers are to be disabled while definitions are restored', async () => {
        const file = await archive('custom');
        const sql = async (args: string[]): Promise<string> => {
          const result = await run('pg_restore', [...args, '--file=-', file]);
          assert.equal(result.code, 0);
          return normal(result.stdout);
        };
        assert.equal(await sql(['--disable-triggers']), await sql([]));
        assert.notEqual(
          await sql(['--disable-triggers', '--data-only']),
          await sql(['--data-only']),
        );
      });
    });
  });
}
