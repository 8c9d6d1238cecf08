import assert from 'node:assert/strict';
import { ScriptScanner } from '../../../../src/core/archive/script/scriptScan';
import { editedScript } from '../../../../src/core/archive/script/edit/editScript';
import { inOneDatabase, ScriptParts } from '../../../../src/core/archive/script/edit/scriptParts';
import { keepPassword } from '../../../../src/core/archive/script/edit/statementRules';

async function* cut(script: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < script.length; at += size) yield script.subarray(at, at + size);
}

async function without(script: string, size = 1 << 20): Promise<string> {
  const parts: Buffer[] = [];
  const bytes = inOneDatabase(editedScript(cut(Buffer.from(script), size)));
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe("a script without pg_dump's own commands", () => {
  const script = [
    '\uFEFF--',
    '-- PostgreSQL database dump',
    '--',
    '\\restrict abc',
    "SELECT 'é \\restrict no';",
    '\\unrestrict abc',
    '\\encoding SQL_ASCII',
    '\\connect -reuse-previous=on "dbname=\'a b\'"',
    '\\restrict def',
    'COPY t (a) FROM stdin;',
    '\\restrict data',
    '\\.',
    'CREATE FUNCTION f() AS $$',
    '\\connect body',
    '$$;',
    '\\unrestrict def',
    '-- PostgreSQL database dump complete',
    '',
  ].join('\n');
  const expected = [
    '--',
    '-- PostgreSQL database dump',
    '--',
    '',
    "SELECT 'é \\restrict no';",
    '',
    "SET client_encoding = 'SQL_ASCII';",
    '',
    '',
    'COPY t (a) FROM stdin;',
    '\\restrict data',
    '\\.',
    'CREATE FUNCTION f() AS $$',
    '\\connect body',
    '$$;',
    '',
    '-- PostgreSQL database dump complete',
    '',
  ].join('\n');

  it('keeps everything else and the number of each line, however it is cut', async () => {
    assert.equal(await without(script), expected);
    for (let size = 4; size < 40; size++) assert.equal(await without(script, size), expected);
    const windows = await without(script.replaceAll('\n', '\r\n'));
    assert.equal(windows.replaceAll('\r\n', '\n'), expected);
  });

  it("leaves what is not pg_dump's own, for psql to refuse", async () => {
    for (const line of [
      '\\! id',
      '\\restrict `id`',
      `\\encoding UTF8${' '.repeat(5000)}\\! id`,
      '\\connect -reuse-previous=on "dbname=\'a\\" \\! id \'"',
    ]) {
      assert.equal(await without(`${line}\n`), `${line}\n`);
    }
  });
});

describe('the parts of a script of pg_dumpall', () => {
  type Part = [database: string | null, linesBefore: number, text: string];
  const partsOf = async (script: string | Buffer, size = 1 << 20): Promise<Part[]> => {
    const found: Part[] = [];
    const bytes = cut(Buffer.from(script), size);
    const parts = new ScriptParts(editedScript(bytes, [keepPassword('own', 'kept')]));
    for await (const { database, lines, pieces } of parts.all()) {
      const read: Buffer[] = [];
      for await (const piece of pieces) read.push(piece);
      found.push([database, lines.lineOf(0), Buffer.concat(read).toString('latin1')]);
    }
    return found;
  };

  it('are what runs in one database each, with no command left, however the script is cut', async () => {
    const script = [
      'CREATE ROLE own;',
      "ALTER ROLE own WITH PASSWORD 'x';",
      '\\connect one',
      'SELECT 1;',
      '\\connect -',
      'SELECT 2;',
      '\\encoding SQL_ASCII',
      `\\connect -reuse-previous=on "dbname='two ''s'"`.replace("''", "\\'"),
      '\\connect template1',
      'SELECT 3;',
      '',
    ].join('\n');
    const kept = ` ALTER ROLE "own" PASSWORD 'kept';`;
    const expected: Part[] = [
      [null, 0, `CREATE ROLE own;\nALTER ROLE own WITH PASSWORD 'x';${kept}\n`],
      ['one', 2, '\nSELECT 1;\n'],
      ['one', 4, `\nSELECT 2;\nSET client_encoding = 'SQL_ASCII';\n`],
      ["two 's", 7, '\n'],
      ['template1', 8, '\nSELECT 3;\n'],
    ];
    assert.deepEqual(await partsOf(script), expected);
    for (let size = 1; size < 60; size++) assert.deepEqual(await partsOf(script, size), expected);
  });

  it('leave out a beginning without anything, not a database without anything', async () => {
    assert.deepEqual(await partsOf('\\connect a\n\\connect b'), [
      ['a', 0, '\n'],
      ['b', 1, ''],
    ]);
    assert.deepEqual(await partsOf(''), []);
  });

  it('are not gone on with when one was left unread', async () => {
    const parts = new ScriptParts(editedScript(cut(Buffer.from('A;\nB;\n\\connect x\nC;'), 4)));
    await assert.rejects(async () => {
      for await (const { pieces } of parts.all()) await pieces.return(undefined);
    }, /unread/);
    await parts.close();
  });
});

describe('the scan of a script that hides commands', () => {
  const commandsOf = (script: string): string[] => {
    const scanner = new ScriptScanner();
    const bytes = Buffer.from(script);
    scanner.push({ bytes, base: 0, last: true }, 0);
    return scanner.finish(bytes.length).metaCommands.map(({ text }) => text);
  };

  it('sees them behind a carriage return, which ends a comment for psql', () => {
    assert.deepEqual(commandsOf('-- a\r\\! id\nSELECT 1;\n'), ['\\! id']);
    assert.deepEqual(commandsOf('-- a\r\n-- \\! id\r\nSELECT 1;\r\n'), []);
  });

  it('sees them behind a COPY statement in its line, and behind blanks', () => {
    assert.deepEqual(commandsOf('COPY t FROM stdin; \\! id\n1\n\\.\n'), ['\\! id']);
    assert.deepEqual(commandsOf('COPY t FROM stdin; \r\n1\n\\.\n'), []);
    assert.equal(commandsOf(`\\restrict a${' '.repeat(5000)}\\! id\n`).length, 1);
  });

  it('takes no command for pg_dump’s own in a statement, or before the rows of a COPY', () => {
    assert.deepEqual(commandsOf('DROP TABLE t\n\\connect x\n;\n'), ['\\connect x']);
    assert.deepEqual(commandsOf('COPY t FROM stdin; \\connect x\n1\n\\.\n'), ['\\connect x']);
    assert.deepEqual(commandsOf('SELECT 1; \\connect x\n'), []);
  });

  it('takes a script with a NUL for damaged: psql drops the rest of its line', () => {
    const scanner = new ScriptScanner();
    const bytes = Buffer.from('SELECT 1;\nSELECT 2; \0\n');
    scanner.push({ bytes, base: 0, last: true }, 0);
    assert.equal(scanner.finish(bytes.length).complete, false);
  });
});
