import assert from 'node:assert/strict';
import { CopyDecoder, parseCopy } from '../../../../src/core/archive/rows/copyText';

/** Decodes in pieces of a given size; values as latin1, one character a byte. */
function decode(
  input: Buffer | string,
  { size = Infinity, encoding = 'UTF8', limit = Infinity } = {},
): { rows: (string | null)[][]; used: number; ended: boolean } {
  const bytes = Buffer.isBuffer(input) ? input : Buffer.from(input, 'utf8');
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  let field = '';
  const decoder = new CopyDecoder(
    {
      bytes: (from, start, end) => (field += from.toString('latin1', start, end)),
      endField: (isNull) => {
        row.push(isNull ? null : field);
        field = '';
      },
      endRow: () => {
        rows.push(row);
        row = [];
        return rows.length < limit;
      },
    },
    encoding,
  );
  let used = 0;
  for (let at = 0; at < bytes.length && !decoder.ended; at += size) {
    used += decoder.push(bytes.subarray(at, at + size));
  }
  const ended = decoder.ended;
  decoder.finish();
  return { rows, used, ended };
}

describe('COPY text', () => {
  const sample =
    'a\tb\t\\N\n' +
    '\t\\\\N\t\n' +
    'tab\\tnl\\ncr\\rbs\\bff\\fvt\\vsl\\\\q\\q\t\\101\\60x\\7\t\\x41\\x4g\\xz\n' +
    '\\N\\N\t\\Nx\tx\\N\n' +
    '\\.x\t.\\.\t..\n' +
    '\\.\n' +
    'not\tthis\n';
  const expected = [
    ['a', 'b', null],
    ['', '\\N', ''],
    ['tab\tnl\ncr\rbs\bff\fvt\vsl\\qq', 'A0x\x07', 'A\x04gxz'],
    ['NN', 'Nx', 'xN'],
    ['.x', '..', '..'],
  ];

  it('is unescaped, NULL told from text, up to its end mark', () => {
    const { rows, used, ended } = decode(sample);
    assert.deepEqual(rows, expected);
    assert.equal(ended, true);
    assert.equal(used, sample.indexOf('not'));
  });

  it('reads the same however it is cut', () => {
    for (let size = 1; size < 40; size++) {
      assert.deepEqual(decode(sample, { size }).rows, expected, String(size));
    }
  });

  it('takes lines that end with CR LF, and keeps a CR elsewhere', () => {
    const crlf = 'a\tb\\r\r\nc\rd\t\r\n\\.\r\nrest';
    for (const size of [1, 2, 100]) {
      const { rows, ended } = decode(crlf, { size });
      assert.deepEqual(rows, [
        ['a', 'b\r'],
        ['c\rd', ''],
      ]);
      assert.equal(ended, true);
    }
  });

  it('counts a last row without a line end', () => {
    assert.deepEqual(decode('a\n\\N').rows, [['a'], [null]]);
    assert.deepEqual(decode('a\\x4').rows, [['a\x04']]);
    assert.deepEqual(decode('').rows, []);
    assert.deepEqual(decode('\n').rows, [['']]);
  });

  it('stops when no more rows are wanted', () => {
    const { rows, used } = decode('1\n2\n3\n4\n', { limit: 2 });
    assert.deepEqual(rows, [['1'], ['2']]);
    assert.equal(used, 4);
  });

  it('takes no byte within a character for a backslash or a tab', () => {
    // 表 is 95 5C in Shift JIS, 許 B3 5C in Big5.
    const sjis = Buffer.from([0x95, 0x5c, 0x09, 0xb1, 0x09, 0x41, 0x95, 0x5c, 0x0a]);
    for (const size of [1, 2, 100]) {
      assert.deepEqual(decode(sjis, { encoding: 'SJIS', size }).rows, [
        ['\x95\\', '\xb1', 'A\x95\\'],
      ]);
    }
    const big5 = Buffer.from([0xb3, 0x5c, 0x5c, 0x5c, 0x0a]);
    assert.deepEqual(decode(big5, { encoding: 'BIG5' }).rows, [['\xb3\\\\']]);
    // In UTF-8 no byte of a character is ASCII.
    assert.deepEqual(decode('é\\té\n').rows, [['Ã©\tÃ©']]);
  });
});

describe('a COPY statement', () => {
  it('names columns', () => {
    const cases: [string, string[] | null, boolean][] = [
      [
        'COPY app.orders (id, "Note, (x)", "a""b") FROM stdin;\n',
        ['id', 'Note, (x)', 'a"b'],
        false,
      ],
      ['COPY "a (b".t (id) FROM stdin;', ['id'], false],
      ['COPY public."semi;colon" ("new\nline") FROM stdin;\n', ['new\nline'], false],
      ['COPY t () FROM stdin;', [], false],
      ['COPY t FROM STDIN;', null, false],
      ['COPY t (a) FROM stdin WITH (FORMAT csv);', ['a'], true],
      ['-- x\nCOPY old (z) FROM stdin;\n1\n\\.\nCOPY t (a) FROM stdin;', ['a'], false],
    ];
    for (const [text, columns, options] of cases) {
      assert.deepEqual(parseCopy(text), { columns, options }, text);
    }
    assert.equal(parseCopy('SELECT 1;'), null);
    assert.equal(parseCopy(''), null);
  });
});
