import assert from 'node:assert/strict';
import { parseHelp } from '../../../src/core/pgtools/choose/help';

const text = `tool does something.

Usage:
  tool [OPTION]... [DBNAME]

General options:
  -f, --file=NAME              where to
  -Z, --compress=METHOD[:DETAIL]
                               how
  --lock-wait=TIME             how long
                               at most
  -1 ("one"), --single         all or nothing
  -v, --set=, --variable=NAME=VALUE
                               a variable
  -?, --help[=topic]           this
      --help=commands          that
      --csv                    other

With --file nothing is printed.
Report to <someone>.
`;

describe('parseHelp', () => {
  it('lists the long options', () => {
    assert.deepEqual(
      parseHelp(text).map((o) => [o.flag, o.short, o.also, o.argument, o.description]),
      [
        ['--file', '-f', [], 'NAME', 'where to'],
        ['--compress', '-Z', [], 'METHOD[:DETAIL]', 'how'],
        ['--lock-wait', null, [], 'TIME', 'how long at most'],
        ['--single', '-1', [], null, 'all or nothing'],
        ['--set', '-v', ['--variable'], 'NAME=VALUE', 'a variable'],
        ['--help', '-?', [], null, 'this'],
        ['--csv', null, [], null, 'other'],
      ],
    );
  });

  it('reads Windows line breaks', () => {
    assert.deepEqual(parseHelp(text.replaceAll('\n', '\r\n')), parseHelp(text));
  });
});
