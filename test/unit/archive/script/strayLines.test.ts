import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { misreadLinesOf } from '../../../../src/core/archive/inspect/misreadText';
import { strayLinesOf } from '../../../../src/core/archive/inspect/strayLines';
import { ScriptScanner } from '../../../../src/core/archive/script/scriptScan';
import type { ScriptScan } from '../../../../src/core/archive/script/scriptTypes';

function scan(text: string, size = 1 << 20): ScriptScan {
  const bytes = Buffer.from(text);
  const scanner = new ScriptScanner();
  let rest = Buffer.alloc(0);
  let position = 0;
  for (let at = 0; at < bytes.length; at += size) {
    const piece = Buffer.concat([rest, bytes.subarray(at, at + size)]);
    const base = position - rest.length;
    const done = scanner.push({ bytes: piece, base: base, last: false }, 0);
    position = base + piece.length;
    rest = piece.subarray(done);
  }
  scanner.push({ bytes: rest, base: position - rest.length, last: true }, 0);
  return scanner.finish(position);
}

const heading = '--\n-- PostgreSQL database dump\n--\n\nSET row_security = off;\n';
const entry = '--\n-- Name: t; Type: TABLE; Schema: a; Owner: me\n--\n\n';
const create = 'CREATE TABLE a.t (n int, c text);\n';
const copy =
  '-- Data for Name: t; Type: TABLE DATA; Schema: a; Owner: me\nCOPY a.t (n, c) FROM stdin;\n';
const end = '--\n-- PostgreSQL database dump complete\n--\n';
const dump = heading + entry + create + end;

type Case = readonly [what: string, text: string, lines: string[], complete?: boolean | null];

const cases: readonly Case[] = [
  ['none', dump, []],
  [
    'in front',
    `pg_dump: last built-in OID is 16383\npg_dump: reading extensions\n${dump}`,
    ['pg_dump: last built-in OID is 16383', 'pg_dump: reading extensions'],
  ],
  [
    'behind',
    `${dump}pg_dump: warning: there are circular foreign-key constraints on this table:\npg_dump: detail: t\n`,
    [
      'pg_dump: warning: there are circular foreign-key constraints on this table:',
      'pg_dump: detail: t',
    ],
  ],
  [
    'between statements',
    `${heading}pg_dump: creating TABLE "a.t"\n${entry}${create}pg_dump: dumping contents of table "a.t"\n${end}`,
    ['pg_dump: creating TABLE "a.t"', 'pg_dump: dumping contents of table "a.t"'],
  ],
  ['with a semicolon', `${dump}pg_dump: warning: a; b\n`, ['pg_dump: warning: a; b']],
  ['with CR LF', `pg_dump: reading schemas\r\n${dump}`, ['pg_dump: reading schemas']],
  [
    'that goes on',
    `${heading}pg_dump: warning: odd\nDETAIL:  more\n${entry}${create}${end}`,
    ['pg_dump: warning: odd', 'DETAIL:  more'],
  ],
  [
    'of kubectl in front',
    `Defaulted container "pg" out of: pg, metrics\n${dump}`,
    ['Defaulted container "pg" out of: pg, metrics'],
  ],
  [
    'of a log in front',
    `2026-11-26 10:00:00 INFO starting\n[info] dumping\n${dump}`,
    ['2026-11-26 10:00:00 INFO starting', '[info] dumping'],
  ],
  ['of ssh behind', `${dump}Connection to db closed.\n`, ['Connection to db closed.']],
  [
    'within a statement',
    `${heading}${entry}CREATE TABLE a.t (\npg_dump: warning: odd\n  n int);\n${end}`,
    ['pg_dump: warning: odd'],
    false,
  ],
  [
    'within a line of a statement',
    `${heading}SET row_secpg_dump: warning: odd\nurity = off;\n${end}`,
    ['row_secpg_dump: warning: odd'],
    false,
  ],
  [
    'instead of the end',
    `${heading}${entry}${create}pg_dump: error: query failed: gone\n`,
    ['pg_dump: error: query failed: gone'],
    false,
  ],
  ['in a string', `${heading}SELECT '\npg_dump: error: x\n';\n${end}`, []],
  ['in a function', `${heading}CREATE FUNCTION f() AS $$\npg_dump: error: x\n$$;\n${end}`, []],
  ['in a comment', `${heading}-- pg_dump: error: x\n/*\npg_dump: error: x\n*/\n${end}`, []],
  ['a statement with a wrong word', `CREAT TABLE t (n int);\nSELECT 1;\n`, [], null],
  ['words of psql', `:cmd;\nSELECT 1;\n`, [], null],
  ['statements behind the end', `${dump}VACUUM;\nREINDEX DATABASE x;\nRESET ALL;\n`, []],
];

describe('lines of a script that are no SQL', () => {
  for (const [what, text, expected, complete = true] of cases) {
    it(`are found: ${what}`, () => {
      for (const size of [1 << 20, 7, 1]) {
        const found = scan(text, size);
        const told = found.strays.lines.map(({ text: line, offset }) => {
          assert.equal(text.indexOf(line), offset);
          return line;
        });
        assert.deepEqual(told, expected);
        assert.equal(found.complete, complete, String(size));
      }
    });
  }

  it('tell of the error that pg_dump ended with', () => {
    const text = `${heading}pg_dump: warning: w\npg_dump: error: one\npg_dump: error: two\n`;
    assert.equal(scan(text).strays.failure, 'one');
    assert.equal(scan(dump).strays.failure, null);
  });

  it('are looked for in rows, as messages', () => {
    const rows = '1\tx\npg_dump: warning: odd\n2\tpg_dump: error: y\n3\tpg_dump\n\\.\n';
    const text = heading + copy + rows + end;
    for (const size of [1 << 20, 40, 7, 1]) {
      const { strays } = scan(text, size);
      assert.deepEqual(
        strays.rows.map(({ offset, ...rest }) => [text.slice(offset, offset + 12), rest]),
        ['pg_dump: war', 'pg_dump: err'].map((begin) => [
          begin,
          { columns: 2, table: { schema: 'a', name: 't' } },
        ]),
      );
    }
  });

  it('are not looked for where the columns are not known', () => {
    for (const statement of [
      'COPY t FROM stdin;',
      "COPY t (a, b) FROM stdin WITH (FORMAT csv, DELIMITER ',');",
      'COPY t (a) FROM stdin CSV;',
    ]) {
      assert.deepEqual(scan(`${statement}\npg_dump: error: x\n\\.\n`).strays.rows, []);
    }
  });

  it('are shown without their secrets, and so are lines in a wrong encoding', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'stray-'));
    try {
      const failure = 'pg_dump: error: connection to postgresql://me:Pa55@host/db failed';
      const text = `${failure}\n${heading}${copy}1\t${failure}\nx\n\\.\n`;
      const file = path.join(folder, 'torn.sql');
      writeFileSync(file, text);
      const options = { kind: 'plain', compression: 'none', cluster: false } as const;
      const kind = { ...options, byPgDump: true, encoding: 'utf8' } as const;
      const strays = await strayLinesOf(file, kind, scan(text).strays);
      assert.ok(strays?.torn && strays.failure);
      const misread = path.join(folder, 'misread.sql');
      writeFileSync(misread, '\ufeffd├╢T postgresql://me:Pa55@host/db\r\n', 'utf16le');
      const lines = await misreadLinesOf(misread, { ...kind, encoding: 'utf16le' });
      assert.equal(lines?.lines, 1);
      assert.match(JSON.stringify(lines), /me:\*+@host/);
      for (const [end, count] of [
        ['\r\n', 2],
        ['\n', undefined],
      ] as const) {
        writeFileSync(misread, ['--', 'd├╢T', 'dörTerra', 'd├╢T', ''].join(end));
        assert.equal((await misreadLinesOf(misread, kind))?.lines, count);
      }
      assert.doesNotMatch(JSON.stringify([strays, lines]), /Pa55/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
