import assert from 'node:assert/strict';
import { RowChecker } from '../../../src/core/backups/verify/rowChecker';

/** Checks a text in pieces of `size` bytes. */
function check(text: string | Buffer, size: number, columns: number | null = 2): RowChecker {
  const bytes = Buffer.from(text);
  const checker = new RowChecker(columns, true);
  for (let i = 0; i < bytes.length; i += size) checker.push(bytes.subarray(i, i + size));
  checker.end();
  return checker;
}

const good = '1\tä\\n€😀\n2\t\\N\n\\.x\t\\\\.\n\n\\.\n\n\n';

describe('COPY rows', () => {
  it('are counted, wherever the pieces end', () => {
    const text = '1\tä€😀\n2\t\\N\n\\.x\t\\\\.\n\\.\n\n\n';
    for (let size = 1; size <= 12; size++) {
      const checker = check(text, size);
      assert.equal(checker.problem, null, `pieces of ${size}`);
      assert.equal(checker.rows, 3);
      assert.equal(checker.bytes, Buffer.byteLength(text));
    }
  });

  it('may be none, of no columns, and of a number that the first row tells', () => {
    assert.equal(check('\\.\n\n\n', 3).rows, 0);
    assert.deepEqual([check('\n\n\\.\n', 2, 0).rows, check('\n\n\\.\n', 2, 0).problem], [2, null]);
    assert.equal(check('a\tb\tc\nd\te\tf\n\\.\n', 4, null).problem, null);
    assert.match(check('a\tb\tc\nd\te\n\\.\n', 4, null).problem?.what ?? '', /2 instead of 3/);
  });

  const bad: [string, string | Buffer, RegExp, number?][] = [
    ['that end behind a row', '1\t2\n', /end of the rows is missing/],
    ['that end within a row', '1\t2\n3', /end of the rows is missing/],
    ['with a column too few', '1\t2\n34\n\\.\n', /1 instead of 2/, 4],
    ['with a column too many', '1\t2\t3\n\\.\n', /3 instead of 2/, 0],
    ['with a row without any', good, /1 instead of 2/],
    ['that go on behind their end', '1\t2\n\\.\nx\n', /behind the end/],
    ['that go on behind their end without a line', '1\t2\n\\.\nx', /behind the end/],
    ['with a NUL', '1\t\0\n\\.\n', /NUL/, 2],
    ['with a carriage return', '1\t2\r\n\\.\n', /carriage return/, 3],
    ['with half a character', Buffer.from([0x31, 9, 0xc3, 10, 0x5c, 0x2e, 10]), /UTF-8/],
    ['with a byte that is none', Buffer.from([0x31, 9, 0xff, 10, 0x5c, 0x2e, 10]), /UTF-8/],
  ];
  for (const [what, text, problem, offset] of bad) {
    it(`${what} are a problem`, () => {
      for (const size of [1, 2, 3, 100]) {
        const found = check(text, size).problem;
        assert.match(found?.what ?? '', problem, `pieces of ${size}`);
        if (offset !== undefined && size === 100) assert.equal(found?.offset, offset);
      }
    });
  }

  it('of other encodings are not judged by their characters', () => {
    const checker = new RowChecker(1, false);
    checker.push(Buffer.from([0xe9, 10, 0x5c, 0x2e, 10]));
    checker.end();
    assert.equal(checker.problem, null);
  });
});
