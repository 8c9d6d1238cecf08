import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import {
  backupToolOptions,
  restoreToolOptions,
} from '../../../src/core/forms/toolOptions/checkToolOptions';
import type { BackupOptions } from '../../../src/core/model/options';
import { extensionOf } from '../../../src/core/forms/backup/outputPath';
import { backupCommand, restoreCommand } from '../../../src/core/plans/preview';
import { evaluateRestore } from '../../../src/core/forms/restore/restoreForm';
import { compressionProblem } from '../../../src/core/pgtools/args/compression';
import { validateExtraArgs } from '../../../src/core/pgtools/args/extraArgs';
import { dumpOptions } from '../../../src/core/pgtools/catalogue/dump';
import { renderOptions } from '../../../src/core/pgtools/args/renderOptions';
import {
  archive,
  backup,
  backupContext,
  restore,
  restoreContext,
  tool,
} from '../forms/sampleCatalog';
import { everyMajor, version } from './versions';

const before = (major: number) => everyMajor.filter((each) => each.major < major);

function refusedAt(options: Partial<BackupOptions>, toolVersion = '18.6'): string[] {
  const { problems } = evaluateBackup(backup(options), backupContext({ tool: tool(toolVersion) }));
  return problems.filter(({ severity }) => severity === 'error').map(({ field }) => field);
}

/** What the tools take without a word and then do not do, or do otherwise (all measured). */
describe('what the tools accept and do wrong', () => {
  for (const spec of ['zstd:3', 'lz4', 'gzip:9', 'none', 'zstd:level=9,long']) {
    it(`--compress=${spec} before 16, which is not compressed at all or an error`, () => {
      for (const each of before(16)) {
        assert.equal(compressionProblem(spec, each, undefined)?.code, 'methodMissing', each.text);
        const values = new Map([['compress', spec]]);
        assert.throws(() => renderOptions(dumpOptions, each, values), AppError);
        const fields = refusedAt({ toolOptions: { compress: spec } }, each.text);
        assert.ok(fields.includes('toolOptions.compress'), each.text);
      }
      assert.equal(compressionProblem(spec, version('16.10'), undefined), null);
    });
  }

  it('pg_restore --no-data before 18, which is read as --no-data-for-failed-tables', () => {
    for (const each of before(18)) {
      const context = restoreContext({ tool: tool(each.text) });
      const ids = restoreToolOptions(restore(), context).map(({ id }) => id);
      assert.ok(!ids.includes('no-data') && ids.includes('no-data-for-failed-tables'));
      const [problem] = validateExtraArgs('pg_restore', each, ['--no-data']);
      assert.equal(problem?.problem.code, 'otherVersion');
      const options = restore({ toolOptions: { 'no-data': true } });
      assert.ok(evaluateRestore(options, context).problems.length > 0);
      const made = restoreCommand(options, context, {
        file: 'pg_restore',
        connectionArgs: [],
      }).argv;
      assert.deepEqual(made, []);
    }
  });

  for (const [name, args] of [
    ['pg_dump', ['--lock-wait', '2s']],
    ['pg_dump', ['--no-c']],
    ['pg_restore', ['--no-d']],
    ['pg_dumpall', ['--no-role']],
  ] as const) {
    it(`${name} ${args[0]}, the beginning of an option`, () => {
      for (const each of everyMajor) {
        const [problem] = validateExtraArgs(name, each, args);
        assert.equal(problem?.problem.code, 'abbreviation', each.text);
      }
    });
  }

  it('a compressed script under any name: ours tells how', () => {
    assert.equal(extensionOf({ format: 'plain', compression: 6, toolOptions: {} }), '.sql.gz');
    for (const [compress, end] of [
      ['zstd:3', '.sql.zst'],
      ['lz4', '.sql.lz4'],
      ['gzip:1', '.sql.gz'],
      ['none', '.sql'],
    ] as const) {
      const toolOptions = { compress };
      assert.equal(extensionOf({ format: 'plain', compression: 0, toolOptions }), end);
    }
  });

  const emptyOrIgnored: [string, Partial<BackupOptions>, string][] = [
    [
      'the data section of definitions only: an empty dump',
      { includeData: false, toolOptions: { section: ['data'] } },
      'toolOptions.section',
    ],
    [
      'triggers disabled for definitions only',
      {
        format: 'plain',
        compression: 0,
        includeData: false,
        toolOptions: { 'disable-triggers': true },
      },
      'toolOptions.disable-triggers',
    ],
    [
      'large objects of definitions only',
      { includeData: false, largeObjects: true },
      'largeObjects',
    ],
  ];
  for (const [name, options, field] of emptyOrIgnored) {
    it(name, () => assert.deepEqual(refusedAt(options), [field]));
  }

  it('large objects both wanted and not: only one can be said', () => {
    for (const largeObjects of [true, false]) {
      const options = backup({ largeObjects, schemas: largeObjects ? ['app'] : null });
      const args = backupCommand(options, backupContext(), { file: 'x', connectionArgs: [] }).argv;
      assert.equal(args.filter((arg) => /^--(no-)?(large-objects|blobs)$/.test(arg)).length, 1);
    }
    const both = validateExtraArgs('pg_dump', version('18.6'), ['-b', '-B']);
    assert.equal(both.length, 2);
  });

  for (const id of [
    'clean',
    'create',
    'if-exists',
    'superuser',
    'use-set-session-authorization',
    'no-tablespaces',
    'no-table-access-method',
  ]) {
    it(`--${id} in an archive, where pg_dump ignores it`, () => {
      for (const format of ['custom', 'directory', 'tar'] as const) {
        const compression = format === 'tar' ? 0 : 6;
        const toolOptions = { [id]: id === 'superuser' ? 'postgres' : true };
        assert.deepEqual(refusedAt({ format, compression, toolOptions }), [`toolOptions.${id}`]);
        const context = backupContext({ tool: tool('18.6') });
        const fields = backupToolOptions(backup({ format, compression }), context);
        assert.equal(fields.find((field) => field.id === id)?.state.enabled, false);
      }
    });
  }

  for (const args of [['-f', '-'], ['--file=-'], ['-l'], ['-t', 'nosuch'], ['-n', 'nosuch']]) {
    it(`pg_restore ${args.join(' ')}: jobs and transactions mean nothing, or nothing is restored`, () => {
      const { problems } = evaluateRestore(
        restore({ extraArgs: [...args] }),
        restoreContext({ info: archive() }),
      );
      assert.ok(
        problems.some(({ field, severity }) => field === 'extraArgs' && severity === 'error'),
      );
    });
  }

  it('statistics only with statistics: 18 takes both', () => {
    const toolOptions = { statistics: true, 'statistics-only': true };
    assert.deepEqual(refusedAt({ toolOptions }), []);
    assert.deepEqual(refusedAt({ toolOptions: { ...toolOptions, 'no-statistics': true } }), [
      'toolOptions.statistics',
      'toolOptions.statistics-only',
      'toolOptions.no-statistics',
    ]);
  });
});
