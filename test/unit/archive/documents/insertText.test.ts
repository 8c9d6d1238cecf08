import assert from 'node:assert/strict';
import { InsertParser } from '../../../../src/core/archive/rows/insertText';

function parse(
  text: string,
  size = Infinity,
): { rows: (string | null)[][]; columns: string[] | null } {
  const parser = new InsertParser();
  const rows: (string | null)[][] = [];
  for (let at = 0; at < text.length; at += size) {
    parser.push(text.slice(at, at + size));
    for (let row = parser.next(); row !== null; row = parser.next()) rows.push(row);
  }
  for (let row = parser.next(true); row !== null; row = parser.next(true)) rows.push(row);
  return { rows, columns: parser.columns };
}

describe('rows of INSERT statements', () => {
  const sample = `--
-- Data for Name: t; Type: TABLE DATA; Schema: app; Owner: o'neil
--

INSERT INTO app.t VALUES (1, 'it''s; (x), y', NULL, true, B'101', -1.5e10, E'a\\'b\\n', '');
INSERT INTO app."odd ""t; (" (id, "Note ""x""") OVERRIDING SYSTEM VALUE VALUES
\t(2, 'two
lines -- no comment'),
\t(3, 'null')
\tON CONFLICT DO NOTHING;
SELECT pg_catalog.setval('x;y', 1);
INSERT INTO t DEFAULT VALUES;
INSERT INTO t VALUES (ARRAY[1,2], f(1, ')'), 'NaN'::numeric);
`;
  const expected = [
    ['1', "it's; (x), y", null, 'true', '101', '-1.5e10', "a'b\n", ''],
    ['2', 'two\nlines -- no comment'],
    ['3', 'null'],
    [],
    ['ARRAY[1,2]', "f(1, ')')", 'NaN'],
  ];

  it('are values as they are stored', () => {
    assert.deepEqual(parse(sample), { rows: expected, columns: ['id', 'Note "x"'] });
  });

  it('are the same however the text is cut', () => {
    for (const size of [1, 2, 3, 5, 7, 11, 100]) {
      assert.deepEqual(parse(sample, size).rows, expected, String(size));
    }
  });

  it('end where the text is cut', () => {
    for (let length = 0; length < sample.length; length++) {
      const { rows } = parse(sample.slice(0, length));
      assert.deepEqual(rows, expected.slice(0, rows.length));
    }
  });

  it('are found in long rows in time proportional to their length', () => {
    const text = `INSERT INTO t VALUES ('${'x'.repeat(4 << 20)}');\n`;
    const start = process.cpuUsage();
    assert.equal(parse(text, 4096).rows[0]?.[0]?.length, 4 << 20);
    const { user } = process.cpuUsage(start);
    assert.ok(user < 2_000_000, `${user} µs`);
  });
});
