import assert from 'node:assert/strict';
import { buildScriptArgs } from '../../../src/core/pgtools/args/psqlArgs';
import { everyMajor } from './versions';

const head = ['--no-psqlrc', '--no-password', '--echo-errors'];
const script = {
  options: {
    exitOnError: true,
    singleTransaction: false,
    toolOptions: {},
    extraArgs: [] as string[],
  },
  file: '/backups/shop.sql',
  connectionArgs: ['--dbname=copy'],
};

describe('buildScriptArgs', () => {
  const cases: [what: string, Parameters<typeof buildScriptArgs>[0], string[]][] = [
    [
      'a script',
      script,
      [
        ...head,
        '--set=ON_ERROR_STOP=1',
        '--set=VERBOSITY=verbose',
        '--file=/backups/shop.sql',
        '--dbname=copy',
      ],
    ],
    [
      'going on after errors',
      { ...script, options: { ...script.options, exitOnError: false } },
      [
        ...head,
        '--set=ON_ERROR_STOP=0',
        '--set=VERBOSITY=verbose',
        '--file=/backups/shop.sql',
        '--dbname=copy',
      ],
    ],
    [
      'a single transaction always stops at the first error',
      {
        ...script,
        options: {
          exitOnError: false,
          singleTransaction: true,
          toolOptions: {},
          extraArgs: ['--csv'],
        },
      },
      [
        ...head,
        '--set=ON_ERROR_STOP=1',
        '--set=VERBOSITY=verbose',
        '--single-transaction',
        '--file=/backups/shop.sql',
        '--csv',
        '--dbname=copy',
      ],
    ],
    [
      'stdin, meta-commands off',
      { ...script, file: null, restrictKey: 'abc123' },
      [
        ...head,
        '--set=ON_ERROR_STOP=1',
        '--set=VERBOSITY=verbose',
        '--command=\\restrict abc123',
        '--file=-',
        '--dbname=copy',
      ],
    ],
  ];
  for (const [what, input, expected] of cases) {
    it(`${what}, for every version`, () => {
      for (const tool of everyMajor) assert.deepEqual(buildScriptArgs(input, tool), expected);
    });
  }
});
