import assert from 'node:assert/strict';
import { ErrorCollector } from '../../../../src/core/pgtools/stderr/errorCollector';
import { StderrParser } from '../../../../src/core/pgtools/stderr/stderrParser';

/** What is shown of psql's output, and the errors in it, however the chunks are cut. */
function read(output: string, chunk = output.length): [lines: string[], errors: unknown[]] {
  const collector = new ErrorCollector();
  const lines: string[] = [];
  const parser = new StderrParser(({ text }, events) => {
    lines.push(text);
    for (const event of events) collector.add(event);
  });
  const bytes = Buffer.from(output);
  for (let at = 0; at < bytes.length; at += chunk) parser.push(bytes.subarray(at, at + chunk));
  parser.end();
  collector.end();
  return [lines, collector.errors];
}

describe('verbose messages of psql are shown as without', () => {
  const CASES: readonly [title: string, output: string, lines: string[], errors: unknown[]][] = [
    [
      'a position, a place, and the statement',
      `psql:a.sql:3: ERROR:  42P01: relation "x" does not exist
LINE 1: SELECT 1 FROM x
                      ^
LOCATION:  parserOpenTable, parse_relation.c:1449
psql:a.sql:3: STATEMENT:  SELECT 1
FROM x`,
      [
        'psql:a.sql:3: ERROR:  relation "x" does not exist',
        'LINE 1: SELECT 1 FROM x',
        '                      ^',
        'psql:a.sql:3: STATEMENT:  SELECT 1',
        'FROM x',
      ],
      [
        {
          message: 'relation "x" does not exist\nLINE 1: SELECT 1 FROM x\n                      ^',
          line: 3,
          sqlState: '42P01',
          sql: 'SELECT 1\nFROM x',
        },
      ],
    ],
    [
      'names of objects, also such with line breaks',
      `psql:<stdin>:8: FEHLER:  23505: doppelter Schlüsselwert verletzt Unique-Constraint »t_pkey«
DETAIL:  Schlüssel »(id)=(1)« existiert bereits.
CONTEXT:  COPY a
b, line 1
SCHEMA NAME:  public
TABLE NAME:  a
b
CONSTRAINT NAME:  t_pkey
LOCATION:  _bt_check_unique, nbtinsert.c:666
psql:<stdin>:8: STATEMENT:  COPY "a
b" FROM stdin;`,
      [
        'psql:<stdin>:8: FEHLER:  doppelter Schlüsselwert verletzt Unique-Constraint »t_pkey«',
        'DETAIL:  Schlüssel »(id)=(1)« existiert bereits.',
        'CONTEXT:  COPY a',
        'b, line 1',
        'psql:<stdin>:8: STATEMENT:  COPY "a',
        'b" FROM stdin;',
      ],
      [
        {
          message:
            'doppelter Schlüsselwert verletzt Unique-Constraint »t_pkey«\nDETAIL:  Schlüssel »(id)=(1)« existiert bereits.\nCONTEXT:  COPY a\nb, line 1',
          line: 8,
          sqlState: '23505',
          sql: 'COPY "a\nb" FROM stdin;',
        },
      ],
    ],
    [
      'notices, with a place in another language, and what comes after them',
      `psql:a.sql:1: ПРЕДУПРЕЖДЕНИЕ:  01000: so
ПОЛОЖЕНИЕ:  f, a.c:1
psql:a.sql:2: 注意:  00000: table "t" does not exist, skipping
場所:  DropErrorMsgNonExistent, tablecmds.c:1433
no message of the server`,
      [
        'psql:a.sql:1: ПРЕДУПРЕЖДЕНИЕ:  so',
        'psql:a.sql:2: 注意:  table "t" does not exist, skipping',
        'no message of the server',
      ],
      [],
    ],
    [
      'only the first code is one: what a function raises may begin with another',
      `psql:C:\\a: ERROR:  23505: b.sql:4: エラー:  P0001: 42P01: relation "x" does not exist
CONTEXT:  PL/pgSQL function f() line 1 at RAISE
LOCATION:  exec_stmt_raise, pl_exec.c:3925`,
      [
        'psql:C:\\a: ERROR:  23505: b.sql:4: エラー:  42P01: relation "x" does not exist',
        'CONTEXT:  PL/pgSQL function f() line 1 at RAISE',
      ],
      [
        {
          message:
            '42P01: relation "x" does not exist\nCONTEXT:  PL/pgSQL function f() line 1 at RAISE',
          line: 4,
          sqlState: 'P0001',
        },
      ],
    ],
    [
      'a statement that looks like such lines stays whole',
      `psql:a:1: ERROR:  42601: syntax error at or near "TABLE"
LOCATION:  scanner_yyerror, scan.l:1244
psql:a:1: STATEMENT:  42601: x
TABLE NAME:  y
LOCATION:  z, z.c:1`,
      [
        'psql:a:1: ERROR:  syntax error at or near "TABLE"',
        'psql:a:1: STATEMENT:  42601: x',
        'TABLE NAME:  y',
        'LOCATION:  z, z.c:1',
      ],
      [
        {
          message: 'syntax error at or near "TABLE"',
          line: 1,
          sqlState: '42601',
          sql: '42601: x\nTABLE NAME:  y\nLOCATION:  z, z.c:1',
        },
      ],
    ],
    [
      'other messages, and one that is cut in the middle, stay as they are',
      `psql: error: connection to server failed: FATAL:  3D000: no
TABLE NAME:  x
pg_restore: error: could not execute query: ERROR:  23505: raised
LOCATION:  x, x.c:1
psql:a:2: ERROR:  42P0`,
      [
        'psql: error: connection to server failed: FATAL:  3D000: no',
        'TABLE NAME:  x',
        'pg_restore: error: could not execute query: ERROR:  23505: raised',
        'LOCATION:  x, x.c:1',
        'psql:a:2: ERROR:  42P0',
      ],
      [
        {
          message: 'connection to server failed: FATAL:  3D000: no\nTABLE NAME:  x',
        },
        { message: '23505: raised\nLOCATION:  x, x.c:1' },
        { message: '42P0', line: 2 },
      ],
    ],
  ];
  for (const [title, output, lines, errors] of CASES) {
    it(title, () => {
      for (const chunk of [output.length * 4, 7, 1]) {
        assert.deepEqual(read(output, chunk), [lines, errors]);
      }
    });
  }
});
