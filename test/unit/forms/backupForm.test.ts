import assert from 'node:assert/strict';
import { beginChoices, choose } from '../../../src/core/forms/form/choices';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import {
  backupOptionsOf,
  changeBackup,
  evaluateBackup,
} from '../../../src/core/forms/backup/backupForm';
import type { BackupContext } from '../../../src/core/forms/form/context';
import { deriveBackup } from '../../../src/core/forms/selection/derivedBackup';
import { assertAllowed } from '../../../src/core/jobs/backup/checkOptions';
import { hasErrors } from '../../support/forms/hasErrors';
import type { BackupFormat, BackupOptions } from '../../../src/core/model/options';
import { backup, backupContext, ref, server, tool } from './sampleCatalog';

const formats: BackupFormat[] = ['custom', 'plain', 'directory', 'tar'];
const NO_FACTS = { tool: null, catalog: null, cores: null };

function errorsOf(options: BackupOptions, context = backupContext()): string[] {
  return evaluateBackup(options, context)
    .problems.filter((problem) => problem.severity === 'error')
    .map((problem) => problem.field);
}

/** As a job judges the options. */
function allowed(patch: Partial<BackupOptions>, more?: Partial<BackupContext>): Promise<void> {
  const [options, context] = [backup(patch), backupContext(more)];
  return assertAllowed(options, context, deriveBackup(options, context));
}

describe('backupDefaults', () => {
  const compression = { custom: 6, directory: 6, plain: 0, tar: 0 };
  for (const format of formats) {
    it(`has nothing to object to in ${format}`, () => {
      const defaults = backupDefaults(format);
      assert.equal(defaults.compression, compression[format]);
      assert.equal(defaults.jobs, 1);
      assert.equal(defaults.lockWaitTimeout, 30);
      const options = { ...defaults, connectionId: 'dev', outputPath: '/b/x' };
      assert.deepEqual(evaluateBackup(options, backupContext()).problems, []);
    });
  }
});

describe('evaluateBackup', () => {
  const refusals: [string, Partial<BackupOptions>, string[], Partial<BackupContext>?][] = [
    ['no connection', { connectionId: '' }, ['connectionId'], { connection: null }],
    ['a connection that is gone', {}, ['connectionId'], { connection: null }],
    ['a server newer than the tool', {}, ['connectionId'], { tool: tool('16.10') }],
    [
      'a server older than the tool takes',
      {},
      ['connectionId'],
      { server: server({ versionNumber: 90100, major: 9, version: '9.1' }) },
    ],
    ['no output path', { outputPath: '' }, ['outputPath']],
    ['a blank output path', { outputPath: '  ' }, ['outputPath']],
    ['a relative output path', { outputPath: 'shop.dump' }, ['outputPath']],
    ['a relative path with a tilde', { outputPath: '~/shop.dump' }, ['outputPath']],
    ['a drive without root', { outputPath: 'C:shop.dump' }, ['outputPath']],
    ['a directory as file', { outputPath: '/backups/' }, ['outputPath']],
    ['a path with NUL', { outputPath: '/backups/a\0b' }, ['outputPath']],
    [
      'a directory written as a stream',
      { format: 'directory' },
      ['format'],
      { tool: { ...tool('17.6'), streams: true } },
    ],
    ['jobs of a stream', { jobs: 2 }, ['jobs'], { tool: { ...tool('17.6'), streams: true } }],
    ['compressed tar', { format: 'tar', compression: 1 }, ['compression']],
    ['compression 10', { compression: 10 }, ['compression']],
    ['compression -1', { compression: -1 }, ['compression']],
    ['compression 1.5', { compression: 1.5 }, ['compression']],
    ['no jobs', { format: 'directory', jobs: 0 }, ['jobs']],
    ['65 jobs', { format: 'directory', jobs: 65 }, ['jobs']],
    ['NaN jobs', { format: 'directory', jobs: NaN }, ['jobs']],
    ['2 jobs, plain', { format: 'plain', jobs: 2 }, ['jobs']],
    ['2 jobs, tar', { format: 'tar', jobs: 2 }, ['jobs']],
    ['no ownership, custom', { includeOwnership: false }, ['includeOwnership']],
    [
      'no ownership, directory',
      { format: 'directory', includeOwnership: false },
      ['includeOwnership'],
    ],
    ['no ownership, tar', { format: 'tar', includeOwnership: false }, ['includeOwnership']],
    ['neither schema nor data', { includeSchema: false, includeData: false }, ['includeData']],
    ['large objects without data', { includeData: false, largeObjects: true }, ['largeObjects']],
    ['a negative timeout', { lockWaitTimeout: -1 }, ['lockWaitTimeout']],
    ['a timeout beyond 32 bits of milliseconds', { lockWaitTimeout: 2147484 }, ['lockWaitTimeout']],
    ['half a second', { lockWaitTimeout: 0.5 }, ['lockWaitTimeout']],
    ['an unknown encoding', { encoding: 'utf-9' }, ['encoding']],
    ['an empty encoding', { encoding: '' }, ['encoding']],
    [
      'an encoding without conversion',
      { encoding: 'WIN1251' },
      ['encoding'],
      { server: server({ encoding: 'LATIN1' }) },
    ],
    ['an unknown schema', { schemas: ['app', 'nosuch'] }, ['schemas']],
    ['an unknown table', { tables: [ref('app.nosuch')] }, ['tables']],
    ['a table in the wrong case', { tables: [ref('app.Orders')] }, ['tables']],
    ['an unknown exclusion', { excludeTables: [ref('app.nosuch')] }, ['excludeTables']],
    ['an unknown data exclusion', { excludeTableData: [ref('x.y')] }, ['excludeTableData']],
    [
      'a table both ticked and excluded',
      { tables: [ref('app.orders')], excludeTables: [ref('app.orders')] },
      ['excludeTables'],
    ],
    ['an unknown extension', { schemas: ['app'], extensions: ['nosuch'] }, ['extensions']],
    [
      'extensions with pg_dump 13',
      { schemas: ['app'], extensions: ['pg_trgm'] },
      ['extensions'],
      { tool: tool('13.22'), server: server({ major: 13, versionNumber: 130022 }) },
    ],
    [
      'extensions without definitions',
      { schemas: ['app'], extensions: ['pg_trgm'], includeSchema: false },
      ['extensions'],
    ],
    ['a selection without catalog', { schemas: ['app'] }, ['schemas'], { catalog: null }],
    [
      'data exclusion without catalog',
      { excludeTableData: [ref('a.b')] },
      ['tables'],
      { catalog: null },
    ],
    ['an extra argument of the form', { extraArgs: ['--file=/x'] }, ['extraArgs']],
    ['--help', { extraArgs: ['--help'] }, ['extraArgs']],
    ['an extra database', { extraArgs: ['other'] }, ['extraArgs']],
    ['an extra option of a newer version', { extraArgs: ['--no-policies'] }, ['extraArgs']],
    ['an extra argument with NUL', { extraArgs: ['--role=a\0'] }, ['extraArgs']],
  ];
  for (const [name, options, fields, context] of refusals) {
    it(`refuses ${name}`, async () => {
      const evaluation = evaluateBackup(backup(options), backupContext(context));
      const errors = evaluation.problems.filter((problem) => problem.severity === 'error');
      assert.deepEqual([...new Set(errors.map((problem) => problem.field))], fields);
      for (const { message } of errors) assert.ok(message.length > 10, message);
      assert.equal(hasErrors(evaluation), true);
      // A job may load less of the rules.
      const [first] = errors;
      await assert.rejects(allowed(options, context), {
        code: 'optionInvalid',
        details: { field: first?.field, problem: first?.message },
      });
    });
  }

  const accepted: [string, Partial<BackupOptions>, Partial<BackupContext>?][] = [
    ['uncompressed custom', { compression: 0 }],
    ['compressed plain', { format: 'plain', compression: 9 }],
    ['a parallel directory', { format: 'directory', jobs: 8 }],
    ['plain without ownership', { format: 'plain', includeOwnership: false }],
    ['no privileges', { includePrivileges: false }],
    ['schema only', { includeData: false }],
    ['data only', { includeSchema: false }],
    ['no timeout', { lockWaitTimeout: 0 }],
    ['a Windows path', { outputPath: 'C:\\backups\\shop.dump' }],
    ['a share', { outputPath: '\\\\nas\\backups\\shop.dump' }],
    ['a path with odd characters', { outputPath: '/b/it\'s a "dump" ✓ -x.dump' }],
    ['a directory with a slash', { format: 'directory', outputPath: '/b/shop/' }],
    ['another spelling of UTF8', { encoding: 'utf-8' }],
    ['an encoding by its alias', { encoding: 'iso-8859-1' }],
    ['schemas', { schemas: ['app'] }],
    ['an empty selection', { schemas: [], tables: [] }],
    ['a table without rows', { excludeTableData: [ref('app.orders')] }],
    [
      'data exclusion while no data is dumped',
      { includeData: false, excludeTableData: [ref('app.orders')] },
    ],
    ['kept extensions', { schemas: ['app'], extensions: ['pg_trgm'] }],
    ['extra arguments', { extraArgs: ['--no-comments', '--role=x'] }],
    ['no catalog without selection', {}, { catalog: null }],
    ['nothing known but the connection', {}, { catalog: null, server: null, tool: null }],
  ];
  for (const [name, options, context] of accepted) {
    it(`accepts ${name}`, async () => {
      assert.deepEqual(errorsOf(backup(options), backupContext(context)), []);
      await allowed(options, context);
    });
  }

  it('refuses names beyond ASCII in a dump of another encoding, and says when UTF8 is used', () => {
    const context = backupContext();
    const relations = context.catalog?.relations ?? [];
    const [first] = relations;
    assert.ok(first);
    relations.push({ ...first, name: 'таблица' });
    const options = backup({ tables: [ref('app.таблица')] });
    assert.deepEqual(errorsOf({ ...options, encoding: 'WIN1251' }, context), ['encoding']);
    assert.deepEqual(errorsOf({ ...options, encoding: 'UTF8' }, context), []);
    const latin = { ...context, server: server({ encoding: 'KOI8R' }) };
    assert.deepEqual(errorsOf(options, latin), []);
    assert.ok(evaluateBackup(options, latin).summary.some((line) => line.includes('UTF8')));
  });

  it('warns of characters that the encoding may lack', () => {
    const { problems } = evaluateBackup(backup({ encoding: 'LATIN1' }), backupContext());
    assert.deepEqual(
      problems.map(({ field, severity }) => [field, severity]),
      [['encoding', 'warning']],
    );
  });

  const disabled: [
    string,
    Partial<BackupOptions>,
    (keyof BackupOptions)[],
    Partial<BackupContext>?,
  ][] = [
    ['custom', {}, ['includeOwnership', 'extensions']],
    ['plain', { format: 'plain' }, ['jobs', 'extensions']],
    ['directory', { format: 'directory' }, ['includeOwnership', 'extensions']],
    ['tar', { format: 'tar' }, ['compression', 'jobs', 'includeOwnership', 'extensions']],
    [
      'data only',
      { format: 'plain', includeSchema: false },
      ['jobs', 'includePrivileges', 'includeOwnership', 'extensions'],
    ],
    [
      'schema only',
      { includeData: false },
      ['includeOwnership', 'excludeTableData', 'largeObjects', 'extensions'],
    ],
    ['a filter', { schemas: ['app'] }, ['includeOwnership']],
    [
      'a filter with pg_dump 13',
      { schemas: ['app'] },
      ['includeOwnership', 'extensions'],
      { tool: tool('13.22') },
    ],
  ];
  for (const [name, options, fields, context] of disabled) {
    it(`disables what cannot apply: ${name}`, () => {
      const evaluation = evaluateBackup(backup(options), backupContext(context));
      assert.deepEqual(Object.keys(evaluation.fields).sort(), [...fields].sort());
      for (const state of Object.values(evaluation.fields)) {
        assert.equal(state?.enabled, false);
        assert.ok(state.reason);
      }
    });
  }

  it('never disables a field that has to be undone', () => {
    const { fields } = evaluateBackup(
      backup({ format: 'tar', compression: 3, jobs: 4, includeOwnership: false }),
      backupContext(),
    );
    for (const field of ['compression', 'jobs', 'includeOwnership'] as const) {
      assert.notEqual(fields[field]?.enabled, false, field);
    }
  });
});

describe('changeBackup', () => {
  const changes: [
    string,
    Partial<BackupOptions>,
    Partial<BackupOptions>,
    Partial<BackupOptions>,
  ][] = [
    [
      'custom to tar',
      { compression: 9 },
      { format: 'tar' },
      { compression: 0, outputPath: '/backups/shop.tar' },
    ],
    [
      'tar to directory',
      { format: 'tar', outputPath: '/b/shop.tar' },
      { format: 'directory' },
      { compression: 6, outputPath: '/b/shop' },
    ],
    [
      'parallel directory to custom keeps the jobs and the compression',
      { format: 'directory', jobs: 8, compression: 3, outputPath: '/b/my.shop' },
      { format: 'custom' },
      { jobs: 8, compression: 3, outputPath: '/b/my.shop.dump' },
    ],
    [
      'plain without ownership to custom',
      { format: 'plain', includeOwnership: false, outputPath: '/b/shop.sql' },
      { format: 'custom' },
      { includeOwnership: true, compression: 6, outputPath: '/b/shop.dump' },
    ],
    [
      'plain is compressed',
      { format: 'plain', outputPath: '/b/shop.sql' },
      { compression: 5 },
      { outputPath: '/b/shop.sql.gz' },
    ],
    [
      'plain is not compressed any more',
      { format: 'plain', compression: 5, outputPath: '/b/shop.sql.gz' },
      { compression: 0 },
      { outputPath: '/b/shop.sql' },
    ],
    [
      'an extension of the user stays',
      { outputPath: '/b/shop.bak' },
      { format: 'tar' },
      { compression: 0, outputPath: '/b/shop.bak' },
    ],
    [
      'a chosen path stays',
      {},
      { format: 'tar', outputPath: '/b/x.dump' },
      { compression: 0, outputPath: '/b/x.dump' },
    ],
    [
      'an unrelated change leaves the path',
      { outputPath: '/b/shop' },
      { noSync: true },
      { outputPath: '/b/shop' },
    ],
    [
      'no path stays none',
      { outputPath: '' },
      { format: 'tar' },
      { compression: 0, outputPath: '' },
    ],
    [
      'a hidden file keeps its name',
      { outputPath: '/b/.dump' },
      { format: 'tar' },
      { compression: 0, outputPath: '/b/.dump' },
    ],
    [
      'without data no large objects',
      { largeObjects: true },
      { includeData: false },
      { largeObjects: null },
    ],
    [
      'an emptied selection',
      { schemas: ['app'] },
      { schemas: [], tables: [] },
      { schemas: null, tables: null },
    ],
  ];
  for (const [name, before, patch, after] of changes) {
    it(name, () => {
      const changed = changeBackup(backup(before), patch);
      const expected = { ...backup(before), ...patch, ...after };
      assert.deepEqual(changed, expected);
    });
  }

  it('comes back when what it depends on does, with the path that goes along', () => {
    const start = backup({ ...backupDefaults('directory'), outputPath: '/b/shop', jobs: 4 });
    const begun = choose(beginChoices(start), { compression: 9, excludeSchemas: ['audit'] });
    const before = backupOptionsOf(begun, start, NO_FACTS);
    const others: Partial<BackupOptions>[] = [
      { format: 'plain' },
      { format: 'tar' },
      { format: 'custom' },
      { scope: 'server' },
      { scope: 'roles' },
      { includeData: false },
    ];
    for (const patch of others) {
      const there = choose(begun, patch);
      const elsewhere = backupOptionsOf(there, before, NO_FACTS);
      assert.notDeepEqual(elsewhere, before);
      const undo = Object.fromEntries(
        Object.keys(patch).map((field) => [field, before[field as keyof BackupOptions]]),
      );
      const back = backupOptionsOf(choose(there, undo), elsewhere, NO_FACTS);
      assert.deepEqual(back, before, JSON.stringify(patch));
    }
  });

  it('goes from any format to any other without a refusal', () => {
    for (const from of formats) {
      for (const to of formats) {
        const start = backup({
          ...backupDefaults(from),
          jobs: from === 'directory' ? 4 : 1,
          includeOwnership: from !== 'plain',
        });
        const { problems } = evaluateBackup(changeBackup(start, { format: to }), backupContext());
        assert.deepEqual(problems, [], `${from} to ${to}`);
      }
    }
  });
});
