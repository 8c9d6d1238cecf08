import assert from 'node:assert/strict';
import * as z from 'zod/mini';
import { shapeOf, type KindSchemas } from '../../../src/core/forms/api/fieldSchemas';
import { decodeBackupRequest, decodeRestoreRequest } from '../../../src/core/forms/api/requests';
import { rememberableBackup, rememberableRestore } from '../../../src/core/forms/api/rememberable';
import { changeBackup, evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import { checkNumbers, checkScope } from '../../../src/core/forms/fields/checkFields';
import {
  controlOf,
  fieldLabel,
  fieldName,
  fieldOrder,
  isAdvanced,
  optionsBesideFields,
} from '../../../src/core/forms/fields/fieldText';
import {
  defaultsOf,
  fieldsAt,
  historyValues,
  rememberedOf,
  valuesOutside,
} from '../../../src/core/forms/fields/fieldValues';
import { Evaluation } from '../../../src/core/forms/form/evaluation';
import { wholeDatabase } from '../../../src/core/forms/selection/wholeDatabase';
import {
  optionsGivenByBackup,
  optionsGivenByRestore,
} from '../../../src/core/forms/toolOptions/givenOptions';
import { backupFields } from '../../../src/core/model/backupFields';
import {
  field,
  type FieldTable,
  type OptionsOf,
  type RememberedOf,
} from '../../../src/core/model/optionFields';
import type { BackupOptions, BackupScope, TableRef } from '../../../src/core/model/options';
import { restoreFields, verifyFields } from '../../../src/core/model/restoreFields';
import { optionRow, optionsOf } from '../../../src/core/pgtools/catalogue/catalogue';
import { buildDumpallArgs } from '../../../src/core/pgtools/args/dumpallArgs';
import { buildDumpArgs } from '../../../src/core/pgtools/args/dumpArgs';
import { backupDecoders, restoreDecoders } from '../../../src/protocol/decoders';
import { deriveBackup } from '../../../src/core/forms/selection/derivedBackup';
import { fieldLine } from '../../support/documents/optionsReference';
import { backup, backupContext, ref, restore, restoreContext, tool } from './sampleCatalog';

const tables: [name: string, table: FieldTable][] = [
  ['backup', backupFields],
  ['restore', restoreFields],
  ['verification', verifyFields],
];

const schemas: KindSchemas<TableRef> = {
  flag: z.boolean(),
  integer: ({ min, max }) => z.int().check(z.gte(min), z.lte(max)),
  text: z.string(),
  names: z.array(z.string()),
  relations: z.array(z.strictObject({ schema: z.string(), name: z.string() })),
  databases: z.array(z.strictObject({ name: z.string(), target: z.string() })),
  roles: z.array(z.strictObject({ name: z.string(), target: z.string() })),
  entries: z.array(z.int()),
  arguments: z.array(z.string()),
  toolOptions: z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])),
};

describe('a field that is added to the table', () => {
  const table = {
    ...backupFields,
    noToast: field(
      { type: 'flag' },
      {
        default: false,
        label: 'No TOAST compression',
        help: 'Leave it to the server.',
        place: 'advanced',
        options: { pg_dump: ['no-toast-compression'] },
        remembered: true,
        inHistory: true,
        only: { scopes: ['database'], reason: 'Only of a database.' },
      },
    ),
    retries: field(
      { type: 'integer', min: 0, max: 3, zero: 'never' },
      { default: 1, label: 'Retries', place: 'advanced', remembered: false, inHistory: false },
    ),
  };
  // Its type is there without another word.
  const options: OptionsOf<typeof table> = { ...backup(), noToast: true, retries: 2 };
  const kept: RememberedOf<typeof table> = rememberedOf(table, options);

  it('is decoded, and refused where its value is of another kind', () => {
    const schema = z.strictObject(shapeOf(table, schemas));
    assert.equal(schema.parse(options).noToast, true);
    assert.equal(schema.safeParse({ ...options, noToast: 1 }).success, false);
    assert.equal(schema.safeParse({ ...options, retries: 4 }).success, false);
    assert.equal(schema.safeParse(backup()).success, false);
  });

  it('has its default, is remembered, and tells runs apart', () => {
    const { noToast, retries } = defaultsOf(table);
    assert.deepEqual([noToast, retries], [false, 1]);
    assert.equal(kept.noToast, true);
    assert.ok(!('retries' in kept));
    assert.deepEqual(
      historyValues(table, options).filter((entry) => !isOf(entry, backupFields)),
      [['noToast', true]],
    );
  });

  it('is called by its label, stands in its place and is drawn there', () => {
    assert.equal(fieldLabel(table, 'noToast', []), 'No TOAST compression');
    assert.ok(isAdvanced(table, 'noToast'));
    assert.equal(controlOf(table, 'noToast'), 'noToast');
    assert.equal(fieldOrder(table, 'retries'), fieldOrder(table, 'noToast') + 1);
    const drawn = fieldsAt(table, 'advanced').map(([name]) => name);
    assert.deepEqual(drawn.slice(-2), ['noToast', 'retries']);
    assert.match(fieldLine('noToast', table.noToast), /`noToast` \| true or false \| `false`/);
  });

  it('is judged, and given up where it means nothing', () => {
    const evaluation = new Evaluation<string>();
    checkNumbers(table, { ...options, retries: 4 }, evaluation);
    checkScope(table, { ...options, scope: 'roles' }, evaluation);
    assert.deepEqual(
      evaluation.problems.filter(({ field: name }) => !(name in backupFields)),
      [
        {
          field: 'retries',
          severity: 'error',
          message: 'Choose a whole number from 0 (never) to 3.',
        },
        { field: 'noToast', severity: 'error', message: 'Only of a database.' },
      ],
    );
    assert.equal(valuesOutside(table, 'roles').noToast, false);
    assert.ok(!('noToast' in valuesOutside(table, 'database')));
  });

  function isOf(entry: unknown, known: FieldTable): boolean {
    return Array.isArray(entry) && typeof entry[0] === 'string' && entry[0] in known;
  }
});

describe('the tables of option fields', () => {
  it('name options that the tools have, each in one field', () => {
    const claimed = new Set<string>();
    for (const [form, table] of tables) {
      for (const { options = {}, beside = {} } of Object.values(table)) {
        for (const [name, ids] of Object.entries(options)) {
          for (const id of ids) {
            assert.equal(optionRow(name as 'pg_dump', id).reserved, undefined, `${name} ${id}`);
            assert.ok(!claimed.has(`${name} ${id}`), `${form}: ${name} ${id} twice`);
            claimed.add(`${name} ${id}`);
          }
        }
        for (const id of Object.keys(beside)) {
          const tools = (['pg_dump', 'pg_dumpall'] as const).map(optionsOf);
          assert.ok(
            tools.some((rows) => rows.some((row) => row.id === id)),
            id,
          );
        }
      }
    }
  });

  it('call a field that several forms have by one name', () => {
    for (const [name, row] of Object.entries<FieldTable[string]>(backupFields)) {
      const other = (restoreFields as FieldTable)[name];
      if (other) assert.deepEqual([other.label, other.group], [row.label, row.group], name);
    }
    assert.equal(fieldName('includeSchema'), 'Content: Schema');
    assert.equal(fieldName('toolOptions.no-comments'), '--no-comments');
    assert.equal(fieldName('constructor'), 'constructor');
  });

  it('have a control for each field, and all names that correct one', () => {
    for (const [form, table] of tables) {
      for (const name of Object.keys(table)) {
        const control = controlOf(table, name);
        assert.ok(control in table || control === 'content', `${form}: ${name} at ${control}`);
      }
    }
    assert.equal(controlOf(backupFields, 'toolOptions.compress'), 'compression');
    assert.ok(!isAdvanced(backupFields, 'toolOptions.compress'));
    assert.ok(!isAdvanced(backupFields, 'toolOptions.no-role-passwords'));
    assert.ok(isAdvanced(backupFields, 'toolOptions.no-comments'));
    assert.deepEqual(optionsBesideFields(backupFields), ['compress', 'no-role-passwords']);
    assert.ok(
      fieldOrder(backupFields, 'compression') < fieldOrder(backupFields, 'toolOptions.compress'),
    );
    assert.ok(
      fieldOrder(backupFields, 'toolOptions.compress') < fieldOrder(backupFields, 'includeSchema'),
    );
  });

  it('are what both decoders take, and nothing else', () => {
    const given = { ...backup(), outputPath: '/b' };
    assert.deepEqual(Object.keys(given).sort(), Object.keys(backupFields).sort());
    assert.deepEqual(backupDecoders['job/start']({ options: given }).options, given);
    assert.deepEqual(decodeBackupRequest({ options: given }).options, given);
    const wanted = { ...restore(), inputPath: '/b' };
    assert.deepEqual(Object.keys(wanted).sort(), Object.keys(restoreFields).sort());
    assert.deepEqual(restoreDecoders['job/start']({ options: wanted }).options, wanted);
    assert.deepEqual(decodeRestoreRequest({ options: wanted }).options, wanted);
    for (const name of Object.keys(backupFields)) {
      const without = Object.fromEntries(Object.entries(given).filter(([each]) => each !== name));
      assert.throws(() => backupDecoders['job/start']({ options: without }), name);
      if (name in defaultsOf(backupFields)) decodeBackupRequest({ options: without });
    }
  });

  it('say what comes back the next time', () => {
    const flagged = (table: FieldTable): string[] =>
      Object.keys(table).filter((name) => table[name]?.remembered);
    assert.deepEqual(Object.keys(rememberableBackup(backup())), flagged(backupFields));
    assert.deepEqual(Object.keys(rememberableRestore(restore())), flagged(restoreFields));
    // What destroys, says into what or belongs to one file does not.
    for (const name of ['clean', 'ifExists', 'targetDatabase', 'createDatabase', 'wholeServer']) {
      assert.ok(!flagged(restoreFields).includes(name), name);
    }
    for (const name of [...Object.keys(wholeDatabase()), 'excludeDatabases', 'extraArgs']) {
      assert.ok(!flagged(backupFields).includes(name), name);
    }
  });

  it('tell backups apart that hold different things', () => {
    const changes: Partial<BackupOptions>[] = [
      { excludeSchemas: ['log'] },
      { extensions: ['postgis'] },
      { schemas: ['app'] },
      { tables: [ref('app.orders')] },
      { excludeTables: [ref('app.orders')] },
      { excludeTableData: [ref('app.orders')] },
      { largeObjects: false },
      { includeData: false },
      { excludeDatabases: ['shop'] },
      { scope: 'server' },
    ];
    const keys = [{}, ...changes].map((change) =>
      JSON.stringify(historyValues(backupFields, backup(change))),
    );
    assert.equal(new Set(keys).size, keys.length);
    const elsewhere = backup({ outputPath: '/other', lockWaitTimeout: 7 });
    assert.equal(JSON.stringify(historyValues(backupFields, elsewhere)), keys[0]);
  });

  it('give up with a scope what it does not have, so that no form begins with an error', () => {
    const full = backup({
      outputPath: '/b/x',
      format: 'directory',
      jobs: 4,
      compression: 9,
      includeSchema: false,
      includeOwnership: true,
      schemas: ['app'],
      excludeTableData: [ref('app.orders')],
      largeObjects: true,
      extensions: ['hstore'],
    });
    for (const scope of ['server', 'globals', 'roles', 'tablespaces'] as BackupScope[]) {
      const { problems } = evaluateBackup(changeBackup(full, { scope }), backupContext({}));
      assert.deepEqual(
        problems.filter(({ severity }) => severity === 'error'),
        [],
        scope,
      );
    }
  });
});

describe('the options that a form gives', () => {
  const context = backupContext({});
  const given = (options: BackupOptions): Set<string> =>
    optionsGivenByBackup(options, context, deriveBackup(options, context));
  const changes: [what: string, Partial<BackupOptions>][] = [
    ['nothing special', {}],
    ['jobs without the format for them', { jobs: 4 }],
    ['jobs', { jobs: 4, format: 'directory' }],
    ['no ownership, in an archive', { includeOwnership: false }],
    ['no ownership, in a script', { includeOwnership: false, format: 'plain', compression: 0 }],
    ['one schema', { schemas: ['app'] }],
    ['every schema', { schemas: ['app', 'audit', 'public'] }],
    ['single tables', { tables: [ref('app.orders')] }],
    ['all but a schema', { excludeSchemas: ['audit'] }],
    ['rows only', { includeSchema: false }],
    ['a tar', { format: 'tar', compression: 0 }],
    ['a whole server', { scope: 'server', format: 'plain', compression: 0 }],
    ['roles', { scope: 'roles', format: 'plain', compression: 0, noSync: true }],
  ];
  for (const [what, change] of changes) {
    it(`are those of its arguments: ${what}`, () => {
      const options = backup({ outputPath: '/b', ...change });
      const common = {
        options,
        file: '/b',
        connectionArgs: [],
        databaseEncoding: context.server?.encoding ?? null,
      };
      const { version } = tool('18.0');
      const args =
        options.scope === 'database'
          ? buildDumpArgs({ ...common, selection: deriveBackup(options, context).dump }, version)
          : buildDumpallArgs({ ...common, database: 'shop' }, version);
      const flags = args.map((arg) => arg.replace(/^--|=.*$/gs, ''));
      assert.deepEqual(given(options), new Set(flags));
    });
  }

  it('are told also of a form that would be refused', () => {
    const refused = backup({ includeSchema: false, includeData: false, encoding: 'LATIN1' });
    const options = given(refused);
    assert.ok(options.has('schema-only') && options.has('data-only') && options.has('encoding'));
    const unlikely = restore({ schemaOnly: true, dataOnly: true, ifExists: true });
    const both = optionsGivenByRestore(unlikely, restoreContext({}));
    assert.ok(both.has('schema-only') && both.has('data-only') && both.has('dbname'));
  });

  it('are of fields, or given in every run, or follow from the names', () => {
    const byItself = new Set(['strict-names', 'no-password', 'verbose']);
    for (const [, change] of changes.filter(([, { scope }]) => scope === undefined)) {
      for (const id of given(backup(change))) {
        assert.ok(byItself.has(id) || optionRow('pg_dump', id).formField !== undefined, id);
      }
    }
  });

  it('are called by their labels where something cannot be used with them', () => {
    const messages = (change: Partial<BackupOptions>): string[] =>
      evaluateBackup(backup({ outputPath: '/b', ...change }), context).problems.map(
        ({ message }) => message,
      );
    const cases: [Partial<BackupOptions>, RegExp][] = [
      [{ extraArgs: ['--exclude-table=x'] }, /a field for this \(Objects\)/],
      [{ extraArgs: ['--no-sync'] }, /a field for this \(Do not wait for the disk\)/],
      [{ toolOptions: { 'schema-only': true } }, /--schema-only \(Content: Data\)/],
    ];
    for (const [change, message] of cases) assert.match(messages(change).join('\n'), message);
    const keys = Object.keys(backupFields).filter((name) => /[A-Z]/.test(name));
    for (const [change] of cases) {
      for (const text of messages(change)) {
        assert.ok(!keys.some((key) => new RegExp(`\\b${key}\\b`).test(text)), text);
      }
    }
  });
});
