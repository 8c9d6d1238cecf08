import assert from 'node:assert/strict';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import type { RestoreContext } from '../../../src/core/forms/form/context';
import { hasErrors } from '../../support/forms/hasErrors';
import type { BackupFormat, BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import { restoreCommand } from '../../../src/core/plans/preview';
import { relationKey } from '../../../src/core/forms/selection/catalogIndex';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { evaluateRestore } from '../../../src/core/forms/restore/restoreForm';
import { deriveBackup } from '../../../src/core/forms/selection/derivedBackup';
import { testedMajors } from '../../support/install/postgres';
import { psql, quoteIdent } from '../../support/machine/psql';
import { dropDatabase } from '../../support/machine/sampleDatabase';
import { seededRandom } from '../../support/seededRandom';
import { testServer } from '../../support/servers';
import { type BackupFields, FormsDatabase } from './formsDatabase';
import { liveRestoreContext, runShown } from '../harness/formsHarness';
import { pairwiseRows, type Values } from './formsPairwise';

const seed = 20261122;
const orders = { schema: 'app', name: 'orders' };
const totals = { schema: 'app', name: 'totals' };
const events = { schema: 'log', name: 'events' };
const formats: BackupFormat[] = ['custom', 'plain', 'directory', 'tar'];

type RestoreFields = Omit<
  RestoreOptions,
  'connectionId' | 'inputPath' | 'targetDatabase' | 'createDatabase' | 'schemas' | 'tables'
> & { format: BackupFormat };

const both = [true, false];
const backupValues: Values<BackupFields> = {
  database: [null],
  scope: ['database'],
  excludeDatabases: [[]],
  // The fields that a profile sets are listed below.
  profile: ['custom'],
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
  inputMember: [null],
  wholeServer: [false],
  salvage: [false],
  salvageRows: [false],
  databases: [null],
  withoutRoles: [false],
  swapIn: [false],
  endSessions: [false],
  safetyBackup: [true],
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
  subscriptions: [false],
  checksums: [false],
  withoutComments: [false],
  withoutPublications: [false],
  withoutSecurityLabels: [false],
  withoutRowsOf: [null],
  searchPath: ['asWritten'],
  mapRoles: [null],
  remakeKeys: [false],
  replaceRows: [false],
  dumpIds: [null],
  toolOptions: [{}],
  toolDir: [null],
  extraArgs: [[], ['--no-comments']],
};

/** Pairs that the forms refuse, whatever else is chosen; formsRefusals.test.ts shows why. */
const refusedBackups = (major: number): string[] => [
  ...['custom', 'directory', 'tar'].map((f) => `format="${f}" includeOwnership=false`),
  ...['plain', 'tar'].map((f) => `format="${f}" jobs=2`),
  ...[1, 9].map((level) => `format="tar" compression=${level}`),
  'includeSchema=false includeData=false',
  // Schemas are excluded from everything, not from a selection.
  ...['schemas=["app"]', 'schemas=["app","log","public"]'].map(
    (schemas) => `${schemas} excludeSchemas=["log"]`,
  ),
  ...[orders, events].map((table) => `tables=${JSON.stringify([table])} excludeSchemas=["log"]`),
  'includeData=false largeObjects=true',
  // Several jobs need an archive, and only plain scripts can leave out ownership.
  'includeOwnership=false jobs=2',
  // Tables together with all schemas are not a filter, so they are accepted.
  ...(major < 14 ? ['schemas=["app"] extensions=["pg_trgm"]'] : []),
];
const refusedRestores: string[] = [
  ...['clean', 'ifExists', 'disableTriggers'].map((field) => `format="plain" ${field}=true`),
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

/**
 * Does the job drop objects before it runs the script? The shown command does not contain that;
 * scriptsInPart.test.ts tests it.
 */
function dropsFirst({ format, clean }: RestoreFields): boolean {
  return format === 'plain' && clean;
}

/**
 * Every release has to accept every row. Each row is run by the newest release, and by one of the
 * others in turn: releases differ in the options that they have, but not in what an option does.
 */
function isRunBy(major: number, row: number): boolean {
  const others = testedMajors.slice(0, -1);
  const turn = others.indexOf(major);
  return turn < 0 || row % others.length === turn;
}

for (const major of testedMajors) {
  describe(`combinations of the forms with the tools of PostgreSQL ${major}`, function () {
    this.timeout(300_000);
    let source: FormsDatabase;

    before(async () => {
      source = await FormsDatabase.create(testServer(major));
    });
    after(async () => {
      await source?.dispose();
    });

    it(`pg_dump takes and obeys every pair of options that the form allows (seed ${seed})`, async () => {
      const complete = (row: BackupFields): BackupOptions => ({
        ...row,
        connectionId: 'test',
        outputPath: '/backups/x',
      });
      const { rows, impossible } = pairwiseRows(
        backupValues,
        (row) => !hasErrors(evaluateBackup(complete(row), source.context)),
        seededRandom(seed),
        backupDefaults(),
      );
      assert.deepEqual(impossible.sort(), refusedBackups(major).sort());
      for (const [n, row] of rows.entries()) {
        const told = `seed ${seed}, row ${n}: ${JSON.stringify(row)}`;
        if (!isRunBy(major, n)) {
          await source.assertBackupTaken(row, told);
          continue;
        }
        const [result, file] = await source.backup(row, `dump${n}`);
        assert.equal(result.code, 0, `${told}\n${result.stderr}`);
        assert.doesNotMatch(result.stderr, /warning:/, told);
        const sql = await source.sqlOf(file, row.format);
        const has = (pattern: RegExp, expected: boolean): void =>
          assert.equal(pattern.test(sql), expected, `${told}: ${pattern.source}`);

        const options = complete(row);
        assert.ok(source.context.catalog);
        const { dump, filtered, objects } = deriveBackup(options, source.context);
        assert.ok(objects);
        const dumped = objects.included;
        const isIn = (schema: string, name: string): boolean =>
          dumped.has(relationKey({ schema, name }));
        const ordersIn = isIn('app', 'orders');
        const eventsIn = isIn('log', 'events_2023');
        const eventRows = row.includeData && eventsIn && row.excludeTableData.length === 0;
        has(/CREATE TABLE app\.orders /, row.includeSchema && ordersIn);
        has(/CREATE VIEW app\.totals/, row.includeSchema && isIn('app', 'totals'));
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
          row.includeSchema && (!filtered || dump.extensions !== null),
        );
        has(/CREATE PUBLICATION pub/, row.includeSchema && !filtered);
        has(/client_encoding = 'LATIN1'/, row.encoding === 'LATIN1');
      }
    });

    it(`pg_restore and psql take every pair of options that the form allows (seed ${seed})`, async () => {
      const files = {} as Record<BackupFormat, string>;
      const contexts = {} as Record<BackupFormat, RestoreContext>;
      for (const format of formats) {
        const file = await source.archive(format);
        files[format] = file;
        contexts[format] = await liveRestoreContext(source.server, source.empty, file);
      }
      // A database with the definitions only, for rows that are restored alone.
      const definitions = await source.createDatabase(`${source.name} definitions`);
      const prepared = await source.run(
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
        (row) =>
          !dropsFirst(row) && !hasErrors(evaluateRestore(complete(row), contexts[row.format])),
        seededRandom(seed),
        { format: 'plain', ...restoreDefaults() },
      );
      assert.deepEqual(impossible.sort(), [...refusedRestores].sort());
      for (const [n, row] of rows.entries()) {
        const told = `seed ${seed}, row ${n}: ${JSON.stringify(row)}`;
        const options = complete(row);
        const tool = row.format === 'plain' ? 'psql' : 'pg_restore';
        if (!isRunBy(major, n)) {
          const connectionArgs = ['--host=/nowhere', '--dbname=none'];
          const command = { file: '', connectionArgs };
          const [, ...args] = restoreCommand(options, contexts[row.format], command).argv;
          await source.assertTaken(tool, args, told);
          continue;
        }
        const template = row.dataOnly ? definitions : row.clean ? source.name : 'template0';
        const target = await source.createDatabase(
          `${source.name} ${n}`,
          `TEMPLATE ${quoteIdent(template)}`,
        );
        const shown = restoreCommand(options, contexts[row.format], {
          file: '',
          connectionArgs: [`--dbname=${target}`],
        });
        const result = await runShown(source.server, target, tool, shown);
        const { problems } = evaluateRestore(options, contexts[row.format]);
        const warned = problems.some(({ field }) => field === 'dataOnly');
        assert.equal(warned, row.dataOnly && row.jobs > 1 && !row.disableTriggers, told);
        if (warned && result.code !== 0) {
          // With two jobs either table may come first, as the form warned.
          assert.match(result.stderr, /violates foreign key constraint/, told);
          await dropDatabase(source.server, target);
          continue;
        }
        assert.equal(result.code, 0, `${told}\n${result.stderr}`);
        const count = await psql(source.server, target, 'SELECT count(*) FROM app.orders');
        assert.equal(count.trim(), row.schemaOnly ? '0' : '5', told);
        const facts = await psql(
          source.server,
          target,
          `SELECT relacl IS NOT NULL, obj_description(oid) IS NOT NULL FROM pg_class WHERE oid = 'app.orders'::regclass`,
        );
        const [granted, commented] = facts.trim().split('|');
        if (!row.dataOnly) {
          assert.equal(granted, row.noPrivileges ? 'f' : 't', told);
          assert.equal(commented, row.extraArgs.length === 0 ? 't' : 'f', told);
        }
        await dropDatabase(source.server, target);
      }
    });
  });
}
