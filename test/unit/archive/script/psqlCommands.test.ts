import assert from 'node:assert/strict';
import { decoderOf } from '../../../../src/core/archive/bytes/encoding';
import { commandName, ownCommand } from '../../../../src/core/archive/script/psqlCommands';

describe("pg_dump's own backslash commands", () => {
  const own = (line: string | Buffer, encoding = 'UTF8'): unknown =>
    ownCommand(typeof line === 'string' ? Buffer.from(line) : line, decoderOf(encoding));
  const to = (database: string | null): unknown => ({ kind: 'connect', database });

  it('are told to the letter', () => {
    const cases: [string, unknown][] = [
      ['\\restrict abc123', { kind: 'restrict' }],
      ['\\unrestrict abc123 \t\r', { kind: 'unrestrict' }],
      ['\\encoding SQL_ASCII', { kind: 'encoding', encoding: 'SQL_ASCII' }],
      ['\\connect shop', to('shop')],
      ['\\c shop', to('shop')],
      ['\\connect shop;', to('shop')],
      ['\\connect -', to(null)],
      ['\\connect "My ""DB"" $x"', to('My "DB" $x')],
      [`\\connect -reuse-previous=on "dbname='odd db=1 /x'"`, to('odd db=1 /x')],
      [`\\connect -reuse-previous=on "dbname='a\\'b\\\\c""d'"`, to(`a'b\\c"d`)],
      // A blank to Unicode is none to psql.
      ['\\connect voilà', to('voilà')],
      ['\\connect a\u0085', to('a\u0085')],
      ['\\connect a\u3000', to('a\u3000')],
    ];
    for (const [line, expected] of cases) assert.deepEqual(own(line), expected, line);
  });

  it('are nothing else', () => {
    for (const line of [
      '\\! id',
      '\\connect',
      '\\connect ',
      '\\connect shop user',
      '\\connect shop user host',
      '\\connect `id`',
      '\\connect "`id`"',
      '\\connect a`id`',
      "\\connect 'shop'",
      '\\connect :x',
      '\\connect host=h',
      '\\connect "host=h dbname=x"',
      '\\connect postgresql://h/x',
      '\\connect "postgresql://h/x"',
      '\\connect a\\\\! id',
      '\\connect a\\! id',
      '\\connect "a\\! id"',
      '\\connect a\v',
      '\\connect ""',
      `\\connect -reuse-previous=on "dbname='a' host='h'"`,
      `\\connect -reuse-previous=on "dbname='a\`id\`'"`,
      `\\connect -reuse-previous=on "dbname='a" \\! id '"`,
      '\\restrict `id`',
      '\\restrict a b',
      '\\encoding UTF8 x',
      `\\encoding UTF8${' '.repeat(5000)}`,
    ]) {
      assert.equal(own(line), null, line);
    }
  });

  it('are judged by their bytes, whatever letters these are', () => {
    // One letter of SJIS each; a backtick and a backslash to everybody else.
    const backtick = Buffer.from([0x95, 0x60]);
    const escape = Buffer.from([0x95, 0x5c]);
    for (const letter of [backtick, escape]) {
      const name = Buffer.concat([letter, Buffer.from('id'), letter]);
      for (const [before, after] of [
        ['\\connect a', ''],
        ['\\connect "', '"'],
        [`\\connect -reuse-previous=on "dbname='`, `'"`],
        ['\\restrict ', ''],
      ] as const) {
        const line = Buffer.concat([Buffer.from(before), name, Buffer.from(after)]);
        for (const encoding of ['SJIS', 'GBK', 'BIG5', 'UHC', 'GB18030', 'UTF8', 'LATIN1']) {
          assert.equal(own(line, encoding), null, `${before} ${encoding}`);
        }
      }
    }
  });

  it('name a database in the encoding of the script, or none where it makes no sense there', () => {
    const line = Buffer.from('\\connect caf\xe9', 'latin1');
    assert.deepEqual(own(line, 'LATIN1'), to('café'));
    assert.equal(own(line, 'UTF8'), null);
    assert.deepEqual(own('\\connect 数据', 'SQL_ASCII'), to('数据'));
  });
});

describe('the name of a backslash command', () => {
  it('ends at a blank or another backslash', () => {
    for (const [line, name] of [
      ['\\pset format html', 'pset'],
      ['\\!', '!'],
      ['\\a\\! id', 'a'],
      ['\\\\', ''],
    ] as const) {
      assert.equal(commandName(line), name);
    }
  });
});
