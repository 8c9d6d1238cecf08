import assert from 'node:assert/strict';
import { evaluateBackup } from '../../../src/core/forms/backup/backupForm';
import { backupToolOptions } from '../../../src/core/forms/toolOptions/checkToolOptions';
import type { BackupOptions, RestoreOptions } from '../../../src/core/model/options';
import { backupCommand } from '../../../src/core/plans/preview';
import { rememberableBackup, rememberableRestore } from '../../../src/core/forms/api/rememberable';
import { evaluateRestore } from '../../../src/core/forms/restore/restoreForm';
import { changeToolOption, resetToolOption } from '../../../src/core/forms/toolOptions/toolOptions';
import { parseHelp } from '../../../src/core/pgtools/choose/help';
import { optionsOf } from '../../../src/core/pgtools/catalogue/catalogue';
import { dumpOptions } from '../../../src/core/pgtools/catalogue/dump';
import { compareWithHelp, rowsOf } from '../../../src/core/pgtools/catalogue/offeredRows';
import { isToolOption } from '../../../src/core/pgtools/catalogue/rows';
import { fitArguments, maxCommandBytes } from '../../../src/core/pgtools/args/longSelection';
import { parseCompression } from '../../../src/core/pgtools/args/compression';
import { AppError } from '../../../src/core/errors';
import { everyMajor, version } from '../pgtools/versions';
import {
  archive,
  backup,
  backupContext,
  restore,
  restoreContext,
  server,
  tool,
} from './sampleCatalog';

const target = { file: '/bin/pg_dump', connectionArgs: [] };

/** Fields of the errors of a backup by this version, on a server of its own major. */
function errors(options: Partial<BackupOptions>, text: string): string[] {
  const { version: v } = tool(text);
  const context = backupContext({
    tool: tool(text),
    server: server({ major: v.major, versionNumber: v.major * 10000, version: text }),
  });
  return evaluateBackup(backup(options), context)
    .problems.filter((problem) => problem.severity === 'error')
    .map((problem) => problem.field);
}

function restoreErrors(options: Partial<RestoreOptions>, text: string): string[] {
  const context = restoreContext({
    tool: tool(text),
    info: archive({ archiveVersion: '1.14' }),
  });
  return evaluateRestore(restore(options), context)
    .problems.filter((problem) => problem.severity === 'error')
    .map((problem) => problem.field);
}

describe('options of the tools', () => {
  for (const compress of ['zstd:3', 'lz4', 'gzip:9', 'none']) {
    it(`never gives ${compress} to a pg_dump that would read it as "not compressed"`, () => {
      for (const text of ['12.22', '13.23', '14.24', '15.18']) {
        const options = { toolOptions: { compress } };
        assert.deepEqual(errors(options, text), ['toolOptions.compress'], text);
        const context = backupContext({ tool: tool(text) });
        assert.deepEqual(backupCommand(backup(options), context, target).argv, []);
      }
      const context = backupContext({ tool: tool('17.6') });
      assert.deepEqual(errors({ toolOptions: { compress } }, '17.6'), []);
      const command = backupCommand(backup({ toolOptions: { compress } }), context, target).argv;
      assert.deepEqual(
        command.filter((arg) => arg.startsWith('--compress')),
        [`--compress=${compress}`],
      );
    });
  }

  it('never gives --no-data to a pg_restore that would read it as another option', () => {
    for (const text of ['12.22', '13.23', '16.15', '17.11']) {
      assert.deepEqual(restoreErrors({ toolOptions: { 'no-data': true } }, text), [
        'toolOptions.no-data',
      ]);
      assert.deepEqual(restoreErrors({ extraArgs: ['--no-data'] }, text), ['extraArgs']);
    }
    assert.deepEqual(restoreErrors({ toolOptions: { 'no-data': true } }, '18.1'), []);
  });

  const refused: [what: string, Partial<BackupOptions>, string[]][] = [
    ['an option of a newer version', { toolOptions: { 'sequence-data': true } }, ['sequence-data']],
    ['an option of no version', { toolOptions: { nonsense: true } }, ['nonsense']],
    ['a field of the form', { toolOptions: { jobs: 2 } }, ['jobs']],
    ['what the connection says', { toolOptions: { host: 'h' } }, ['host']],
    ['a flag with a value', { toolOptions: { inserts: 'yes' } }, ['inserts']],
    ['a number out of range', { toolOptions: { 'rows-per-insert': 0 } }, ['rows-per-insert']],
    ['a fraction', { toolOptions: { 'rows-per-insert': 1.5 } }, ['rows-per-insert']],
    ['an unknown section', { toolOptions: { section: ['pre', 'data'] } }, ['section']],
    ['a relative path', { toolOptions: { filter: '-' } }, ['filter']],
    [
      'a missing requirement',
      { toolOptions: { 'on-conflict-do-nothing': true } },
      ['on-conflict-do-nothing'],
    ],
    [
      'sections of data alone',
      { includeSchema: false, toolOptions: { section: ['data'] } },
      ['section'],
    ],
    ['what only scripts have', { toolOptions: { 'no-tablespaces': true } }, ['no-tablespaces']],
    [
      'foreign data by several jobs',
      { format: 'directory', jobs: 2, toolOptions: { 'include-foreign-data': ['s'] } },
      ['include-foreign-data'],
    ],
    ['an unknown method', { toolOptions: { compress: 'brotli' } }, ['compress']],
    ['a level out of range', { toolOptions: { compress: 'zstd:level=23' } }, ['compress']],
    ['a level of none', { toolOptions: { compress: 'none:1' } }, ['compress']],
    ['a long mode of lz4', { toolOptions: { compress: 'lz4:long' } }, ['compress']],
    [
      'a compressed tar',
      { format: 'tar', compression: 0, toolOptions: { compress: 'gzip:1' } },
      ['compress'],
    ],
  ];
  for (const [what, options, ids] of refused) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(
        errors(options, '17.6'),
        ids.map((id) => `toolOptions.${id}`),
      );
    });
  }

  it('refuses extra arguments that repeat or contradict what is set', () => {
    const inserts = { toolOptions: { inserts: true }, extraArgs: ['--inserts'] };
    assert.deepEqual(errors(inserts, '17.6'), ['extraArgs']);
    const against = {
      format: 'directory' as const,
      jobs: 2,
      extraArgs: ['--include-foreign-data=s'],
    };
    assert.deepEqual(errors(against, '17.6'), ['extraArgs']);
    const together = { toolOptions: { inserts: true }, extraArgs: ['--on-conflict-do-nothing'] };
    assert.deepEqual(errors(together, '17.6'), []);
  });

  it('refuses a method that this build lacks', () => {
    const context = backupContext({
      tool: { ...tool('17.6'), compressionMethods: ['none', 'gzip'] },
    });
    const { problems } = evaluateBackup(backup({ toolOptions: { compress: 'zstd' } }), context);
    assert.deepEqual(
      problems.map((p) => p.field),
      ['toolOptions.compress'],
    );
    assert.match(problems[0]?.message ?? '', /built without zstd/);
  });

  it('offers what only the help of a newer tool knows, and not what it lacks', () => {
    const help = parseHelp(
      '  -f, --file=FILENAME   output\n  --warp=FACTOR   how fast\n  --shiny   polish\n',
    );
    const abilities = compareWithHelp(dumpOptions, version('19.0'), help);
    assert.deepEqual(
      abilities.unknownOptions.map((o) => o.flag),
      ['--warp', '--shiny'],
    );
    assert.ok(abilities.missingOptions.includes('inserts'));
    const context = backupContext({ tool: { ...tool('19.0'), ...abilities } });
    const options = backup({ toolOptions: { warp: '9', shiny: true } });
    assert.deepEqual(
      evaluateBackup(options, context).problems.filter((p) => p.severity === 'error'),
      [],
    );
    const fields = backupToolOptions(options, context);
    assert.deepEqual(
      fields.map((f) => [f.id, f.kind, f.group, f.help]),
      [
        ['warp', 'text', 'other', 'how fast'],
        ['shiny', 'flag', 'other', 'polish'],
      ],
    );
    const command = backupCommand(options, context, target).argv;
    assert.ok(command.includes('--warp=9') && command.includes('--shiny'));
  });

  it('offers every option of every version, each enabled or with a reason', () => {
    for (const v of everyMajor) {
      for (const format of ['custom', 'plain', 'directory', 'tar'] as const) {
        const context = backupContext({ tool: { version: v } });
        const fields = backupToolOptions(backup({ format, compression: 0 }), context);
        const known = new Set(rowsOf(dumpOptions, v).map((row) => row.id));
        assert.ok(fields.length > 25, v.text);
        for (const { id, state } of fields) {
          assert.ok(known.has(id));
          assert.ok(state.enabled || (state.reason ?? '').length > 10, id);
        }
      }
    }
  });

  it('sets and takes back', () => {
    const set = changeToolOption(backup({}), 'section', ['data']);
    assert.deepEqual(set.toolOptions, { section: ['data'] });
    for (const empty of [null, false, '', []]) {
      assert.deepEqual(changeToolOption(set, 'section', empty).toolOptions, {});
    }
    assert.deepEqual(resetToolOption(set, 'section').toolOptions, {});
  });

  it('reads compression as pg_dump does', () => {
    const cases: [string, unknown][] = [
      ['gzip', { method: 'gzip', level: null, long: false }],
      ['zstd:9', { method: 'zstd', level: 9, long: false }],
      ['zstd:level=9,long', { method: 'zstd', level: 9, long: true }],
      ['zstd:9,long', null],
      ['zstd:', null],
      ['', null],
    ];
    for (const [text, spec] of cases) assert.deepEqual(parseCompression(text), spec, text);
  });

  it('forgets what is dangerous or of one run', () => {
    const kept = rememberableBackup(
      backup({
        schemas: ['app'],
        extraArgs: ['--role=x'],
        toolOptions: {
          inserts: true,
          'enable-row-security': true,
          snapshot: 'x',
          filter: '/f',
          section: ['data'],
        },
      }),
    );
    assert.deepEqual(kept.toolOptions, { inserts: true });
    assert.ok(!('schemas' in kept) && !('extraArgs' in kept) && !('outputPath' in kept));
    const after = rememberableRestore(
      restore({ clean: true, ifExists: true, createDatabase: true, targetDatabase: 'x' }),
    );
    for (const field of [
      'clean',
      'ifExists',
      'createDatabase',
      'targetDatabase',
      'extraArgs',
      'dataOnly',
      'exitOnError',
      'disableTriggers',
    ]) {
      assert.ok(!(field in after), field);
    }
  });

  /** Whoever adds an option to the catalogue decides here whether it may come back unasked. */
  it('brings nothing back that leaves out, skips or does not check something', () => {
    const kept = {
      pg_dump:
        'sync-method no-tablespaces no-table-access-method use-set-session-authorization superuser ' +
        'compress extra-float-digits disable-dollar-quoting quote-all-identifiers ' +
        'load-via-partition-root no-toast-compression sequence-data inserts column-inserts ' +
        'rows-per-insert role serializable-deferrable',
      pg_restore:
        'no-tablespaces no-table-access-method use-set-session-authorization superuser ' +
        'transaction-size role',
    };
    const all = (tool: 'pg_dump' | 'pg_restore'): Record<string, true> =>
      Object.fromEntries(
        optionsOf(tool)
          .filter(isToolOption)
          .map(({ id }) => [id, true]),
      );
    const names = (options: object): string => Object.keys(options).sort().join(' ');
    const sorted = (text: string): string => text.split(' ').sort().join(' ');
    const dumped = rememberableBackup(backup({ toolOptions: all('pg_dump') })).toolOptions;
    const restored = rememberableRestore(restore({ toolOptions: all('pg_restore') })).toolOptions;
    assert.equal(names(dumped), sorted(kept.pg_dump));
    assert.equal(names(restored), sorted(kept.pg_restore));
  });

  it('writes a long selection in the first form that the system takes', () => {
    const build = (form: string): string[] => {
      if (form === 'filterFile') return ['--filter=/f'];
      return Array.from({ length: form === 'names' ? 40_000 : 200 }, () => '--table="app"."t"');
    };
    assert.equal(fitArguments(() => ['x'], version('13.1'), { windows: false }).form, 'names');
    assert.equal(fitArguments(build, version('17.6'), { windows: false }).form, 'filterFile');
    assert.equal(fitArguments(build, version('16.1'), { windows: false }).form, 'groups');
    const huge = (): string[] => ['x'.repeat(maxCommandBytes(true) + 1)];
    assert.throws(
      () => fitArguments(huge, version('16.1'), { windows: true }),
      (error) => AppError.is(error, 'argumentsTooLong') && error.details.needs === 17,
    );
    const long = (): string[] => ['x'.repeat(131_072)];
    assert.throws(() => fitArguments(long, version('18.1'), { windows: false }), AppError);
  });
});
