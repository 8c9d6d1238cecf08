import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { BackupOptions } from '../../../src/core/model/options';
import type { DumpSelection } from '../../../src/core/model/tools';
import {
  asciiPattern,
  firstUnsayable,
  withAsciiPatterns,
} from '../../../src/core/pgtools/args/codePage';
import { parseVersion } from '../../../src/core/pgtools/choose/parseVersion';
import { planBackup } from '../../../src/core/plans/planBackup';

describe('arguments of Windows’ tools', () => {
  for (const [pattern, expected] of [
    ['"app"."orders"', '"app"."orders"'],
    ['"app"."Odd Ü name"', '"app"."Odd "\\u00dc" name"'],
    ['"日本"', '""\\u65e5\\u672c""'],
    ['"x😀"', '"x"(\\x1f600)""'],
    ['über*', '\\u00fcber*'],
    ['"a""Ü"', '"a"""\\u00dc""'],
    ['("ä"|"b")', '(""\\u00e4""|"b")'],
  ] as const) {
    it(`say the pattern ${pattern} in ASCII`, () => {
      assert.equal(asciiPattern(pattern), expected);
      assert.equal(meaning(expected), meaning(pattern));
    });
  }

  it('change in no other option, and not without need', () => {
    const args = ['--table="a"', '--encoding=UTF8', '--role=Jürgen', '--exclude-database="Ü"'];
    assert.deepEqual(withAsciiPatterns(args).slice(0, 3), args.slice(0, 3));
    assert.match(withAsciiPatterns(args)[3] ?? '', /^--exclude-database=[ -~]+$/);
  });

  it('are refused where nothing else says the same', () => {
    const paths = ['C:\\Größe\\x.dump', '--file=C:\\日本\\x', '--use-list=\\\\nas\\Größe\\x'];
    assert.equal(firstUnsayable([...paths, '--dbname=Größe', '--username=Jürgen']), null);
    const role = { argument: '--role=Jürgen', character: 'ü' };
    assert.deepEqual(firstUnsayable([...paths, '--role=Jürgen']), role);
    assert.equal(firstUnsayable(['--role=😀'])?.character, '😀');
  });
});

interface Where {
  windows?: boolean;
  utf8Arguments?: boolean;
  /** Not a program of Windows, but one in WSL or in a container. */
  streams?: boolean;
}

describe('a backup of names beyond ASCII on Windows', () => {
  const selection: DumpSelection = {
    schemas: [],
    tables: [{ schema: 'app', name: 'Odd Ü name' }],
    excludeSchemas: [],
    excludeTables: [],
    excludeTableData: [],
    largeObjects: null,
    extensions: null,
  };
  const plan = (
    version: string,
    databaseEncoding: string | null,
    { windows = true, utf8Arguments, streams, ...options }: Partial<BackupOptions> & Where = {},
  ): ReturnType<typeof planBackup> =>
    planBackup(
      { ...backupDefaults(), connectionId: 'x', outputPath: 'C:\\x.dump', ...options },
      {
        version: parseVersion(`pg_dump (PostgreSQL) ${version}`)?.version ?? assert.fail(),
        connectionArgs: [],
        selection,
        databaseEncoding,
        unknownOptions: undefined,
        windows,
        utf8Arguments,
        streams: streams ?? false,
      },
    );
  const names = { output: 'C:\\x.dump', filter: 'C:\\f', list: '', restrictKey: '' };

  it('goes by numbers of characters where the database is in UTF-8', () => {
    for (const version of ['12.22', '18.1']) {
      const planned = plan(version, 'UTF8');
      assert.ok(planned.args(names).includes('--table="app"."Odd "\\u00dc" name"'));
      assert.equal(planned.filterText, null);
    }
  });

  it('goes by a filter file in other encodings, and is refused without one', () => {
    const planned = plan('17.1', 'LATIN1');
    assert.ok(planned.args(names).includes('--filter=C:\\f'));
    assert.equal(planned.filterText, 'include table "app"."Odd Ü name"\n');
    assert.throws(
      () => plan('16.1', 'LATIN1'),
      (error) => AppError.is(error, 'argumentUnsayable') && error.details.character === 'Ü',
    );
  });

  it('is refused with a role that cannot be said, and only there', () => {
    const role = { extraArgs: ['--role=Jürgen'] };
    assert.throws(
      () => plan('18.1', 'UTF8', role),
      (error) => AppError.is(error, 'argumentUnsayable'),
    );
    for (const where of [{ windows: false }, { utf8Arguments: true }, { streams: true }]) {
      const planned = plan('18.1', 'UTF8', { ...role, ...where });
      assert.ok(planned.args(names).includes('--role=Jürgen'));
    }
  });
});

/** The regular expression that psql and pg_dump make of a pattern, as far as the tests need it. */
function meaning(pattern: string): string {
  let regex = '';
  let quoted = false;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    if (char === '"' && quoted && pattern[i + 1] === '"') {
      regex += '"';
      i++;
    } else if (char === '"') quoted = !quoted;
    else regex += quoted && '|*+?()[]{}.^$\\'.includes(char) ? `\\${char}` : char;
  }
  return regex
    .replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replace(/\(\\x([0-9a-f]+)\)/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)));
}
