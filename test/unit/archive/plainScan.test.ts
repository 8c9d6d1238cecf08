import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../src/core/errors';
import { checkStructure } from '../../../src/core/archive/data/checkStructure';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { scriptEncoding } from '../../../src/core/forms/form/archiveFacts';
import { scanScript } from '../../../src/core/archive/script/plainScan';
import { ScriptScanner } from '../../../src/core/archive/script/scriptScan';
import type { ScriptScan } from '../../../src/core/archive/script/scriptTypes';
import { repoPaths } from '../../support/repoPaths';
import { fixture, scratch } from './files';

/** Scans a text given in pieces of `size` bytes. */
function scan(text: string | Buffer, size = 1 << 20): ScriptScan {
  const bytes = Buffer.from(text);
  const scanner = new ScriptScanner();
  let done = 0;
  let given = 0;
  while (given < bytes.length) {
    given = Math.min(bytes.length, given + size);
    const piece = bytes.subarray(done, given);
    done += scanner.push({ bytes: piece, base: done, last: false }, 0);
  }
  const rest = bytes.subarray(done);
  scanner.push({ bytes: rest, base: done, last: true }, 0);
  return scanner.finish(bytes.length);
}

const head = `--
-- PostgreSQL database dump
--

-- Dumped from database version 17.4
-- Dumped by pg_dump version 17.6

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

`;
const tail = `--
-- PostgreSQL database dump complete
--

`;
const entry = (desc: string, tag: string, sql: string, schema = 'app'): string =>
  `--\n-- Name: ${tag}; Type: ${desc}; Schema: ${schema}; Owner: postgres\n--\n\n${sql}\n\n\n`;
const data = (tag: string, rows: string, end = '\\.\n'): string =>
  `--\n-- Data for Name: ${tag}; Type: TABLE DATA; Schema: app; Owner: postgres\n--\n\n` +
  `COPY app.${tag} (id, note) FROM stdin;\n${rows}${end}\n\n`;

const tags = (found: ScriptScan): string[] => found.entries.map((e) => `${e.desc} ${e.tag}`);

describe('the scan of a script', () => {
  const files = scratch();

  it("finds the objects by pg_dump's comments, with their bytes", () => {
    const orders = entry('TABLE', 'orders', 'CREATE TABLE app.orders (id int, note text);');
    const rows = data('orders', '1\ta\n2\tb\n');
    const text = `${head}${orders}SET default_tablespace = '';\n\n${rows}${tail}`;
    for (const size of [1 << 20, 64, 7, 1]) {
      const found = scan(text, size);
      assert.deepEqual(tags(found), ['TABLE orders', 'TABLE DATA orders'], `pieces of ${size}`);
      const [table, loaded] = found.entries;
      assert.ok(table !== undefined && loaded !== undefined);
      assert.equal(text.slice(table.start, table.end), orders.trimEnd());
      assert.equal(text.slice(loaded.dataStart, loaded.dataEnd), '1\ta\n2\tb\n');
      assert.equal(text.slice(loaded.start, loaded.end), rows.trimEnd() + '\n');
      assert.equal(found.complete, true);
      assert.equal(found.serverVersion, '17.4');
      assert.equal(found.pgDumpVersion, '17.6');
      assert.equal(found.encoding, 'UTF8');
      assert.equal(found.size, text.length);
    }
  });

  const tricky: [name: string, text: string][] = [
    [
      'COPY rows',
      data('t', '-- Name: x; Type: TABLE; Schema: app; Owner: o\n--\n\\connect evil\n\\! rm\n'),
    ],
    ['COPY rows that are almost their end', data('t', '\\\\.\n\\.x\n \\.\nx\\.\n\\N\n')],
    ['a string', `SELECT '\n-- Name: x; Type: TABLE; Schema: app; Owner: o\n\\! rm ''\n';\n`],
    [
      'a string with escapes',
      `SELECT E'\\'\n-- Name: x; Type: TABLE; Schema: app; Owner: o\n\\! rm\n';\n`,
    ],
    ['an identifier', `SELECT "\n-- Name: x; Type: TABLE; Schema: app; Owner: o\n\\! rm""'\n";\n`],
    [
      'a dollar quoted body',
      `DO $x$\n-- Name: x; Type: TABLE; Schema: app; Owner: o\n\\! rm $ $$ '\n$x$;\n`,
    ],
    [
      'a plain dollar quoted body',
      `DO $$\n-- Name: x; Type: TABLE; Schema: app; Owner: o\n\\! rm $ ' \n$$;\n`,
    ],
    [
      'a block comment',
      `/* /* nested */\n-- Name: x; Type: TABLE; Schema: app; Owner: o\n\\! rm ' $$ */\n`,
    ],
    ['a statement', `SELECT 1,\n-- Name: x; Type: TABLE; Schema: app; Owner: o\n2;\n`],
    ['names with dollars', `SELECT a$1$b, $1, $2;\nSELECT a$$b;\n`],
    [
      'a body with BEGIN ATOMIC',
      `CREATE OR REPLACE FUNCTION app.f() RETURNS int LANGUAGE sql\nBEGIN ATOMIC\n SELECT CASE WHEN true THEN 1 END;\n-- Name: x; Type: TABLE; Schema: app; Owner: o\n SELECT 2;\nEND;\n`,
    ],
    [
      'a rule of several commands',
      `CREATE RULE r AS ON INSERT TO t DO (SELECT 1;\n-- Name: x; Type: TABLE; Schema: a; Owner: o\nSELECT 2);\n`,
    ],
  ];
  for (const [name, text] of tricky) {
    it(`takes nothing in ${name} for a comment or a command`, () => {
      const after = entry('TABLE', 'after', 'CREATE TABLE app.after (id int);');
      for (const newline of ['\n', '\r\n']) {
        const script = `${head}${text}${after}${tail}`.replaceAll('\n', newline);
        for (const size of [1 << 20, 13, 2, 1]) {
          const found = scan(script, size);
          const expected = text.includes('Data for')
            ? ['TABLE DATA t', 'TABLE after']
            : ['TABLE after'];
          assert.deepEqual(tags(found), expected, `pieces of ${size}`);
          assert.deepEqual(found.metaCommands, []);
          assert.deepEqual(found.databases, []);
          assert.equal(found.complete, true);
        }
      }
    });
  }

  it('knows backslashes in strings of old dumps', () => {
    const found = scan(
      `SET standard_conforming_strings = off;\nSELECT 'it\\'s';\n\\! echo\nSELECT 'x';\n`,
    );
    assert.deepEqual(
      found.metaCommands.map((m) => m.text),
      ['\\! echo'],
    );
  });

  it('reads odd names', () => {
    const names = [
      'semi;colon',
      'a; Type: b',
      'new line',
      ' lead',
      'trail ',
      '-dash',
      "it's",
      '"q"',
      'таблица😀',
    ];
    const found = scan(
      head + names.map((n) => entry('TABLE', n, 'SELECT 1;', 'S; x')).join('') + tail,
    );
    assert.deepEqual(
      found.entries.map((e) => e.tag),
      names,
    );
    assert.ok(found.entries.every((e) => e.schema === 'S; x' && e.owner === 'postgres'));
  });

  it('decodes names in the encoding of the dump', () => {
    const text = (head + entry('TABLE', 'café', 'SELECT 1;') + tail).replace('UTF8', 'LATIN1');
    assert.deepEqual(tags(scan(Buffer.from(text, 'latin1'))), ['TABLE café']);
  });

  it('tells backslash commands and databases', () => {
    const text = [
      '\\restrict abc',
      '\\connect shop',
      '\\connect "My ""DB"""',
      `\\connect -reuse-previous=on "dbname='odd db=1 /x'"`,
      'SELECT 1 \\gexec',
      ';',
      '\\i other.sql',
      '\\unrestrict abc',
    ].join('\n');
    const found = scan(text);
    assert.equal(found.restricted, true);
    assert.deepEqual(found.databases, ['shop', 'My "DB"', 'odd db=1 /x']);
    assert.deepEqual(
      found.metaCommands.map((m) => [m.text, text.slice(m.offset, m.offset + 2)]),
      [
        ['\\gexec', '\\g'],
        ['\\i other.sql', '\\i'],
      ],
    );
  });

  it('tells whether the end is there', () => {
    const table = entry('TABLE', 't', 'CREATE TABLE app.t ();');
    const cases: [string, boolean | null][] = [
      [head + table + tail, true],
      [`${head}${table}${tail}\\unrestrict abc\n\n`, true],
      [head + table, false],
      [`${head}${table}${tail}RESET ALL;\nSELECT setval('s', 4);\nANALYZE;\n`, true],
      [`${head}${table}${tail}SELECT 1`, false],
      [`${head}${table}${tail}SELECT 'x;\n`, false],
      [`${head}${table}${tail}COPY t FROM stdin;\n1\n`, false],
      [`${head}${table}${tail}COPY t FROM stdin;\n1\n\\.\n`, true],
      [`${head}${table}${tail}${head}${table}${tail}`, true],
      [`${head}${table}${tail}${head}${table}`, false],
      [`${head}${table}${head}${table}${tail}`, false],
      [`${head}${table}${tail}`.replaceAll('\\', '-- \\'), true],
      [`${head}${data('t', '1\ta\n', '')}`, false],
      [`${head}SELECT 'x`, false],
      [`${head}SELECT 1`, false],
      ['CREATE TABLE t ();', null],
      ['COPY t FROM stdin;\n1\n', false],
      ['COPY t FROM stdin;\n1\n\\.', null],
      ['COPY t FROM stdin;\n\\.', null],
      ['COPY t FROM stdin;\n\\.\r\n', null],
    ];
    for (const [text, complete] of cases) {
      for (const size of [1 << 20, 3, 1]) assert.equal(scan(text, size).complete, complete, text);
    }
  });

  it('gives the rows of a COPY that is cut', () => {
    const [cut] = scan(`${head}${data('t', '1\ta\n2', '')}`.trimEnd()).entries;
    assert.ok(cut !== undefined);
    assert.equal(cut.dataEnd - cut.dataStart, '1\ta\n2'.length);
  });

  it('counts the statements of a script by hand', async () => {
    const text = `
      create schema shop; set search_path to shop;
      Create Unlogged Table If Not Exists a.b (id int);
      CREATE TABLE "My Table" (id int); create unique index on a.b (id);
      create or replace view v as select 1; create materialized view m as select 1;
      insert into a.b values (1); INSERT INTO a.b VALUES (2);`;
    const found = scan(text);
    assert.deepEqual(Object.fromEntries(found.statements), {
      'CREATE SCHEMA': 1,
      SET: 1,
      'CREATE TABLE': 2,
      'CREATE INDEX': 1,
      'CREATE VIEW': 1,
      'CREATE MATERIALIZED VIEW': 1,
      INSERT: 2,
    });
    assert.deepEqual(found.figures.tables, [
      { schema: 'a', name: 'b' },
      { schema: 'shop', name: 'My Table' },
    ]);
    const info = await getBackupInfo(files.write('by hand.sql', text));
    assert.equal(info.complete, null);
    assert.deepEqual(info.contents.schemas, ['a', 'shop']);
    assert.equal(info.contents.views, 2);
  });

  it('owes pg_dump’s end mark where pg_dump’s heading stands', () => {
    const heading = '--\n-- PostgreSQL database dump\n--\n\n';
    const entry = '--\n-- Name: t; Type: TABLE; Schema: a; Owner: me\n--\n\n';
    const create = 'CREATE TABLE a.t (n int);\n';
    const end = '--\n-- PostgreSQL database dump complete\n--\n';
    const cases: [string, boolean | null][] = [
      [`${heading}${entry}${create}${end}`, true],
      [`${heading}${entry}${create}`, false],
      [`SET row_security = off;\n${heading}${entry}${create}`, false],
      [`SET session_replication_role = replica;\n${heading}${entry}${create}${end}`, true],
      [`SELECT 1;\n${heading}${entry}${create}${end}`, true],
      [`SELECT 1;\n${heading}${entry}${create}`, false],
      [`BEGIN;\nSET a = 1;\n${heading}${entry}${create}${end}COMMIT;\n`, true],
      [`BEGIN;\n${heading}${entry}${create}`, false],
      // Pieces of pg_dump's comments in a script of somebody's own.
      [`BEGIN;\n${entry}${create}COMMIT;\n`, null],
      [`BEGIN;\n${heading}${entry}${create}COMMIT;\n`, null],
      [`${create}${entry}`, null],
    ];
    for (const [text, complete] of cases) assert.equal(scan(text).complete, complete, text);
  });

  it('takes a script that quotes pieces of pg_dump for whole at no level, and for damaged at none', async () => {
    const file = path.join(repoPaths.fixtures, 'cases/edited-script.sql');
    assert.equal((await getBackupInfo(file)).complete, null);
    const { complete, problems } = await checkStructure(file, { full: true });
    assert.deepEqual([complete, problems], [null, []]);
  });

  it('tells the databases of a cluster', () => {
    const database = (name: string): string =>
      `\\connect ${name}\n\n${head}${entry('TABLE', `of_${name}`, 'CREATE TABLE x ();')}${tail}`;
    const text =
      '--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE a;\n' +
      `${database('one')}${database('two')}--\n-- PostgreSQL database cluster dump complete\n--\n\n`;
    const found = scan(text);
    assert.equal(found.cluster, true);
    assert.equal(found.complete, true);
    assert.deepEqual(found.databases, ['one', 'two']);
    assert.deepEqual(
      found.entries.map((e) => [e.tag, e.database]),
      [
        ['of_one', 0],
        ['of_two', 1],
      ],
    );
    const cut = text.slice(0, text.indexOf('-- PostgreSQL database cluster dump complete'));
    assert.equal(scan(cut).complete, false);
  });

  it('gives the same for a file, packed in any way', async () => {
    const expected = await scanScript(fixture('mini.17.sql'));
    assert.equal(expected.complete, true);
    assert.equal(expected.entries.length, 182);
    for (const [name, compression] of [
      ['plain.sql.gz', 'gzip'],
      ['plain.sql.zst', 'zstd'],
      ['plain.sql.lz4', 'lz4'],
    ] as const) {
      const { entries, complete, statements } = await scanScript(fixture(name), { compression });
      assert.equal(complete, true);
      assert.deepEqual(
        entries.map((e) => e.tag),
        expected.entries.map((e) => e.tag),
      );
      assert.deepEqual(statements, expected.statements);
    }
  });

  it('gives ranges that hold what they say', async () => {
    const text = readFileSync(fixture('mini.17.sql'));
    const { entries } = await scanScript(fixture('mini.17.sql'));
    const rows = new Map<string, number>();
    for (const e of entries) {
      const part = text.toString('utf8', e.start, e.end);
      assert.ok(
        part.startsWith(
          `--\n-- ${e.desc === 'TABLE DATA' || e.desc === 'BLOBS' ? 'Data for ' : ''}Name: ${e.tag}; Type: ${e.desc};`,
        ),
        part,
      );
      assert.equal(part.split('\n-- Name: ').length, part.startsWith('--\n-- Name') ? 2 : 1);
      if (e.desc === 'TABLE DATA') {
        rows.set(e.tag, text.toString('utf8', e.dataStart, e.dataEnd).split('\n').length - 1);
      }
    }
    assert.equal(rows.get('Order Details'), 1000);
    assert.equal(rows.get('MixedCase'), 10);
    assert.equal(rows.get('таблица'), 100);
    assert.equal(rows.get('cache'), 0);
  });

  for (const [encoding, mark] of [
    ['utf16le', '\uFEFF'],
    ['utf16le', ''],
    ['utf16be', '\uFEFF'],
    ['utf16be', ''],
  ] as const)
    it(`of a script in ${encoding} ${mark ? 'with' : 'without'} a mark reads what is meant`, async () => {
      const text = head + entry('TABLE', 'таблица', 'CREATE TABLE app."таблица" ();') + tail;
      const bytes = Buffer.from(mark + text, 'utf16le');
      if (encoding === 'utf16be') bytes.swap16();
      const file = files.write('wide.sql', bytes);
      const info = await getBackupInfo(file);
      assert.deepEqual(info.contents.tables, [{ schema: 'app', name: 'таблица' }]);
      assert.equal(scriptEncoding(info), encoding);
      assert.equal(info.complete, true);
    });

  it('reads a large script in pieces, tells how far it is, and can be cancelled', async () => {
    const row = `${'x'.repeat(70)}\t-- Name: x; Type: TABLE; Schema: a; Owner: b\n`;
    const file = files.write(
      'large.sql',
      head + data('t', row.repeat(60_000)) + entry('TABLE', 'u', 'SELECT 1;') + tail,
    );
    const seen: number[] = [];
    const found = await scanScript(file, {
      onProgress: (bytes, total, so) => {
        assert.ok(bytes <= total);
        seen.push(bytes);
        assert.equal(so.serverVersion, '17.4');
      },
    });
    assert.deepEqual(tags(found), ['TABLE DATA t', 'TABLE u']);
    assert.ok(seen.length > 5 && seen.every((bytes, i) => i === 0 || bytes > (seen[i - 1] ?? 0)));
    const [loaded] = found.entries;
    assert.ok(loaded !== undefined);
    assert.equal(loaded.dataEnd - loaded.dataStart, row.length * 60_000);
    const controller = new AbortController();
    const cancelled = scanScript(file, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assert.rejects(cancelled, (e) => AppError.is(e, 'cancelled'));
  });
});
