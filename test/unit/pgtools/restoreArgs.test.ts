import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import {
  buildRestoreArgs,
  type RestoreToolOptions,
} from '../../../src/core/pgtools/args/restoreArgs';
import { everyMajor, version } from './versions';

const options: RestoreToolOptions = {
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

function args(
  changes: Partial<RestoreToolOptions>,
  listFile: string | null,
  tool: string,
): string[] {
  return buildRestoreArgs(
    {
      options: { ...options, ...changes },
      listFile,
      archive: '/backups/shop.dump',
      connectionArgs: ['--dbname=copy'],
    },
    version(tool),
  );
}

describe('buildRestoreArgs', () => {
  const tail = ['--no-password', '--verbose', '--dbname=copy', '/backups/shop.dump'];
  const cases: [what: string, Partial<RestoreToolOptions>, list: string | null, string[]][] = [
    ['the defaults', {}, null, tail],
    ['a list', {}, '/tmp/list', ['--use-list=/tmp/list', ...tail]],
    ['schema only', { schemaOnly: true }, null, ['--schema-only', ...tail]],
    [
      'data only without triggers',
      { dataOnly: true, disableTriggers: true },
      null,
      ['--data-only', '--disable-triggers', ...tail],
    ],
    ['clean', { clean: true, ifExists: true }, null, ['--clean', '--if-exists', ...tail]],
    [
      'owner and privileges',
      { noOwner: true, noPrivileges: true },
      null,
      ['--no-owner', '--no-privileges', ...tail],
    ],
    [
      'stop at the first error, in parallel',
      { exitOnError: true, jobs: 3 },
      null,
      ['--exit-on-error', '--jobs=3', ...tail],
    ],
    [
      'one transaction, which stops at the first error anyway',
      { singleTransaction: true, exitOnError: true },
      null,
      ['--single-transaction', ...tail],
    ],
    [
      'extra arguments',
      { extraArgs: ['--no-comments'] },
      null,
      ['--no-password', '--verbose', '--no-comments', '--dbname=copy', '/backups/shop.dump'],
    ],
  ];
  for (const [what, changes, list, expected] of cases) {
    it(`${what}, for every version`, () => {
      for (const tool of everyMajor) assert.deepEqual(args(changes, list, tool.text), expected);
    });
  }

  it('refuses combinations that pg_restore refuses or ignores', () => {
    const refused: [Partial<RestoreToolOptions>, field: string][] = [
      [{ schemaOnly: true, dataOnly: true }, 'dataOnly'],
      [{ clean: true, dataOnly: true }, 'clean'],
      [{ ifExists: true }, 'ifExists'],
      [{ singleTransaction: true, jobs: 2 }, 'jobs'],
      [{ disableTriggers: true }, 'disableTriggers'],
    ];
    for (const [changes, field] of refused) {
      assert.throws(
        () => args(changes, null, '17.6'),
        (e) => AppError.is(e, 'optionInvalid') && e.details.field === field,
        field,
      );
    }
  });
});
