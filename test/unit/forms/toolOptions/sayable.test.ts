import assert from 'node:assert/strict';
import { evaluateBackup } from '../../../../src/core/forms/backup/backupForm';
import type { BackupContext, RestoreContext } from '../../../../src/core/forms/form/context';
import { evaluateRestore } from '../../../../src/core/forms/restore/restoreForm';
import type { BackupOptions, RestoreOptions } from '../../../../src/core/model/options';
import { restoreToolOptions } from '../../../../src/core/forms/toolOptions/checkToolOptions';
import {
  archive,
  backup,
  backupContext,
  restore,
  restoreContext,
  server,
  tool,
} from '../sampleCatalog';

/** Whether the problem that the field has names the character. */
type Refused = [field: string, character: string];

const windows = (version: string): NonNullable<BackupContext['tool']> => ({
  ...tool(version),
  ofWindows: true,
});

function refused(problems: readonly { field: string; message: string }[]): Refused[] {
  return problems
    .map(({ field, message }): Refused => [
      field,
      / cannot be told "(.+?)"/u.exec(message)?.[1] ?? '',
    ])
    .filter(([, character]) => character !== '');
}

const ofBackup = (options: Partial<BackupOptions>, context: Partial<BackupContext>): Refused[] =>
  refused(evaluateBackup(backup(options), backupContext(context)).problems);
const ofRestore = (options: Partial<RestoreOptions>, context: Partial<RestoreContext>): Refused[] =>
  refused(evaluateRestore(restore(options), restoreContext(context)).problems);

describe('a form for tools of Windows', () => {
  const latin = server({ encoding: 'LATIN1' });
  const backups: [string, Partial<BackupOptions>, Partial<BackupContext>, Refused[]][] = [
    ['a role', { toolOptions: { role: 'Jürgen' } }, {}, [['toolOptions.role', 'ü']]],
    ['a role in ASCII', { toolOptions: { role: 'ann' } }, {}, []],
    ['an argument', { extraArgs: ['--role=日本'] }, {}, [['extraArgs', '日']]],
    ['a pattern', { toolOptions: { 'include-foreign-data': ['Ω'] } }, {}, []],
    [
      'a pattern, where numbers are not understood',
      { toolOptions: { 'include-foreign-data': ['Ω'] } },
      { server: latin },
      [['toolOptions.include-foreign-data', 'Ω']],
    ],
    ['a path', { outputPath: 'C:\\日本\\x.dump' }, {}, []],
    ['a file', { toolOptions: { filter: 'C:\\日本\\x.filter' } }, {}, []],
    ['a schema', { schemas: ['Übung'] }, {}, []],
    ['a schema, by a filter file', { schemas: ['Übung'] }, { server: latin }, []],
    [
      'a schema, without filter files',
      { schemas: ['Übung'] },
      { server: latin, tool: windows('16.4') },
      [['schemas', 'Ü']],
    ],
    [
      'a role, to pg_dumpall',
      { scope: 'server', format: 'plain', toolOptions: { role: 'Jürgen' } },
      {},
      [['toolOptions.role', 'ü']],
    ],
  ];
  for (const [name, options, context, expected] of backups) {
    it(`knows whether pg_dump can be told ${name}`, () => {
      assert.deepEqual(ofBackup(options, { tool: windows('18.1'), ...context }), expected);
    });
  }

  const restores: [string, Partial<RestoreOptions>, Refused[]][] = [
    ['a role', { toolOptions: { role: 'Jürgen' } }, [['toolOptions.role', 'ü']]],
    ['a superuser', { toolOptions: { superuser: 'Ω' } }, [['toolOptions.superuser', 'Ω']]],
    ['a trigger', { extraArgs: ['--trigger=auslöser'] }, [['extraArgs', 'ö']]],
    ['a database', { targetDatabase: 'Übung', createDatabase: true }, []],
    ['a database that ends with a space', { targetDatabase: 'Übung ', createDatabase: true }, []],
    ['a path', { inputPath: 'C:\\日本\\x.dump' }, []],
  ];
  for (const [name, options, expected] of restores) {
    it(`knows whether pg_restore can be told ${name}`, () => {
      const context = { tool: windows('18.1'), info: archive({ archiveVersion: '1.16' }) };
      assert.deepEqual(ofRestore(options, context), expected);
    });
  }

  it('refuses nothing where the code page of Windows is UTF-8', () => {
    const tool = { ...windows('18.1'), utf8Arguments: true };
    for (const [name, options, context] of backups) {
      assert.deepEqual(ofBackup(options, { ...context, tool }), [], name);
    }
    for (const [name, options] of restores) {
      const info = archive({ archiveVersion: '1.16' });
      assert.deepEqual(ofRestore(options, { tool, info }), [], name);
    }
  });

  it('knows how long the paths are that the tools open', () => {
    const context = { tool: windows('18.1') };
    const of = (options: Partial<BackupOptions>, length: number, more = context): string[] => {
      const outputPath = `C:\\${'x'.repeat(length - 3)}`;
      return evaluateBackup(backup({ ...options, outputPath }), backupContext(more))
        .problems.filter(({ message }) => message.startsWith('The path has '))
        .map(({ field }) => field);
    };
    for (const [options, longest] of [
      [{}, 228],
      [{ format: 'directory' }, 208],
      [{ format: 'custom', jobs: 2 }, 200],
    ] as const) {
      assert.deepEqual(of(options, longest), []);
      assert.deepEqual(of(options, longest + 1), ['outputPath']);
      assert.deepEqual(of(options, 2000, { tool: { ...windows('18.1'), ofWindows: false } }), []);
    }
    const inputPath = `C:\\${'x'.repeat(250)}`;
    const info = archive({ format: 'directory' });
    const { problems } = evaluateRestore(
      restore({ inputPath }),
      restoreContext({ ...context, info }),
    );
    assert.ok(problems.some(({ field }) => field === 'inputPath'));
  });

  it('speaks of what is offered', () => {
    const context = restoreContext({ tool: windows('18.1'), info: archive({}) });
    const ids = restoreToolOptions(restore({}), context).map((option) => option.id);
    assert.ok(ids.includes('role') && ids.includes('superuser'), ids.join());
  });

  it('leaves tools of other systems alone', () => {
    for (const [, options, context] of backups) {
      assert.deepEqual(ofBackup(options, { ...context, tool: tool('16.4') }), []);
    }
    for (const [, options] of restores) {
      assert.deepEqual(ofRestore(options, { tool: tool('18.1') }), []);
    }
  });
});
