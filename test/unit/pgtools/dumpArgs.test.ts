import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import {
  buildDumpArgs,
  type DumpOptions,
  type ResolvedBackup,
} from '../../../src/core/pgtools/args/dumpArgs';
import type { DumpSelection } from '../../../src/core/model/tools';
import { everyMajor, version } from './versions';

const options: DumpOptions = {
  format: 'custom',
  compression: 6,
  includeSchema: true,
  includeData: true,
  includePrivileges: true,
  includeOwnership: true,
  jobs: 1,
  lockWaitTimeout: 0,
  noSync: false,
  encoding: null,
  toolOptions: {},
  extraArgs: [],
};

const everything: DumpSelection = {
  schemas: [],
  tables: [],
  excludeSchemas: [],
  excludeTables: [],
  excludeTableData: [],
  largeObjects: null,
  extensions: null,
};

function backup(
  changes: Partial<DumpOptions> = {},
  selection: Partial<DumpSelection> = {},
  databaseEncoding: string | null = 'UTF8',
): ResolvedBackup {
  return {
    options: { ...options, ...changes },
    selection: { ...everything, ...selection },
    file: '/backups/.shop.partial',
    connectionArgs: ['--host=db', '--dbname=shop'],
    databaseEncoding,
  };
}

const head = (format: string): string[] => [`--format=${format}`, '--file=/backups/.shop.partial'];
const tail = ['--no-password', '--verbose', '--host=db', '--dbname=shop'];

describe('buildDumpArgs', () => {
  const app = { schema: 'app', name: 'Order Details' };
  const cases: [what: string, ResolvedBackup, string[]][] = [
    ['the defaults', backup(), [...head('custom'), '--compress=6', ...tail]],
    [
      'no compression, custom',
      backup({ compression: 0 }),
      [...head('custom'), '--compress=0', ...tail],
    ],
    [
      'no compression, directory',
      backup({ format: 'directory', compression: 0 }),
      [...head('directory'), '--compress=0', ...tail],
    ],
    [
      'no compression, plain',
      backup({ format: 'plain', compression: 0 }),
      [...head('plain'), '--compress=0', ...tail],
    ],
    [
      'tar, which is never compressed',
      backup({ format: 'tar', compression: 0 }),
      [...head('tar'), ...tail],
    ],
    [
      'parallel jobs',
      backup({ format: 'directory', jobs: 4 }),
      [...head('directory'), '--compress=6', '--jobs=4', ...tail],
    ],
    ['jobs in another format', backup({ jobs: 4 }), [...head('custom'), '--compress=6', ...tail]],
    [
      'data only',
      backup({ includeSchema: false }),
      [...head('custom'), '--compress=6', '--data-only', ...tail],
    ],
    [
      'schema only',
      backup({ includeData: false }),
      [...head('custom'), '--compress=6', '--schema-only', ...tail],
    ],
    [
      'no owner and privileges, plain',
      backup({
        format: 'plain',
        compression: 0,
        includeOwnership: false,
        includePrivileges: false,
      }),
      [...head('plain'), '--compress=0', '--no-privileges', '--no-owner', ...tail],
    ],
    [
      'no owner and privileges, custom: ownership is a choice of the restore',
      backup({ includeOwnership: false, includePrivileges: false }),
      [...head('custom'), '--compress=6', '--no-privileges', ...tail],
    ],
    [
      'schemas without some tables',
      backup({}, { schemas: ['app', 'Sales Dept'], excludeTables: [app], largeObjects: true }),
      [
        ...head('custom'),
        '--compress=6',
        '--schema="app"',
        '--schema="Sales Dept"',
        '--exclude-table="app"."Order Details"',
        '--strict-names',
        '--blobs',
        ...tail,
      ],
    ],
    [
      'single tables, without the data of another',
      backup(
        {},
        { tables: [app], excludeTableData: [{ schema: 'a', name: 'l*g' }], largeObjects: false },
      ),
      [
        ...head('custom'),
        '--compress=6',
        '--table="app"."Order Details"',
        '--exclude-table-data="a"."l*g"',
        '--strict-names',
        '--no-blobs',
        ...tail,
      ],
    ],
    [
      'schemas left out',
      backup({}, { excludeSchemas: ['audit'] }),
      [...head('custom'), '--compress=6', '--exclude-schema="audit"', ...tail],
    ],
    [
      'names beyond ASCII',
      backup({}, { schemas: ['naïve✓'] }, 'LATIN1'),
      [
        ...head('custom'),
        '--compress=6',
        '--schema="naïve✓"',
        '--strict-names',
        '--encoding=UTF8',
        ...tail,
      ],
    ],
    [
      'lock wait, no sync, encoding, extra arguments before the connection',
      backup({
        lockWaitTimeout: 1.5,
        noSync: true,
        encoding: 'LATIN1',
        extraArgs: ['--no-comments'],
      }),
      [
        ...head('custom'),
        '--compress=6',
        '--encoding=LATIN1',
        '--lock-wait-timeout=1500',
        '--no-sync',
        '--no-password',
        '--verbose',
        '--no-comments',
        '--host=db',
        '--dbname=shop',
      ],
    ],
  ];
  for (const [what, input, expected] of cases) {
    it(`${what}, for every version`, () => {
      for (const tool of everyMajor) {
        const spelled =
          tool.major < 16
            ? expected
            : expected.map((a) => a.replace(/^--(no-)?blobs$/, '--$1large-objects'));
        assert.deepEqual(buildDumpArgs(input, tool), spelled, tool.text);
      }
    });
  }

  it('names extensions where the tool can', () => {
    const input = backup({}, { schemas: ['app'], extensions: ['pg_trgm', 'uuid-ossp'] });
    for (const tool of everyMajor) {
      if (tool.major < 14) {
        assert.throws(
          () => buildDumpArgs(input, tool),
          (e) => AppError.is(e, 'optionInvalid') && e.details.field === 'extensions',
        );
      } else {
        const args = buildDumpArgs(input, tool).filter((a) => a.startsWith('--ext'));
        assert.deepEqual(args, ['--extension="pg_trgm"', '--extension="uuid-ossp"']);
      }
    }
  });

  it('refuses what pg_dump would get wrong without a word', () => {
    const refused: [ResolvedBackup, (e: unknown) => boolean][] = [
      [
        backup({ includeSchema: false, includeData: false }),
        (e) => AppError.is(e, 'optionInvalid') && e.details.field === 'includeData',
      ],
      [
        backup({ encoding: 'LATIN1' }, { tables: [{ schema: 's', name: 'café' }] }),
        (e) => AppError.is(e, 'optionInvalid') && e.details.field === 'encoding',
      ],
      [
        backup({}, { schemas: ['s'], tables: [{ schema: 't', name: 'u' }] }),
        (e) => AppError.is(e, 'internal'),
      ],
    ];
    for (const [input, isExpected] of refused) {
      assert.throws(() => buildDumpArgs(input, version('17.6')), isExpected);
    }
  });
});
