import assert from 'node:assert/strict';
import { ScriptScanner } from '../../../src/core/archive/script/scriptScan';
import { withoutCommands } from '../../../src/core/archive/script/withoutCommands';

async function* cut(script: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < script.length; at += size) yield script.subarray(at, at + size);
}

async function without(script: string, size = 1 << 20): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of withoutCommands(cut(Buffer.from(script), size))) parts.push(part);
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

describe('the scan of a script that hides commands', () => {
  const commandsOf = (script: string): string[] => {
    const scanner = new ScriptScanner();
    const bytes = Buffer.from(script);
    scanner.push(bytes, 0, bytes.length, 0, true);
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

  it('takes a script with a NUL for damaged: psql drops the rest of its line', () => {
    const scanner = new ScriptScanner();
    const bytes = Buffer.from('SELECT 1;\nSELECT 2; \0\n');
    scanner.push(bytes, 0, bytes.length, 0, true);
    assert.equal(scanner.finish(bytes.length).complete, false);
  });
});
